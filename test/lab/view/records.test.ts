import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LifeView } from '../../../collector/api/view/life-view.ts';
import type { PipelineView } from '../../../collector/api/view/pipeline-view.ts';
import type { RecordRow, RecordsView } from '../../../collector/api/view/records-view.ts';
import type { Topics } from '../../../collector/api/view/topic.ts';
import type { WireView } from '../../../collector/api/view/wire-view.ts';
import { writeReportFiles } from '../../../lab/commands/report-files.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import { openKeptRun, type KeptRun } from '../../../lab/serve/kept-run.ts';
import { LookedAtRun } from '../../../lab/serve/looked-at-run.ts';
import { SMALL } from '../../support/small-world.ts';

const directory = mkdtempSync(join(tmpdir(), 'flowlab-records-'));

/** A router seven minutes slow, over a way that loses and doubles. */
const SCENARIO = {
  ...SMALL,
  duration: '25m',
  router: { clock: { offsetMs: -420_000, ntp: false } },
  links: { export: { lossPercent: 5, duplicatePercent: 5, delayMs: 7 } },
};

let kept: KeptRun;
/** What was asked of the run itself, to be asked again of what it left. */
const before: { parameters: Record<string, string>; topic: string; view: object }[] = [];
let duringRun: PipelineView[];

async function view<View>(topics: Topics, topic: string, parameters: Record<string, string> = {}): Promise<View> {
  return JSON.parse(JSON.stringify(await topics.get(topic)?.view(new Map(Object.entries(parameters))))) as View;
}

beforeAll(async () => {
  const run = new LookedAtRun(20_000);
  const running = runScenario({ scenario: SCENARIO, out: directory, onlooker: run });
  let isRunning = true;
  void running.finally(() => (isRunning = false));
  duringRun = [];
  while (isRunning) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (run.topics.size > 0) duringRun.push(await view<PipelineView>(run.topics, 'pipeline'));
  }
  const report = await running;
  for (const [topic, parameters] of [
    ['pipeline', {}],
    ['records', {}],
    ['records', { fate: 'lost' }],
    ['records', { fate: 'doubled' }],
    ['records', { fate: 'mistimed', who: 'John' }],
  ] as const)
    before.push({ topic, parameters, view: await view(run.topics, topic, parameters) });
  await run.close();
  writeReportFiles(report, '', directory);
  kept = await openKeptRun(directory);
}, 120_000);
afterAll(() => {
  kept?.close();
  rmSync(directory, { recursive: true });
});

/** All pages of a list. */
async function all(parameters: Record<string, string> = {}): Promise<RecordRow[]> {
  const rows: RecordRow[] = [];
  for (let next: string | undefined = ''; next !== undefined;) {
    const page: RecordsView = await view(kept.views.topics, 'records', {
      ...parameters,
      ...(next === '' ? {} : { before: next }),
    });
    expect(page.records.length).toBeLessThanOrEqual(50);
    rows.push(...page.records);
    next = page.next;
  }
  return rows;
}

const amountOf = (pipeline: PipelineView, stage: string): number =>
  pipeline.stages.find(({ name }) => name === stage)?.amounts.flows ?? 0;
const life = (record: string): Promise<LifeView> => view<LifeView>(kept.views.topics, 'life', { record });
const stepOf = ({ steps }: LifeView, name: string) => steps.find((step) => step.name === name);

describe('the records of a run', () => {
  it('are the same while it is there and when it was kept', async () => {
    for (const { topic, parameters, view: then } of before)
      expect(await view(kept.views.topics, topic, parameters)).toEqual(then);
  });

  it('never are more further on, nor unexplained, while it goes on', () => {
    expect(duringRun.length).toBeGreaterThan(3);
    for (const { remainders, isOver } of duringRun)
      if (!isOver) expect(remainders.filter(({ title }) => title === 'Unexplained')).toEqual([]);
    expect(duringRun.some(({ remainders }) => remainders.some(({ title }) => title === 'In the flow cache'))).toBe(true);
  });

  it('are listed once each, by pages, and of each person', async () => {
    const pipeline = await view<PipelineView>(kept.views.topics, 'pipeline');
    const rows = await all();
    const ids = rows.map(({ id }) => Number(id));
    expect(ids).toEqual([...new Set(ids)].sort((one, other) => other - one));
    // What came from outside for nobody inside is nobody's.
    expect(ids.length).toBeLessThanOrEqual(amountOf(pipeline, 'stored'));
    expect(ids.length).toBeGreaterThan(0.9 * amountOf(pipeline, 'stored'));
    const { people } = await view<RecordsView>(kept.views.topics, 'records');
    const john = await all({ who: 'John' });
    expect(john).toEqual(rows.filter(({ personId }) => personId === 'John'));
    expect(people.map(({ name }) => name)).toContain('John');
  });

  it('that were lost are all there, and their lives end on the way', async () => {
    const pipeline = await view<PipelineView>(kept.views.topics, 'pipeline');
    const lost = await all({ fate: 'lost' });
    expect(lost).toHaveLength(pipeline.branches.find(({ name }) => name === 'lost')!.amounts.flows!);
    for (const { id } of lost) {
      const told = await life(id);
      expect(told.isLost).toBe(true);
      expect(told.steps.at(-1)!.name).toBe('lost');
      expect(told.steps.every(({ collectorMs }) => collectorMs === undefined)).toBe(true);
      const [first, last, left] = ['first', 'last', 'left'].map((name) => stepOf(told, name)!);
      expect(first!.truthMs! <= last!.truthMs! && last!.truthMs! <= left!.truthMs!).toBe(true);
      // The router is slow by as much as it was set.
      expect(first!.routerMs! - first!.truthMs!).toBeCloseTo(-420_000, -2);
    }
  });

  it('that were doubled or told in a wrong five minutes are said to be, and only they', async () => {
    const rows = await all();
    for (const fate of ['doubled', 'mistimed'] as const) {
      const chosen = await all({ fate });
      expect(chosen.map(({ id }) => id)).toEqual(rows.filter(({ fates }) => fates.includes(fate)).map(({ id }) => id));
      expect(chosen.length).toBeGreaterThan(0);
    }
    const again = await life((await all({ fate: 'doubled' }))[0]!.id);
    expect(again.steps.map(({ name }) => name)).toContain('again');
  });

  it('have the times of times.csv, in the order of a life', async () => {
    const [header = '', ...lines] = readFileSync(join(directory, 'times.csv'), 'utf8').trimEnd().split('\n');
    const names = header.split(',');
    const startMs = Date.parse(SMALL.start!);
    for (const line of lines.filter((_, index) => index % 37 === 0)) {
      const fields = line.split(',').map(Number);
      const ms = (name: string): number => startMs + fields[names.indexOf(name)]! / 1e6;
      const told = await life(String(fields[names.indexOf('record')]));
      const steps = ['first', 'last', 'left', 'received'].map((name) => stepOf(told, name)!);
      for (const [index, name] of ['true_start_ns', 'true_end_ns', 'true_sent_ns', 'true_arrived_ns'].entries())
        expect(steps[index]!.truthMs).toBeCloseTo(ms(name), 2);
      for (const [index, name] of ['router_start_ns', 'router_end_ns', 'header_ns'].entries())
        expect(steps[index]!.routerMs).toBeCloseTo(ms(name), 2);
      expect(steps[3]!.collectorMs).toBeCloseTo(ms('received_ns'), 2);
      expect(told.steps.at(-1)!.name).toBe('stored');
    }
  });

  it('lead to the Message they were in', async () => {
    for (const id of [(await all())[3]!.id, (await all({ fate: 'lost' }))[0]!.id]) {
      const { message } = await life(id);
      const wire = await view<WireView>(kept.views.topics, 'wire', { message: String(message.wire) });
      expect(wire.message?.head.sequence).toBe(message.sequenceNumber);
      expect(wire.message?.head.records).toBeGreaterThan(0);
    }
  });

  it('that there are not are told in a sentence', async () => {
    for (const [topic, parameters] of [
      ['life', { record: '99999999' }],
      ['life', { record: 'lost-9-9999' }],
      ['life', { record: "1' OR 1=1" }],
      ['life', {}],
      ['records', { who: 'Nobody at all' }],
      ['records', { fate: 'eaten' }],
      ['records', { before: 'x' }],
      ['records', { before: 'x', fate: 'lost' }],
      ['pipeline', { exporter: 'nowhere' }],
    ] as const)
      await expect(view(kept.views.topics, topic, parameters)).rejects.toThrow(/^[^\n]{20,160}$/);
  });

  it('are refused in a sentence when what was kept of them is damaged', async () => {
    const path = join(directory, 'pipeline.json');
    const sound = readFileSync(path, 'utf8');
    for (const damaged of ['{', '{}', sound.replace('"passed"', '"past"')]) {
      writeFileSync(path, damaged);
      kept.close();
      await expect(openKeptRun(directory)).rejects.toThrow(/^[^\n]*pipeline\.json is not/);
    }
    writeFileSync(path, sound);
    kept = await openKeptRun(directory);
  });
});
