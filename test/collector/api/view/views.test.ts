import type { Alert } from '../../../../collector/detect/alert.ts';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { overviewView, type OverviewView } from '../../../../collector/api/view/overview-view.ts';
import { peopleQuestionOf, peopleView } from '../../../../collector/api/view/people-view.ts';
import { personView } from '../../../../collector/api/view/person-view.ts';
import { viewRequestOf, type ViewContext } from '../../../../collector/api/view/view-request.ts';
import { wordOctets } from '../../../../collector/query/wording.ts';
import { formatAddress } from '../../../../core/net/address-book.ts';
import { trueTotals } from '../../../../lab/verify/truth.ts';
import { inventoryOf } from '../../../../lab/world/inventory.ts';
import { type Ran, runWorld, SMALL } from '../../../support/small-world.ts';

const NOW = 1_772_445_600_000;
const requestOf = (parameters: Record<string, string> = {}) => viewRequestOf(new Map(Object.entries(parameters)), NOW);

let ran: Ran;
let context: ViewContext;
let overview: OverviewView;
beforeAll(async () => {
  ran = await runWorld(SMALL);
  const { collecting } = ran.world;
  const { inside, exporter } = ran.site.config;
  const inventory = [...inventoryOf(ran.site), { name: 'nobody yet', address: '10.0.200.1', department: '' }];
  context = {
    applications: collecting.applications,
    names: collecting.names,
    inside,
    exporter,
    inventory,
  };
  overview = await overviewView(ran.store, context, requestOf());
});
afterAll(() => ran.store.close());

describe('the people', () => {
  const found = (parameters: Record<string, string>) =>
    peopleView(ran.store, context, { ...requestOf(), ...peopleQuestionOf(new Map(Object.entries(parameters))) });

  it('are those of the overview, found by what they are called', async () => {
    expect(overview.peopleCount).toBe(overview.people.length);
    expect(await found({})).toEqual({ people: overview.people, found: overview.peopleCount });
    expect(await found({ count: '2' })).toEqual({ people: overview.people.slice(0, 2), found: overview.peopleCount });
    const nobody = overview.people.filter(({ id }) => id === 'nobody yet');
    expect(await found({ find: ' Nobody Y' })).toEqual({ people: nobody, found: 1 });
    expect(await found({ find: '10.0.200.1' })).toEqual({ people: nobody, found: 1 });
    expect(await found({ find: 'no such person' })).toEqual({ people: [], found: 0 });
  });

  it.each([{ find: 'a'.repeat(101) }, { count: '0' }, { count: '1.5' }, { count: '1001' }])(
    'are not asked for by %o',
    (wrong) => {
      expect(() => peopleQuestionOf(new Map(Object.entries(wrong)))).toThrow(/find|count/);
    },
  );
});

describe('the overview', () => {
  it('has everybody, with what the ledger says each used', () => {
    const { byDevice } = trueTotals(ran.site.ledger);
    const { devices } = ran.site.office;
    expect(overview.people).toHaveLength(devices.length + 1);
    for (const person of overview.people.filter(({ id }) => id !== 'nobody yet')) {
      const device = devices.findIndex(({ address }) => formatAddress(address) === person.address);
      expect(person.octets, person.name).toEqual({ value: byDevice.get(device) ?? 0, sure: 'exact' });
      expect(person.upOctets + person.downOctets).toBe(person.octets.value);
      expect(Object.values(person.byCategory).reduce((sum, octets) => sum + octets, 0)).toBe(person.octets.value);
    }
    expect(overview.people.at(-1)).toMatchObject({ id: 'nobody yet', octets: { value: 0 } });
  });

  it('has a series that adds up to the line', () => {
    const { upOctets, downOctets, peakBitPerS } = overview.line;
    const all = overview.series.octets.flat().reduce((sum, octets) => sum + octets, 0);
    expect(all).toBeCloseTo(upOctets.value + downOctets.value, 0);
    expect(new Set(overview.series.octets.map(({ length }) => length)).size).toBe(1);
    const perBucket = overview.series.octets[0]!.map((_, bucket) =>
      overview.series.octets.reduce((sum, row) => sum + row[bucket]!, 0),
    );
    expect(peakBitPerS.value).toBeCloseTo((Math.max(...perBucket) * 8_000) / overview.series.bucketMs, 3);
  });

  it('is told in three sentences with its own numbers', () => {
    const [most] = overview.people;
    const [category, octets] = Object.entries(most!.byCategory).sort(([, one], [, other]) => other - one)[0]!;
    const part = Math.round((100 * octets) / most!.octets.value);
    expect(overview.sentences).toEqual([
      `${most!.name} used ${Math.round(most!.sharePercent)} % of the line (${wordOctets(most!.octets.value)}), ${part} % of it for ${category}.`,
      "Most that was moved as files or copies is Alex's: 200 MB of downloads.",
      'Nothing looks unusual.',
    ]);
  });

  it('of a part of the time is that part, and as it was known earlier less', async () => {
    const { startMs, bucketMs } = overview.series;
    const middle = startMs + 20 * bucketMs;
    const total = async (parameters: Record<string, string>): Promise<number> => {
      const { line } = await overviewView(ran.store, context, requestOf(parameters));
      return line.upOctets.value + line.downOctets.value;
    };
    const [before, after] = [await total({ to: String(middle) }), await total({ from: String(middle) })];
    expect(before).toBeGreaterThan(0);
    expect(before + after).toBeCloseTo(await total({}), 0);
    expect(await total({ at: String(middle) })).toBeLessThan(await total({}));
  });

  it('tells the alerts it is given, the newest first', async () => {
    const alert: Omit<Alert, 'id' | 'firstSeenMs'> = {
      kind: 'beacon',
      who: 'John',
      address: '',
      target: '',
      exporter: '192.0.2.1',
      observationDomainId: 0,
      sentence: 'it beeps',
      confidence: 1,
      flowIds: [],
      lastSeenMs: 9,
      raisedAtMs: 9,
      evidence: [],
      innocent: [],
      next: [],
    };
    const alerts = [
      { ...alert, id: 'a', firstSeenMs: 1 },
      { ...alert, id: 'b', firstSeenMs: 2 },
    ];
    const view = await overviewView(ran.store, { ...context, alerts }, requestOf());
    expect(view.alerts.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(view.sentences[2]).toBe('2 things look unusual; the newest: it beeps.');
    const before = await overviewView(ran.store, { ...context, alerts }, requestOf({ at: '8' }));
    expect(before.alerts).toEqual([]);
  });
});

describe("a person's view", () => {
  it('adds up: hours, days, weeks and what the overview says', async () => {
    for (const { id, octets } of overview.people) {
      const person = await personView(ran.store, context, { ...requestOf({ zone: 'Asia/Kathmandu' }), id });
      expect(person.totals.octets.value, id).toBe(octets.value);
      for (const unit of ['hour', 'day', 'week']) {
        const own = person.periods.filter((period) => period.unit === unit);
        expect(own.reduce((sum, { upOctets, downOctets }) => sum + upOctets + downOctets, 0)).toBe(octets.value);
        for (const { upOctets, downOctets, byCategory } of own) {
          const categories = Object.values(byCategory);
          expect([upOctets, downOctets, ...categories].filter((each) => !Number.isInteger(each) || each < 0)).toEqual([]);
          expect(categories.reduce((sum, each) => sum + each, 0)).toBe(upOctets + downOctets);
        }
      }
      expect(person.colleagues.filter((colleague) => !Number.isInteger(colleague.octets))).toEqual([]);
      expect(person.colleagues).toHaveLength(overview.people.length - 1);
      const others = person.colleagues.map((colleague) => colleague.octets).sort((one, other) => one - other);
      expect(person.others).toEqual({
        count: others.length,
        fewer: others.filter((one) => one < person.totals.octets.value).length,
        medianOctets: others[others.length >> 1],
      });
      expect(person.flows.length).toBeLessThanOrEqual(200);
    }
  });

  it('tells the film with why', async () => {
    const john = await personView(ran.store, context, { ...requestOf(), id: 'John' });
    const film = john.activities.filter(({ category }) => category === 'streaming');
    expect(film).toMatchObject([{ application: 'youtube', label: 'watched YouTube', octets: 90_000_000 }]);
    expect(film[0]!.why).toHaveLength(2);
    expect(john.destinations[0]!.octets).toBe(Math.max(...john.destinations.map(({ octets }) => octets)));
  });

  it('of nobody is refused in a sentence', async () => {
    await expect(personView(ran.store, context, { ...requestOf(), id: 'Nemo' })).rejects.toThrow('nobody has the id "Nemo"');
  });
});

test.each([
  [{ from: 'noon' }, 'from is "noon": it must be milliseconds since 1970'],
  [{ from: '2', to: '1' }, 'from must be before to: there is no time between them'],
  [{ basis: 'moon' }, 'basis is "moon": it must be one of flow, export, receive, corrected'],
  [{ zone: 'Moon' }, '"Moon" is no time zone such as Europe/Berlin or UTC'],
])('%j makes no sense', (parameters, sentence) => {
  expect(() => requestOf(parameters)).toThrow(sentence);
});
