import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));

test.each([
  ['collector', ['collector/main.ts', '--listen', '127.0.0.1:0', '--every', '1']],
  ['exporter', ['exporter/main.ts', '--collector', '127.0.0.1:9', '--every', '1']],
])('the %s ends without a word when nobody reads it any more', { timeout: 30_000 }, async (_name, args) => {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], { cwd: PACKAGE, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  await once(child, 'close');
  expect({ stderr, exitCode: child.exitCode }).toEqual({ stderr: '', exitCode: 0 });
});
