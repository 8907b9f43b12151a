import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ExploreTable, ExploreTruth } from '../../../collector/api/view/explore-view.ts';
import type { OverviewView } from '../../../collector/api/view/overview-view.ts';
import type { PersonView } from '../../../collector/api/view/person-view.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { writeReportFiles } from '../../../lab/commands/report-files.ts';
import { runScenario, type LookedAt } from '../../../lab/run-scenario.ts';
import type { ScenarioInput } from '../../../lab/scenario/schema.ts';
import { openKeptRun, type KeptRun } from '../../../lab/serve/kept-run.ts';
import { LookedAtRun } from '../../../lab/serve/looked-at-run.ts';
import { NOBODY, type Ledger } from '../../../lab/verify/ledger.ts';
import { trueTotals } from '../../../lab/verify/truth.ts';
import { SMALL } from '../../support/small-world.ts';
import { BRANCH, TWO_SITES } from '../../support/two-sites.ts';

const MINUTE_MS = 60_000;
/** Sarah's scan is told, Alex's few ports are not. */
const TARGET = '198.18.200.10';
const DAY: ScenarioInput = {
  ...SMALL,
  office: { employees: 5, outside: [{ do: 'inboundScan', at: '09:02', ports: 20, perSecond: 5 }] },
  people: [
    ...(SMALL.people ?? []).filter(({ name }) => name === 'John'),
    { name: 'Sarah', activities: [{ do: 'portScan', at: '09:12', target: TARGET, ports: 400, perSecond: 50 }] },
    { name: 'Alex', activities: [{ do: 'portScan', at: '09:20', target: TARGET, ports: 3, perSecond: 1 }] },
  ],
};
/** Every clock right, and nothing of what was metered is told late: the office is closed before the end. */
const RIGHT = { clock: { offsetMs: 0, driftPpm: 0 } };

class Looking extends LookedAtRun {
  run: LookedAt | undefined;

  override begin(run: LookedAt): void {
    super.begin(run);
    this.run = run;
  }
}

const directory = mkdtempSync(join(tmpdir(), 'flowlab-truth-'));
const live = new Looking('max');
let kept: KeptRun | undefined;
let ledger: Ledger;
let epochMs: number;

async function lookAt(run: Looking, scenario: ScenarioInput, out?: string): Promise<void> {
  const report = await runScenario({ scenario, onlooker: run, ...(out === undefined ? {} : { out }) });
  if (out !== undefined) writeReportFiles(report, '', out);
}

async function ask<View>(
  run: Pick<LookedAtRun, 'topics'>,
  topic: string,
  parameters: Record<string, string> = {},
): Promise<View> {
  return JSON.parse(JSON.stringify(await run.topics.get(topic)?.view(new Map(Object.entries(parameters))))) as View;
}

beforeAll(async () => {
  await lookAt(live, DAY, directory);
  const { headquarters, epoch } = live.run?.world ?? expect.fail('no run began');
  ledger = headquarters.ledger;
  epochMs = epoch.unixMs;
});
afterAll(async () => {
  kept?.close();
  await live.close();
  rmSync(directory, { recursive: true });
});

/** Octets of the ledger by minute of UTC, packet by packet, of whoever had a device. */
function octetsByMinute(): Map<number, number> {
  const { trains, connections, endNs } = ledger;
  const found = new Map<number, number>();
  for (let train = 0; train < ledger.length; train++) {
    if (connections.device.at(trains.connection.at(train)) === NOBODY) continue;
    const [packets, octets] = [trains.packets.at(train), trains.octets.at(train)];
    for (let packet = 0; packet < packets; packet++) {
      const atNs = trains.startNs.at(train) + packet * trains.intervalNs.at(train);
      if (atNs > endNs) break;
      const minute = Math.floor((epochMs + atNs / 1e6) / MINUTE_MS);
      const own = Math.floor(octets / packets) + (packet < octets % packets ? 1 : 0);
      found.set(minute, (found.get(minute) ?? 0) + own);
    }
  }
  return found;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const ofPeople = (): number =>
  sum([...trueTotals(ledger).byDevice].filter(([device]) => device !== NOBODY).map(([, octets]) => octets));

describe('the truth beside the overview', () => {
  test('of people and strangers adds up to the ledger', async () => {
    const { people, truth } = await ask<OverviewView>(live, 'overview');
    expect(sum(people.map(({ trueOctets }) => trueOctets ?? NaN))).toBe(ofPeople());
    expect((truth?.upOctets ?? 0) + (truth?.downOctets ?? 0)).toBe(ofPeople());
    expect(ofPeople()).toBeLessThan(sum([...trueTotals(ledger).byDevice.values()]));
  });

  test('has not a packet in the wrong minute', async () => {
    const { truth, series } = await ask<OverviewView>(live, 'overview');
    expect(series.bucketMs).toBe(MINUTE_MS);
    const told = (truth?.octets ?? []).flatMap((octets, index) =>
      octets === 0 ? [] : [[(truth?.startMs ?? 0) / MINUTE_MS + index, octets] as const],
    );
    expect(new Map(told)).toEqual(new Map([...octetsByMinute()].sort(([one], [other]) => one - other)));
  });

  test('says of alerts whether they were so, and what was not told', async () => {
    const { alerts, truth } = await ask<OverviewView>(live, 'overview');
    const scan = alerts.find(({ kind }) => kind === 'port-scan');
    expect(scan?.truth).toMatchObject({ verdict: 'hit', event: { kind: 'port-scan', who: 'Sarah' } });
    expect(scan?.times?.truthMs).toBe(epochMs + 17 * MINUTE_MS);
    expect(truth?.missed).toContainEqual(expect.objectContaining({ kind: 'port-scan', who: 'Alex', flows: 3 }));
    expect(truth?.missed.filter(({ who }) => who === 'Sarah')).toEqual([]);
  });

  test('is left out when nobody wants it', async () => {
    const view = await ask<OverviewView>(live, 'overview', { truth: 'off' });
    expect(view.truth).toBeUndefined();
    expect(JSON.stringify(view)).not.toMatch(/trueOctets|"truth"/);
  });
});

describe('the time basis truth', () => {
  test('has the same octets as the truth beside, each of them sure', async () => {
    const view = await ask<OverviewView>(live, 'overview', { basis: 'truth' });
    expect(sum(view.people.map(({ octets }) => octets.value))).toBe(ofPeople());
    expect(new Set(view.people.map(({ octets }) => octets.sure))).toEqual(new Set(['truth']));
    for (const { octets, trueOctets } of view.people) expect(octets.value).toBe(trueOctets);
  });

  test('is an answer of every other topic too', async () => {
    await expect(ask(live, 'nat', { basis: 'truth' })).resolves.toMatchObject({});
    await expect(ask(live, 'complete', { basis: 'truth', text: 'per' })).resolves.toMatchObject({});
  });

  test('asks nothing twice of the ledger, and nothing again of what is as it was', async () => {
    const query = vi.spyOn(DuckDbStore.prototype, 'query');
    try {
      const view = await ask<OverviewView>(live, 'overview', { basis: 'truth', from: String(epochMs + MINUTE_MS) });
      const asked = query.mock.calls.map((call) => JSON.stringify(call));
      expect(asked.length).toBeGreaterThan(2);
      expect(new Set(asked).size).toBe(asked.length);
      expect(await ask(live, 'overview', { basis: 'truth', from: String(epochMs + MINUTE_MS) })).toEqual(view);
      expect(query).toHaveBeenCalledTimes(asked.length);
    } finally {
      query.mockRestore();
    }
  });

  test('where all is right, is what was measured, within how finely records tell of time', async () => {
    const run = new Looking('max');
    await lookAt(run, { ...DAY, office: { employees: 5 }, router: RIGHT, collector: RIGHT });
    try {
      const [measured, really] = [
        await ask<OverviewView>(run, 'overview'),
        await ask<OverviewView>(run, 'overview', { basis: 'truth' }),
      ];
      expect(measured.people.length).toBeGreaterThan(4);
      for (const { id, octets, trueOctets } of measured.people) expect(octets.value, id).toBe(trueOctets);
      expect(Object.fromEntries(measured.people.map(({ id, byCategory }) => [id, byCategory]))).toEqual(
        Object.fromEntries(really.people.map(({ id, byCategory }) => [id, byCategory])),
      );
    } finally {
      await run.close();
    }
  });
});

describe('the truth beside a person', () => {
  test('pairs what was told with what was so, and lists the rest', async () => {
    const { activities, truth } = await ask<PersonView>(live, 'person', { id: 'John' });
    const film = activities.find(({ application }) => application === 'youtube');
    expect(film?.truth).toMatchObject({ application: 'youtube', category: 'streaming', isScripted: true });
    const found = activities.filter((activity) => activity.truth !== undefined).length;
    expect(truth).toMatchObject({ found, activities: found + (truth?.missed.length ?? NaN) });
    const { totals } = await ask<PersonView>(live, 'person', { id: 'John', basis: 'truth' });
    expect(totals.octets).toEqual({ value: truth?.octets, sure: 'truth' });
  });

  test('by the time basis truth is the activities there were', async () => {
    const { activities } = await ask<PersonView>(live, 'person', { id: 'John', basis: 'truth' });
    const { truth } = await ask<PersonView>(live, 'person', { id: 'John' });
    expect(activities).toHaveLength(truth?.activities ?? NaN);
  });
});

describe('the truth beside what is explored', () => {
  const explore = (parameters: Record<string, string>): Promise<ExploreTable> =>
    ask<ExploreTable>(live, 'explore', { measure: 'bytes', ...parameters });
  const known = ({ truth }: ExploreTable): ExploreTruth =>
    truth === undefined || 'reason' in truth ? expect.fail(JSON.stringify(truth)) : truth;

  test('has the octets of each category that the judge has', async () => {
    const table = await explore({ by: 'category' });
    const { byCategory } = trueTotals(ledger);
    // What was for nobody inside is nobody's: a scan of the public address alone, and of no service.
    byCategory.delete('other');
    const told = table.groups.flatMap(({ keys: [category] }, index) =>
      category === 'other' ? [] : [[category, known(table).groups[index]] as const],
    );
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(byCategory));
  });

  test.each(['person', 'app', 'server', 'protocol', 'person,category'])('by %s adds up to all of it', async (by) => {
    const { total, groups } = known(await explore({ by }));
    expect(sum(groups.map((one) => one ?? NaN))).toBeCloseTo(ofPeople(), 3);
    expect(total).toBeCloseTo(ofPeople(), 3);
  });

  test('knows a filter', async () => {
    const truth = known(await explore({ by: '', where: `server = ${TARGET} and person = Alex` }));
    expect(truth.total).toBeGreaterThan(0);
    expect(truth.groups).toEqual([truth.total]);
  });

  test.each([
    [{ measure: 'flows' }, 'there are packets in truth'],
    [{ by: 'exporter' }, '"exporter" is what the router says'],
    [{ where: 'not flow bytes > 100' }, '"flow bytes" is what the router says'],
  ])('says plainly when there is none: %o', async (parameters, words) => {
    const { truth } = await explore(parameters);
    expect(truth).toEqual({ reason: expect.stringContaining(words) as string });
    await expect(explore({ ...parameters, basis: 'truth' })).rejects.toThrow(words);
  });
});

/** Parts of octets come out with another last digit when they are added in another order. */
const rounded = (view: object): unknown =>
  JSON.parse(JSON.stringify(view), (_key, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(3)) : value));

test('a run that was kept has the same truth', async () => {
  const asked = [
    ['overview', {}],
    ['overview', { basis: 'truth' }],
    ['person', { id: 'John' }],
    ['person', { id: 'Sarah', basis: 'truth' }],
    ['explore', { by: 'category' }],
  ] as const;
  const truths = async (run: Pick<LookedAtRun, 'topics'>): Promise<unknown[]> =>
    Promise.all(asked.map(async ([topic, parameters]) => rounded(await ask(run, topic, parameters))));
  const before = await truths(live);
  await live.close();
  kept = await openKeptRun(directory);
  expect(await ask(kept.views, 'status')).toMatchObject({ bases: expect.arrayContaining(['truth']) as string[] });
  expect(await truths(kept.views)).toEqual(before);
});

test('each site of a run that was kept is as it was, whatever network it has and whoever tells of its packets too', async () => {
  const out = mkdtempSync(join(tmpdir(), 'flowlab-truth-sites-'));
  const office = { employees: 4, network: '192.168.0.0/16' };
  const misbehaviour = [{ do: 'portScan' as const, at: '09:04', target: TARGET, ports: 3, perSecond: 1 }];
  const berlin = { ...BRANCH, office, people: [{ name: 'Mia', activities: misbehaviour }] };
  const run = new Looking('max');
  await lookAt(run, { ...TWO_SITES, router: { ...SMALL.router, probe: {} }, sites: [berlin] }, out);
  const shown = (of: Pick<LookedAtRun, 'topics'>): Promise<unknown[]> =>
    Promise.all(
      ['headquarters', 'berlin'].flatMap((exporter) => [
        ask<OverviewView>(of, 'overview', { exporter }).then(({ line, people, truth }) => rounded({ line, people, truth })),
        ask<ExploreTable>(of, 'explore', { exporter, by: 'category' }).then(rounded),
      ]),
    );
  const live = await shown(run);
  await run.close();
  const again = await openKeptRun(out);
  try {
    expect(live[2]).toMatchObject({ truth: { missed: [{ kind: 'port-scan', who: 'Mia' }] } });
    expect(await shown(again.views)).toEqual(live);
  } finally {
    again.close();
    rmSync(out, { recursive: true });
  }
});

test('what would begin after the end of the run is nothing that was missed', async () => {
  const { unusual, untold } = await runScenario({ scenario: { ...DAY, duration: '10m' } });
  expect(unusual).toMatchObject([{ kind: 'inbound-scan', truth: 'hit' }]);
  expect(untold).toEqual([]);
});
