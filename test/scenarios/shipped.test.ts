import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { writeReportFiles } from '../../lab/commands/report-files.ts';
import type { Illustrations } from '../../lab/report/page/illustrations.ts';
import { renderReportPage } from '../../lab/report/page/report-page.ts';
import { reportSchema, type Report } from '../../lab/report/report.ts';
import { renderReport } from '../../lab/report/terminal.ts';
import { runScenario, type RunOptions } from '../../lab/run-scenario.ts';
import { scenarioNames } from '../../lab/scenario/scenario-files.ts';

/** Of those that ran. */
const reports = new Map<string, Report>();

describe('every shipped scenario', () => {
  test.each(scenarioNames())('%s passes, and its report keeps the published schema', async (scenario) => {
    const report = await runScenario({ scenario });
    expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.verdict).toBe('pass');
    expect(reportSchema.parse(report)).toEqual(report);
    reports.set(scenario, report);
  });

  test('what the README shows of office-50 is what it says, but for what is left out', () => {
    const [, shown = ''] = /```\n(office-50: [^]*?)\n```/.exec(readFileSync('README.md', 'utf8')) ?? [];
    // As it is told at the end of a run, in the width of a page.
    const told = renderReport(reports.get('office-50')!, { colour: false, width: 100 }).split('\n');
    let at = 0;
    for (const line of shown.split('\n').filter((each) => each !== '' && each.trim() !== '...')) {
      const found = told.indexOf(line, at);
      expect(found, `"${line}" of the README`).toBeGreaterThanOrEqual(at);
      at = found + 1;
    }
    expect(at).toBe(told.length - 1);
  });
});

describe('the first five minutes', () => {
  test.each(['office-50', 'bad-day'])('of %s fail no check: what comes later is not asked for yet', async (scenario) => {
    const { checks } = await runScenario({ scenario, duration: '5m' });
    expect(checks.filter(({ passed }) => passed === false)).toEqual([]);
  });
});

/** Files whose bytes the seed decides, all but the database. */
const SAME = [
  ...['clocks.csv', 'events.json', 'exchanges.csv', 'export.pcap', 'ledger.csv', 'lost.csv', 'messages.csv', 'ntp.pcap'],
  ...['pipeline.json', 'report.html', 'report.json', 'report.xml', 'sites.json', 'times.csv'],
];

/** Runs into a directory of its own; resolves with the report and the hash of every byte that must be the same. */
async function hashed(options: RunOptions): Promise<{ report: Report; hashes: Record<string, string> }> {
  const out = mkdtempSync(join(tmpdir(), 'flowlab-seed-'));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const illustrations: Illustrations[] = [];
  const report = await runScenario({ ...options, out, onIllustrations: (each) => void illustrations.push(each) });
  writeReportFiles(report, renderReportPage(report, illustrations), out);
  expect(readdirSync(out).sort()).toEqual([...SAME, 'flows.duckdb'].sort());
  const hashOf = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(out, name)))
      .digest('hex');
  return { report, hashes: Object.fromEntries(SAME.map((name) => [name, hashOf(name)])) };
}

describe('one seed decides everything', () => {
  test(
    'the same seed gives the same bytes, another seed another day that is verified as well',
    { timeout: 180_000 },
    async () => {
      const options = { scenario: 'office-50', duration: '3h', set: { checks: [] } };
      const [first, again, other] = [await hashed(options), await hashed(options), await hashed({ ...options, seed: 2 })];
      expect(again.hashes).toEqual(first.hashes);
      for (const name of SAME.filter((each) => !['lost.csv', 'sites.json'].includes(each)))
        expect(other.hashes[name], name).not.toBe(first.hashes[name]);
      for (const { report } of [first, other]) {
        expect(report.exported.records).toBeGreaterThan(1_000);
        expect(report.differences).toEqual([]);
        expect(report.collected).toEqual(report.exported);
      }
    },
  );

  test('pacing changes nothing', async () => {
    const options = { scenario: 'quiet-day', duration: '2m', set: { checks: [] } };
    const fast = await hashed(options);
    const paced = await hashed({ ...options, speed: 60 });
    expect(paced.hashes).toEqual(fast.hashes);
  });
});
