import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const SCENARIOS = readdirSync(`${PACKAGE}scenarios`).map((name) => name.replace('.yaml', ''));

/** How a run ends, and what it says when not all of its checks hold. */
async function run(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [`${PACKAGE}bin/flowlab.mjs`, 'run', ...args, '--quiet', '--no-color'], { cwd: PACKAGE });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = (await once(child, 'close')) as [number | null];
  return status === 0 ? 'all hold' : `exit code ${status}: ${(await said).join('')}`;
}

/** What they show must not hang on the chance of one day: everybody is told to try other seeds. */
describe.each(SCENARIOS)('%s', (name) => {
  it.each([undefined, 1, 2])(
    'shows what it says, with the seed %s',
    async (seed) => {
      expect(await run(name, ...(seed === undefined ? [] : ['--seed', `${seed}`]))).toBe('all hold');
    },
    300_000,
  );
});
