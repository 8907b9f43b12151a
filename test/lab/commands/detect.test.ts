import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseConditions, parsePart, parseSeeds } from '../../../lab/commands/detect-flags.ts';
import { parseWhole } from '../../../lab/commands/run-flags.ts';
import { exitCodeOf } from '../../../lab/commands/detect.ts';
import { ScoreProgressPrinter } from '../../../lab/commands/score-progress.ts';
import { rangesOf, renderDetection } from '../../../lab/report/detection.ts';
import { scoreOf, type DetectionReport } from '../../../lab/score/detection-report.ts';
import { drawDay } from '../../../lab/score/draw-day.ts';
import { scoreDetector } from '../../../lab/score/score-detector.ts';
import type { DayScore } from '../../../lab/score/score-day.ts';
import { newTally, type Tally } from '../../../lab/verify/detection/score.ts';
import portScans from '../../examples/port-scan-detector.ts';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));
const EXAMPLE = join(PACKAGE, 'test/examples/port-scan-detector.ts');

const flowlab = (...args: string[]): { status: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/flowlab.mjs', 'detect', ...args], {
    cwd: PACKAGE,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

describe('flags', () => {
  test('seeds are ranges and numbers, and written as they are read', () => {
    expect(parseSeeds('101-103,7,102')).toEqual([101, 102, 103, 7]);
    expect(parseSeeds('none')).toEqual([]);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(300), { minLength: 1 }), (seeds) => {
        const ordered = seeds.toSorted((one, other) => one - other);
        expect(parseSeeds(rangesOf(seeds).replaceAll(' ', ''))).toEqual(ordered);
      }),
    );
    for (const text of ['', '3-1', '-1', '1..3', '1-', '4294967296', '0-99999', ' 1']) expect(() => parseSeeds(text)).toThrow();
  });

  test('conditions, parts and whole numbers', () => {
    expect(parseConditions('skew,plain,skew')).toEqual(['skew', 'plain']);
    expect(() => parseConditions('plain,slow')).toThrow('plain,sampled,untold,loss,skew');
    expect(['0', '1', '0.98'].map(parsePart)).toEqual([0, 1, 0.98]);
    for (const text of ['98', '1.1', '-0.1', '', '.5']) expect(() => parsePart(text)).toThrow();
    expect(parseWhole(1, 4)('4')).toBe(4);
    for (const text of ['0', '5', '1.5', '']) expect(() => parseWhole(1, 4)(text)).toThrow();
  });
});

/** A day on which so much was found, missed and made up. */
const dayOf = (written: Partial<Tally>, isQuiet = false): DayScore => ({
  seed: 1,
  isQuiet,
  condition: 'plain',
  mistakes: [],
  tallies: new Map([['beacon', { ...newTally(), ...written }]]),
});

describe('what came out', () => {
  const nine = scoreOf('plain', [dayOf({ events: 10, hits: 9, missed: 1, falseAlarms: 1 })]);
  const quiet = scoreOf('plain', [dayOf({ falseAlarms: 2 }, true)]);

  test.each([
    [0, nine, {}],
    [0, nine, { minPrecision: 0.9, minRecall: 0.9 }],
    [1, nine, { minPrecision: 0.91 }],
    [1, nine, { minRecall: 0.91 }],
    [0, quiet, { minPrecision: 1, maxQuietAlerts: 2 }],
    [1, quiet, { maxQuietAlerts: 1 }],
    [3, scoreOf('plain', []), {}],
  ])('is exit code %d', (exitCode, condition, limits) => {
    expect(exitCodeOf({ conditions: [condition] }, limits)).toBe(exitCode);
  });

  test('alerts of quiet days count there alone', () => {
    const both = scoreOf('plain', [dayOf({ events: 1, hits: 1 }), dayOf({ falseAlarms: 2, doubled: 1 }, true)]);
    expect(both.all).toMatchObject({ events: 1, hits: 1, falseAlarms: 0, doubled: 0 });
    expect(both.quiet).toEqual({ days: 1, alerts: 2, kinds: { beacon: 2 } });
  });

  test('is printed in lines of the width, without a control character of a detector', () => {
    const mistake = { seed: 1, isQuiet: false, condition: 'plain', what: 'false-alarm', kind: 'a\u001b[2Jb' } as const;
    const report: DetectionReport = {
      schemaVersion: 1,
      detector: 'my\u0007 detector',
      seeds: [1],
      quietSeeds: [],
      toleranceS: 60,
      conditions: [nine, quiet],
      mistakes: Array.from({ length: 30 }, () => ({ ...mistake, sentence: 'it was \u001b nothing' })),
    };
    const text = renderDetection(report, { colour: false, width: 120 });
    expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(text).toContain('0.900 (0.60-0.98)');
    expect(text).toContain('and 10 more');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});

test('progress is a line at the start and for each tenth of the days', () => {
  let text = '';
  const printer = new ScoreProgressPrinter({ write: (part) => (text += part) });
  for (let days = 0; days <= 40; days++) printer.update({ days, ofDays: 40, hits: days, missed: 0, falseAlarms: 1 });
  printer.end();
  expect(text.trimEnd().split('\n')).toHaveLength(11);
  expect(text).toContain('40 of 40 days: 40 found, 0 missed, 1 false alarm\n');
});

describe('flowlab detect', () => {
  test.each([
    [['score', '--seeds', '5-1'], "option '--seeds <seeds>' argument '5-1' is invalid"],
    [['score', '--conditions', 'fog'], 'some of plain,sampled,untold,loss,skew'],
    [['score', '--detector', 'nowhere.ts', '--quiet'], 'flowlab: --detector: nowhere.ts cannot be loaded'],
    [['day', 'x'], 'a whole number from 0'],
    [['scor'], "unknown command 'scor', did you mean score?"],
  ])('%j is a mistake of one sentence', (args, sentence) => {
    const { status, stdout, stderr } = flowlab(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('a detector that answers nonsense is a mistake too', () => {
    const directory = mkdtempSync(join(tmpdir(), 'flowlab-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'nonsense.mjs');
    writeFileSync(file, 'export default () => ({ flows: () => 7 });');
    const { status, stderr } = flowlab('score', '--seeds', '1', '--quiet-seeds', 'none', '--detector', file, '--quiet');
    expect(stderr).toBe('flowlab: --detector: a method of the detector returned neither nothing nor a list of alerts\n');
    expect(status).toBe(2);
  });

  test('day prints the scenario of a seed', () => {
    expect(parse(flowlab('day', '101').stdout)).toEqual(drawDay(101));
    expect(parse(flowlab('day', '101', '--quiet-day').stdout)).toEqual(drawDay(101, { isQuiet: true }));
  });

  test('score says the same as the library, and fails when it is not enough', async () => {
    const of = ['--seeds', '60', '--quiet-seeds', 'none', '--conditions', 'plain', '--detector', EXAMPLE];
    const { status, stdout, stderr } = flowlab('score', ...of, '--json', '--min-recall', '0.9', '--threads', '1');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^0 of 1 day: .*\n1 of 1 day: 1 found, \d+ missed, 0 false alarms\n$/);
    const options = { seeds: [60], quietSeeds: [], conditions: ['plain'] } as const;
    expect({ ...(JSON.parse(stdout) as DetectionReport), detector: 'portScans' }).toEqual(
      await scoreDetector({ ...options, detector: portScans }),
    );
  }, 180_000);

  test('a signal ends it at once, with nothing on standard output', async () => {
    const child = spawn(process.execPath, ['bin/flowlab.mjs', 'detect', 'score', '--seeds', '101-110'], { cwd: PACKAGE });
    let stdout = '';
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(stdout).toBe('');
  });
});
