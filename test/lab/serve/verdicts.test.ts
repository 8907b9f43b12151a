import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AlertView } from '../../../collector/api/view/alert-view.ts';
import type { OverviewView } from '../../../collector/api/view/overview-view.ts';
import type { Topics } from '../../../collector/api/view/topic.ts';
import { writeReportFiles } from '../../../lab/commands/report-files.ts';
import type { Illustrations } from '../../../lab/report/page/illustrations.ts';
import { renderReportPage } from '../../../lab/report/page/report-page.ts';
import type { Findings, Report } from '../../../lab/report/report.ts';
import { renderReport } from '../../../lab/report/terminal.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import type { ScenarioInput } from '../../../lab/scenario/schema.ts';
import { openKeptRun } from '../../../lab/serve/kept-run.ts';
import { LookedAtRun } from '../../../lab/serve/looked-at-run.ts';
import { UNSEEN_REASONS } from '../../../lab/verify/detection/true-event.ts';
import { readPage } from '../report/read-page.ts';
import { SMALL } from '../../support/small-world.ts';
import { BRANCH, TWO_SITES } from '../../support/two-sites.ts';

const NETWORK = '198.18.0.0/20';
/** A host scan with regular rounds in the same network, told twice; rounds that look like a port scan; what no script labels; what nobody tells. */
const EVERYTHING: ScenarioInput = {
  ...SMALL,
  duration: '20m',
  office: { employees: 5, outside: [{ do: 'inboundScan', at: '09:02', ports: 20, perSecond: 5 }] },
  people: [
    ...(SMALL.people ?? []).filter(({ name }) => name === 'John'),
    {
      name: 'Sarah',
      activities: [
        { do: 'hostScan', at: '09:03', network: NETWORK },
        { do: 'monitor', at: '09:02', minutes: 8, network: NETWORK, hosts: 300, ports: [22], everyS: 60 },
        {
          do: 'monitor',
          at: '09:01',
          minutes: 12,
          network: '198.18.50.0/24',
          hosts: 1,
          ports: Array.from({ length: 100 }, (_, index) => 1_000 + 7 * index),
          everyS: 10,
        },
      ],
    },
    { name: 'Alex', activities: [{ do: 'portScan', at: '09:12', target: '198.18.200.10', ports: 3, perSecond: 1 }] },
  ],
  collector: { ...SMALL.collector, policy: { forbidden: ['youtube'] } },
};
const SCANS = [{ do: 'portScan' as const, at: '09:04', target: '198.18.200.10', ports: 400, perSecond: 50 }];

const RUNS: Readonly<Record<string, ScenarioInput>> = {
  'every verdict': EVERYTHING,
  'a collector that is set back between two alerts': {
    ...EVERYTHING,
    collector: { ...EVERYTHING.collector, clock: { ntp: false, steps: [{ after: '10m', byMs: -1_200_000 }] } },
  },
  'a router an hour off': { ...EVERYTHING, router: { clock: { ntp: false, offsetMs: 3_600_000 } } },
  'two sites with the same network': {
    ...TWO_SITES,
    office: { employees: 4, devices: [{ name: 'box', kind: 'unknown', ip: '10.0.3.3' }] },
    sites: [{ ...BRANCH, people: [{ name: 'Mia', activities: SCANS }] }],
  },
  'nothing to tell': { ...SMALL, duration: '10m' },
};

interface Told {
  readonly report: Report;
  readonly page: string;
  /** By the site. */
  readonly live: ReadonlyMap<string, OverviewView>;
  readonly kept: ReadonlyMap<string, OverviewView>;
}

const directory = mkdtempSync(join(tmpdir(), 'flowlab-verdicts-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function told(scenario: ScenarioInput, out: string): Promise<Told> {
  const illustrations: Illustrations[] = [];
  const looking = new LookedAtRun('max');
  const onIllustrations = (each: Illustrations): void => void illustrations.push(each);
  const report = await runScenario({ scenario, onlooker: looking, out, onIllustrations });
  const page = renderReportPage(report, illustrations);
  writeReportFiles(report, page, out);
  const live = await overviewsOf(looking.topics, report);
  await looking.close();
  const run = await openKeptRun(out);
  try {
    return { report, page, live, kept: await overviewsOf(run.views.topics, report) };
  } finally {
    run.close();
  }
}

async function overviewsOf(topics: Topics, { sites }: Report): Promise<Map<string, OverviewView>> {
  const names = sites?.map(({ name }) => name) ?? ['headquarters'];
  const asked = names.map(async (name) => [name, await topics.get('overview')?.view(new Map([['exporter', name]]))] as const);
  return new Map(JSON.parse(JSON.stringify(await Promise.all(asked))) as [string, OverviewView][]);
}

/** What the report says of alerts and of what was not told, by the site. */
const partsOf = (report: Report): [string, Pick<Findings, 'unusual' | 'untold'>][] =>
  report.sites?.map((site) => [site.name, site]) ?? [['headquarters', report]];

const byId = (one: { readonly id: string }, other: { readonly id: string }): number => (one.id < other.id ? -1 : 1);
const verdictsOf = (alerts: readonly AlertView[]): unknown[] =>
  alerts
    .map(({ id, truth, times }) => ({ id, verdict: truth?.verdict, fromMs: truth?.event?.fromMs, truthMs: times?.truthMs }))
    .sort(byId);

const ran = new Map<string, Promise<Told>>();
/** One of them, run once. */
function runOf(name: string): Promise<Told> {
  const known = ran.get(name) ?? told(RUNS[name] as ScenarioInput, mkdtempSync(join(directory, 'run-')));
  ran.set(name, known);
  return known;
}

describe.each(Object.keys(RUNS))('the report and the page agree: %s', (name) => {
  test('of every alert, while the run is there and when it was kept', async () => {
    const { report, live, kept } = await runOf(name);
    for (const [site, { unusual }] of partsOf(report)) {
      const expected = unusual
        .map(({ id, truth, trueFromMs }) => ({ id, verdict: truth, fromMs: trueFromMs, truthMs: trueFromMs }))
        .sort(byId);
      expect(verdictsOf(live.get(site)?.alerts ?? [])).toEqual(expected);
      expect(verdictsOf(kept.get(site)?.alerts ?? [])).toEqual(expected);
    }
  });

  test('of everything that was not told', async () => {
    const { report, live, kept } = await runOf(name);
    for (const [site, { untold }] of partsOf(report)) {
      const expected = untold.map(({ kind, who, fromMs, unseen }) => ({
        kind,
        who,
        fromMs,
        ...(unseen === undefined ? {} : { unseen: UNSEEN_REASONS[unseen] }),
      }));
      for (const overview of [live.get(site), kept.get(site)]) expect(overview?.truth?.missed).toMatchObject(expected);
      expect(live.get(site)?.truth?.missed).toHaveLength(expected.length);
    }
  });

  test('in the words for it, which are those of report.html and of the terminal too', async () => {
    const { report, page, live } = await runOf(name);
    const words = new Map([...live.values()].flatMap(({ alerts }) => alerts.map((alert) => [alert.id, wordsOf(alert)] as const)));
    const articles = readPage(page).all.filter(({ attributes }) => attributes.class === 'alert');
    expect(articles).toHaveLength(report.unusual.length);
    const terminal = renderReport(report, { colour: false, width: 200 });
    for (const [index, { id, sentence, truth }] of report.unusual.entries()) {
      const text = words.get(id) ?? 'no such alert';
      expect(articles[index]?.text.toLowerCase()).toContain(text);
      // Beside what was told stands what was so where it differs.
      if (truth !== 'hit') expect(terminal.slice(terminal.indexOf(sentence))).toContain(`! ${text}`);
    }
  });
});

const wordsOf = ({ truth }: AlertView): string => `${truth?.verdict.replace('-', ' ')}: ${truth?.meaning}`;

test('runs have every verdict, and the earliest in truth of two alerts is the hit whatever the collector’s clock showed', async () => {
  const { report } = await runOf('a collector that is set back between two alerts');
  const truths = new Set(report.unusual.map(({ truth }) => truth));
  expect(truths).toEqual(new Set(['hit', 'doubled', 'false-alarm', 'unlabelled']));
  const [hit, again] = (['hit', 'doubled'] as const).map((verdict) =>
    report.unusual.find(({ kind, truth }) => kind === 'host-scan' && truth === verdict),
  );
  expect(again?.trueRaisedAtMs).toBeGreaterThan(hit?.trueRaisedAtMs ?? NaN);
  expect(again?.raisedAtMs).toBeLessThan(hit?.raisedAtMs ?? NaN);
});
