import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UsageError } from '../../lab/commands/failure.ts';
import { reportText, writeReportFiles } from '../../lab/commands/report-files.ts';
import { runScenario } from '../../lab/run-scenario.ts';
import { openKeptRun } from '../../lab/serve/kept-run.ts';
import type { WireView } from '../../collector/api/view/wire-view.ts';
import { LookedAtRun } from '../../lab/serve/looked-at-run.ts';
import type { ScenarioInput } from '../../lab/scenario/schema.ts';
import { SMALL } from '../support/small-world.ts';

const directory = mkdtempSync(join(tmpdir(), 'flowlab-kept-'));
afterAll(() => rmSync(directory, { recursive: true }));

const view = async (run: Pick<LookedAtRun, 'topics'>, topic: string, parameters: Record<string, string> = {}): Promise<object> =>
  JSON.parse(JSON.stringify(await run.topics.get(topic)?.view(new Map(Object.entries(parameters))))) as object;

test('a run that is asked all the time, paused and hastened is the run it would have been, and is shown again the same', async () => {
  const run = new LookedAtRun(1_000);
  let isRunning = true;
  const running = runScenario({ scenario: SMALL, onlooker: run, out: directory }).finally(() => (isRunning = false));
  const seen: { records: number; nowMs: number }[] = [];
  while (isRunning) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (run.topics.size === 0) continue;
    run.control(seen.length === 3 ? { paused: true } : { paused: false, speed: seen.length > 8 ? 'max' : 1_000 });
    seen.push((await view(run, 'status')) as (typeof seen)[number]);
    await view(run, 'overview');
  }
  const report = await running;
  expect(reportText(report)).toBe(reportText(await runScenario({ scenario: SMALL })));
  expect(seen.length).toBeGreaterThan(5);
  for (const [index, { records, nowMs }] of seen.entries()) {
    expect(records).toBeGreaterThanOrEqual(seen[index - 1]?.records ?? 0);
    expect(nowMs).toBeGreaterThanOrEqual(seen[index - 1]?.nowMs ?? 0);
  }
  expect(await view(run, 'report')).toEqual({ fileName: 'scenario-seed-1.html' });
  run.end();
  const [overview, person] = [await view(run, 'overview'), await view(run, 'person', { id: 'John' })];
  expect(overview).toMatchObject({
    line: { downOctets: { value: report.people.reduce((sum, { downOctets }) => sum + downOctets, 0) } },
  });
  expect(() => run.control({ paused: true })).toThrow('the run is over');
  const pages = await wirePages(run);
  await run.close();
  writeReportFiles(report, '<!doctype html><title>of the run</title>', directory);
  const kept = await openKeptRun(directory);
  expect(kept.views.report?.()).toBe('<!doctype html><title>of the run</title>');
  expect(await view(kept.views, 'report')).toMatchObject({ path: '/report.html', octets: 40 });
  expect(await view(kept.views, 'status')).toMatchObject({
    kind: 'replay',
    seed: report.seed,
    records: report.collected.records,
  });
  const { line, people } = overview as { line: object; people: object[] };
  const again = (await view(kept.views, 'overview')) as { line: object; people: object[] };
  expect(again.line).toEqual(line);
  expect(again.people).toEqual(people);
  const { activities } = (await view(kept.views, 'person', { id: 'John' })) as { activities: object[] };
  expect(activities).toEqual((person as { activities: object[] }).activities);
  expect(pages.length).toBeGreaterThan(1);
  expect(pages.flat()).toHaveLength(report.collected.messages);
  // The way loses nothing and turns nothing round.
  expect(await wirePages(kept.views)).toEqual(pages);
  kept.close();
});

/** Sequence numbers of all Messages, from the newest page to the oldest. */
async function wirePages(run: Pick<LookedAtRun, 'topics'>): Promise<number[][]> {
  const pages: number[][] = [];
  for (let before: number | undefined = Infinity; before !== undefined;) {
    const { messages, turns } = (await view(run, 'wire', before === Infinity ? {} : { before: String(before) })) as WireView;
    pages.push(messages.map(({ sequence }) => sequence));
    before = turns.older;
  }
  return pages;
}

const TWO_SITES: ScenarioInput = {
  ...SMALL,
  duration: '20m',
  sites: [
    {
      name: 'berlin',
      office: { employees: 2 },
      people: [{ name: 'Ada', activities: [] }],
      router: { clock: { offsetMs: 90_000, ntp: false } },
    },
  ],
};

test('each of several routers is shown by itself, live and kept, and the first where none is named', async () => {
  const run = new LookedAtRun('max');
  const out = mkdtempSync(join(tmpdir(), 'flowlab-sites-'));
  try {
    writeReportFiles(await runScenario({ scenario: TWO_SITES, onlooker: run, out }), '', out);
    const shown = async (topics: Pick<LookedAtRun, 'topics'>) => {
      const of = async (exporter: Record<string, string>) => {
        const { people } = (await view(topics, 'overview', exporter)) as { people: { name: string }[] };
        const { messages } = (await view(topics, 'wire', exporter)) as { messages: { domain: number }[] };
        const { lanes } = (await view(topics, 'clocks', exporter)) as { lanes: { trueStartMs: number; routerStartMs: number }[] };
        return {
          names: people.map(({ name }) => name).toSorted(),
          domains: [...new Set(messages.map(({ domain }) => domain))],
          errorsS: [...new Set(lanes.map(({ trueStartMs, routerStartMs }) => Math.round((routerStartMs - trueStartMs) / 1_000)))],
        };
      };
      const { exporters } = (await view(topics, 'status')) as { exporters: { id: string; clockErrorMs: number }[] };
      return { exporters, first: await of({}), berlin: await of({ exporter: 'berlin' }) };
    };
    const live = await shown(run);
    expect(live.exporters.map(({ id }) => id)).toEqual(['headquarters', 'berlin']);
    expect(live.exporters[1]!.clockErrorMs).toBeCloseTo(90_000, -2);
    expect(live.first.names).toContain('John');
    expect(live.berlin.names).toContain('Ada');
    expect(live.berlin.names).not.toContain('John');
    expect([live.first.domains, live.berlin.domains]).toEqual([[1], [2]]);
    expect([live.first.errorsS, live.berlin.errorsS]).toEqual([[0], [90]]);
    await expect(view(run, 'overview', { exporter: 'rome' })).rejects.toThrow(
      'no router is called "rome", only headquarters, berlin',
    );
    await run.close();
    const kept = await openKeptRun(out);
    const { exporters, ...again } = await shown(kept.views);
    expect(again).toEqual({ first: live.first, berlin: live.berlin });
    expect(exporters.map(({ id }) => id)).toEqual(['headquarters', 'berlin']);
    kept.close();
  } finally {
    rmSync(out, { recursive: true });
  }
});

test('whoever asks one variant while the next begins still gets an answer', async () => {
  const run = new LookedAtRun('max');
  const asked: Promise<object>[] = [];
  const begin = run.begin.bind(run);
  run.begin = (next) => {
    if (run.topics.size > 0) asked.push(view(run, 'overview'), view(run, 'person', { id: 'John' }));
    begin(next);
  };
  const variants = ['one', 'two'].map((name) => ({ name, set: {} }));
  await runScenario({ scenario: { ...SMALL, variants }, onlooker: run });
  expect(asked).toHaveLength(2);
  await Promise.all(asked);
  await run.close();
});

test('a directory that is none of a run is a sentence', async () => {
  await expect(openKeptRun(join(directory, 'nowhere'))).rejects.toThrow('serve needs a directory that run --out wrote');
});

/** A program that opens a store and says so, and what it does then. */
const opening = (file: string, then = ''): string[] => [
  '--input-type=module',
  '-e',
  `const { DuckDBInstance } = await import('@duckdb/node-api'); await DuckDBInstance.create(${JSON.stringify(file)}); console.log('open'); ${then}`,
];

test('a kept run that cannot be shown leaves its store to others', async () => {
  const kept = mkdtempSync(join(tmpdir(), 'flowlab-damaged-'));
  try {
    writeReportFiles(await runScenario({ scenario: { ...SMALL, duration: '1m' }, out: kept }), '', kept);
    writeFileSync(join(kept, 'pipeline.json'), '{');
    await expect(openKeptRun(kept)).rejects.toThrow('pipeline.json is not');
    expect(execFileSync(process.execPath, opening(join(kept, 'flows.duckdb')), { encoding: 'utf8' })).toBe('open\n');
  } finally {
    rmSync(kept, { recursive: true });
  }
});

test('a kept run whose store is open elsewhere, or is no store, is told in a sentence', async () => {
  const kept = mkdtempSync(join(tmpdir(), 'flowlab-locked-'));
  const file = join(kept, 'flows.duckdb');
  try {
    writeReportFiles(await runScenario({ scenario: SMALL }), '', kept);
    writeFileSync(file, 'no database'.repeat(1_000));
    await expect(openKeptRun(kept)).rejects.toThrow(/^.*flows\.duckdb cannot be opened: /);
    rmSync(file);
    const holder = spawn(process.execPath, opening(file, 'setInterval(() => {}, 1e6);'), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(holder.stdout, 'data');
      await expect(openKeptRun(kept)).rejects.toThrow(UsageError);
      await expect(openKeptRun(kept)).rejects.toThrow('is open in another process');
    } finally {
      holder.kill();
    }
  } finally {
    rmSync(kept, { recursive: true });
  }
});
