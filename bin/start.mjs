// `node bin/start.mjs exporter --help`: one part alone. It reads its arguments from process.argv.
import { load, PARTS } from './load.mjs';

const [program] = process.argv.splice(2, 1);
if (PARTS.includes(program)) await load(program);
else {
  process.stderr.write(`start: ${JSON.stringify(program ?? '')} is no program, expected one of ${PARTS.join(', ')}\n`);
  process.exitCode = 2;
}
