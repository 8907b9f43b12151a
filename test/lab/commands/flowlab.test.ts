import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

/** What a shell sees of `flowlab`, started from `directory`. */
function flowlab(args: readonly string[], directory = PACKAGE): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(directory, 'bin/flowlab.mjs'), ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('help', () => {
  test('needs no dependency, so nothing heavy was loaded', () => {
    const bare = mkdtempSync(join(tmpdir(), 'flowlab-bare-'));
    onTestFinished(() => rmSync(bare, { recursive: true }));
    mkdirSync(join(bare, 'bin'));
    for (const file of ['bin/flowlab.mjs', 'bin/help.txt', 'package.json']) cpSync(join(PACKAGE, file), join(bare, file));
    for (const args of [[], ['--help'], ['-h'], ['help']]) {
      const { status, stdout, stderr } = flowlab(args, bare);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/^flowlab: .*\n\nExamples\n/);
    }
    expect(flowlab(['--version'], bare)).toEqual({ status: 0, stdout: '0.1.0\n', stderr: '' });
  });

  test('of a command lists its flags', () => {
    const { status, stdout, stderr } = flowlab(['run', '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('--seed <N>');
  });
});

test.each([
  [['run', 'offce-50'], 'no scenario "offce-50", did you mean "office-50"?'],
  [['run', 'nowhere/x.yaml'], 'no scenario file "nowhere/x.yaml"'],
  [['run', 'payroll', '--sed', '3'], "flowlab: unknown option '--sed', did you mean one of --seed, --set?"],
  [
    ['run', 'payroll', '--seed', 'x'],
    "flowlab: option '--seed <N>' argument 'x' is invalid: it must be a whole number from 0 to 4294967295.",
  ],
  [['run', 'payroll', 'extra'], /^flowlab: too many arguments/],
  [['run'], /^flowlab: run needs a scenario: clock-skew, lossy-export, office-50, quiet-day/],
  [['scenario', 'explan', 'office-50'], "flowlab: unknown command 'explan', did you mean explain?"],
  [['rnu'], "flowlab: unknown command 'rnu', did you mean run?"],
])('%j is answered with one sentence and exit code 2', (args, sentence) => {
  const { status, stdout, stderr } = flowlab(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  if (typeof sentence === 'string') expect(stderr).toBe(`${sentence}\n`);
  else expect(stderr).toMatch(sentence);
});
