import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { reportSchema } from '../../../lab/report/report.ts';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

/** Those that come with the package, in the order of the alphabet. */
const SCENARIOS = readdirSync(join(PACKAGE, 'scenarios'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''))
  .sort();

/** What a shell sees of `flowlab`, started in the package's own directory or in the copy in `directory`. */
function flowlab(
  args: readonly string[],
  directory = PACKAGE,
  environment: Readonly<Record<string, string>> = {},
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(directory, 'bin/flowlab.mjs'), ...args], {
    cwd: directory,
    env: { ...process.env, GITHUB_ACTIONS: '', ...environment },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** A scenario of a few minutes whose only check is `check`. */
function shortScenario(check: string): string {
  const file = join(temporaryDirectory(), 'short.yaml');
  writeFileSync(
    file,
    `title: Short\nstart: 2026-03-02T09:00:00Z\nduration: 5m\noffice: { employees: 5 }\nchecks:\n  - ${check}\n`,
  );
  return file;
}

describe('help', () => {
  test('needs no dependency, so nothing heavy was loaded', () => {
    const bare = temporaryDirectory();
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
  [['run'], `flowlab: run needs a scenario: ${SCENARIOS.join(', ')} or the path of a .yaml file`],
  [['scenario', 'explan', 'office-50'], "flowlab: unknown command 'explan', did you mean explain?"],
  [['run', 'office-50', '--set', 'router.clok.ntp=false'], /unknown key "clok", did you mean "clock"\?/],
  [['rnu'], "flowlab: unknown command 'rnu', did you mean run?"],
])('%j is answered with one sentence and exit code 2', (args, sentence) => {
  const { status, stdout, stderr } = flowlab(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(
    stderr
      .replace(/^office-50: (starting|reading)\n/, '')
      .trimEnd()
      .split('\n'),
  ).toHaveLength(1);
  if (typeof sentence === 'string') expect(stderr).toBe(`${sentence}\n`);
  else expect(stderr).toMatch(sentence);
});

describe('run', () => {
  const HOLDS = '{ name: nothing differs, metric: differences, equals: 0 }';
  const FAILS = '{ name: more people than there are, metric: people, min: 1000 }';

  test('says on standard error what it begins with, and writes its files', () => {
    const out = join(temporaryDirectory(), 'made/on/the/way');
    const scenario = shortScenario(HOLDS);
    const { status, stdout, stderr } = flowlab(['run', scenario, '--out', out]);
    expect(status).toBe(0);
    expect(stderr).toMatch(new RegExp(`^${scenario}: reading\n`));
    expect(stdout).toMatch(/^short: Short\n/);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^PASS {2}The one check holds\./);
    expect(readdirSync(out).sort()).toEqual([
      'clocks.csv',
      'events.json',
      'exchanges.csv',
      'export.pcap',
      'flows.duckdb',
      'ledger.csv',
      'lost.csv',
      'messages.csv',
      'ntp.pcap',
      'pipeline.json',
      'report.html',
      'report.json',
      'report.xml',
      'sites.json',
      'times.csv',
    ]);
  });

  test('with --json prints report.json and nothing else, the same bytes for the same seed', () => {
    const out = temporaryDirectory();
    const args = ['run', shortScenario(FAILS), '--seed', '3', '--json'];
    const first = flowlab([...args, '--out', out]);
    expect(first.status).toBe(1);
    expect(reportSchema.parse(JSON.parse(first.stdout))).toMatchObject({ seed: 3, verdict: 'fail' });
    expect(readFileSync(join(out, 'report.json'), 'utf8')).toBe(first.stdout);
    expect(flowlab(args).stdout).toBe(first.stdout);
  });

  test('with --quiet prints the verdict alone, and on GitHub the annotations beside it', () => {
    const scenario = shortScenario(FAILS);
    const { status, stdout, stderr } = flowlab(['run', scenario, '--quiet'], PACKAGE, { GITHUB_ACTIONS: 'true' });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^FAIL {2}.*\n$/);
    expect(stderr).toMatch(
      new RegExp(
        `^::error file=${scenario},line=6,col=5,title=short%3A more people than there are::people is 5, limit >= 1000.*\n$`,
      ),
    );
  });

  test('that exports nothing has nothing to judge', () => {
    expect(flowlab(['run', shortScenario(HOLDS), '--duration', '1ms', '--quiet']).status).toBe(3);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is ended by %s with exit code %d and leaves nothing that looks like a result', async (signal, exitCode) => {
    const out = temporaryDirectory();
    const args = ['bin/flowlab.mjs', 'run', 'office-50', '--speed', '60x', '--out', out];
    const child = spawn(process.execPath, args, { cwd: PACKAGE, stdio: ['ignore', 'pipe', 'ignore'] });
    let stdout = '';
    child.stdout.on('data', (text) => (stdout += String(text)));
    while (!readdirSync(out).includes('export.pcap')) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([exitCode, null]);
    expect(stdout).toBe('');
    expect(readdirSync(out)).toEqual([]);
  });
});

describe('scenario', () => {
  test('list names every scenario with its title', () => {
    expect(flowlab(['scenario', 'list']).stdout).toMatch(
      new RegExp(`^${SCENARIOS.map((name) => `${name} +\\S.*\\n`).join('')}$`),
    );
  });

  test('validate accepts what comes with the package and names each mistake', () => {
    const wrong = shortScenario('{ name: x, metric: difference, equals: 0 }');
    const all = flowlab(['scenario', 'validate']);
    expect(all).toMatchObject({ status: 0, stderr: '' });
    const { status, stdout, stderr } = flowlab(['scenario', 'validate', 'office-50', wrong]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: 'office-50: valid\n' });
    expect(stderr).toMatch(/^short\.yaml:6:\d+ checks\[0\]\.metric /);
  });

  test('explain and schema speak of the same keys', () => {
    expect(flowlab(['scenario', 'explain', 'clock-skew']).stdout).toContain('  router.clock.offsetMs: 300000\n');
    expect(JSON.parse(flowlab(['scenario', 'schema']).stdout)).toHaveProperty(
      'properties.router.properties.clock.properties.offsetMs',
    );
    expect(JSON.parse(flowlab(['scenario', 'schema', '--report']).stdout)).toHaveProperty('properties.verdict');
  });
});
