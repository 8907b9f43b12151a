import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const SCENARIOS = readdirSync(`${PACKAGE}scenarios`).map((name) => name.replace('.yaml', ''));

/** What a run that fails says of its checks. */
async function run(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [`${PACKAGE}bin/flowlab.mjs`, 'run', ...args, '--quiet', '--no-color'], { cwd: PACKAGE });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = (await once(child, 'close')) as [number | null];
  return status === 0 ? '' : (await said).join('');
}

/** What they show must not hang on the chance of one day: everybody is told to try other seeds. */
describe.each(SCENARIOS)('%s', (name) => {
  it.each([[], ['--seed', '1'], ['--seed', '2']])(
    'shows what it says %j',
    async (...seed) => {
      expect(await run(name, ...seed)).toBe('');
    },
    300_000,
  );
});
