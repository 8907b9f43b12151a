import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer, type AnswerContext, type Answers } from '../../../collector/query/answers.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { batchOf, storeOf, type HandMadeFlow, ip } from '../support/flows.ts';

const JOHN = '10.0.0.11';
const SARAH = '10.0.0.12';
const ALEX = '10.0.0.13';

/** Flows made by hand have no exporter. */
const NOBODY = { exporter: 0, observationDomainId: 0 };

const CONTEXT: AnswerContext = {
  applications: [],
  names: new Map(),
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [
    { name: 'John', address: JOHN, department: 'sales' },
    { name: 'Sarah', address: SARAH, department: 'finance' },
    { name: 'Alex', address: ALEX, department: 'engineering' },
  ],
};

async function ask(flows: readonly HandMadeFlow[], context: Partial<AnswerContext> = {}): Promise<Answers> {
  const store = await storeOf(flows);
  try {
    return await answer(store, { ...CONTEXT, ...context });
  } finally {
    store.close();
  }
}

/** Both directions of something that goes on in records of a minute. */
function minutes(
  inside: string,
  server: string,
  count: number,
  each: { up: number; down: number },
  rest: Partial<HandMadeFlow> = {},
) {
  return Array.from({ length: count }, (_, minute): HandMadeFlow[] => {
    const times = { startS: (rest.startS ?? 0) + minute * 60, endS: (rest.startS ?? 0) + minute * 60 + 60 };
    const base = { inside, server, serverPort: 443, ...rest, ...times };
    return [{ ...base, direction: 'up', octets: each.up }, { ...base, direction: 'down', octets: each.down }]; // prettier-ignore
  }).flat();
}

const DAY: HandMadeFlow[] = [
  ...minutes(JOHN, '198.18.1.7', 30, { up: 500_000, down: 16_166_666 }, { protocol: 17 }),
  ...minutes(JOHN, '198.18.17.1', 1, { up: 1_000_000, down: 9_000_000 }),
  ...Array.from({ length: 10 }, (_, mail): HandMadeFlow[] => {
    const base = {
      inside: SARAH,
      insidePort: 40_000 + mail,
      server: '198.18.5.2',
      serverPort: 587,
      startS: mail * 900,
      endS: mail * 900 + 2,
    };
    return [{ ...base, direction: 'up', octets: 35_000 }, { ...base, direction: 'down', octets: 5_000 }]; // prettier-ignore
  }).flat(),
  ...minutes(SARAH, '198.18.20.4', 1, { up: 100_000, down: 1_900_000 }),
  ...minutes(ALEX, '198.18.6.9', 5, { up: 2_000_000, down: 400_000_000 }),
];

describe('answer', () => {
  it('says who used what in the words of the report', async () => {
    const { people } = await ask(DAY);
    expect(people.map(({ sentence }) => sentence)).toEqual([
      'Alex downloaded 2.0 GB from Dropbox',
      'John watched YouTube for 30 min and used 500 MB',
      'Sarah sent 10 e-mails and used 0.4 MB',
    ]);
    const [alex, john, sarah] = people;
    expect(alex).toMatchObject({ address: ALEX, department: 'engineering', upOctets: 10_000_000, downOctets: 2_000_000_000 });
    expect(john?.activities).toMatchObject([
      { application: 'youtube', category: 'streaming', octets: 499_999_980, durationS: 1_800, count: 1 },
      { application: 'web', category: 'web', octets: 10_000_000, sentence: 'browsed the web (10 MB)' },
    ]);
    expect(sarah?.activities.find(({ application }) => application === 'smtp-submission')).toMatchObject({
      count: 10,
      durationS: 20,
    });
  });

  it('takes a flow that does not say when it began for one that lasted no time, not since 1970', async () => {
    const download: HandMadeFlow = {
      direction: 'down',
      inside: ALEX,
      server: '198.18.6.9',
      serverPort: 443,
      octets: 5_000_000,
      startS: 0,
      endS: 60,
    };
    const batch = batchOf([download, download]);
    batch.flowStartMs.fill(0);
    batch.flowEndMs[1] = 0;
    const store = await DuckDbStore.open(':memory:');
    await store.append(batch);
    const { people } = await answer(store, CONTEXT);
    store.close();
    expect(people.find(({ address }) => address === ALEX)?.activities).toMatchObject([
      { octets: 10_000_000, durationS: 0, count: 1 },
    ]);
  });

  it('adds everything up', async () => {
    const { totals, people, categories } = await ask(DAY);
    const octets = DAY.reduce((sum, flow) => sum + flow.octets, 0);
    const up = DAY.filter(({ direction }) => direction === 'up').reduce((sum, flow) => sum + flow.octets, 0);
    expect(totals).toEqual({
      records: DAY.length,
      packets: DAY.length * 10,
      octets,
      ipv6Octets: 0,
      upOctets: up,
      downOctets: octets - up,
    });
    expect(people.reduce((sum, person) => sum + person.sharePercent, 0)).toBeCloseTo(100);
    expect(categories.map(({ category }) => category)).toEqual(['downloads', 'streaming', 'web', 'mail']);
    expect(categories.reduce((sum, category) => sum + category.octets, 0)).toBe(octets);
  });

  it('lists whoever used nothing, and nothing at all without flows', async () => {
    const { people, categories, totals } = await ask([]);
    expect(people.map(({ sentence }) => sentence)).toEqual(['John used nothing', 'Sarah used nothing', 'Alex used nothing']);
    expect(categories).toEqual([]);
    expect(totals).toEqual({ records: 0, packets: 0, octets: 0, ipv6Octets: 0, upOctets: 0, downOctets: 0 });
  });

  it('trusts the exported application, then the DNS name, then prefix and port, and says how often', async () => {
    const flow = { direction: 'down', inside: JOHN, startS: 0, endS: 1 } as const;
    const { octetsByReason, people } = await ask(
      [
        { ...flow, server: '198.18.1.7', serverPort: 443, octets: 1, applicationId: 0x06000002 },
        { ...flow, server: '203.0.113.80', serverPort: 443, octets: 10 },
        { ...flow, server: '198.18.2.2', serverPort: 443, octets: 100 },
        { ...flow, server: '203.0.113.81', serverPort: 8801, protocol: 17, octets: 1_000 },
        { ...flow, server: '203.0.113.81', serverPort: 9, protocol: 17, octets: 10_000 },
      ],
      {
        applications: [{ ...NOBODY, id: 0x06000002, name: 'netflix' }],
        names: new Map([[ip('203.0.113.80'), 'R1.GoogleVideo.com']]),
      },
    );
    expect(octetsByReason).toEqual({ exported: 1, name: 10, prefix: 100, port: 1_000, none: 10_000 });
    expect(people[0]?.activities.map(({ application, octets }) => [application, octets])).toEqual([
      ['other', 10_000],
      ['zoom', 1_000],
      ['netflix', 101],
      ['youtube', 10],
    ]);
  });

  it('works the application out when an id was exported without its name', async () => {
    const [flow] = minutes(JOHN, '198.18.3.1', 1, { up: 5, down: 0 }, { applicationId: 0x06000003 });
    const { octetsByReason } = await ask([flow as HandMadeFlow]);
    expect(octetsByReason).toMatchObject({ exported: 0, prefix: 5 });
  });

  it('keeps an application it does not know by the exported name', async () => {
    const [flow] = minutes(JOHN, '203.0.113.9', 1, { up: 2_000_000, down: 0 }, { applicationId: 77 });
    const { people } = await ask([flow as HandMadeFlow], { applications: [{ ...NOBODY, id: 77, name: 'citrix' }] });
    expect(people[0]?.activities).toMatchObject([{ application: 'citrix', category: 'other', sentence: 'used citrix (2.0 MB)' }]);
  });

  it('knows an application by the name its exporter gave in the domain of the flow, else by that in domain 0 (RFC 7011 section 3.1)', async () => {
    const flow = { direction: 'up', inside: JOHN, server: '203.0.113.9', serverPort: 9, startS: 0, endS: 1 } as const;
    const [one, other] = ['192.0.2.1', '192.0.2.2'];
    const from = (exporter: string, observationDomainId: number, applicationId: number, octets: number) => ({
      ...flow,
      exporter,
      observationDomainId,
      applicationId,
      octets,
    });
    const named = (exporter: string, observationDomainId: number, id: number, name: string) => ({
      exporter: ip(exporter),
      observationDomainId,
      id,
      name,
    });
    const { people, octetsByReason } = await ask(
      [
        from(one, 0, 5, 1),
        from(one, 3, 5, 10),
        from(one, 4, 5, 100),
        from(other, 4, 5, 1_000),
        from(other, 3, 5, 10_000),
        from(one, 3, 6, 100_000),
      ],
      {
        applications: [
          named(one, 0, 5, 'acme'),
          named(one, 4, 5, 'bellows'),
          named(other, 4, 5, 'citrix'),
          named(one, 4, 6, 'acme'),
        ],
      },
    );
    expect(octetsByReason).toMatchObject({ exported: 1_111, none: 110_000 });
    expect(Object.fromEntries(people[0]!.activities.map(({ application, octets }) => [application, octets]))).toEqual({
      acme: 11,
      bellows: 100,
      citrix: 1_000,
      other: 110_000,
    });
  });

  it('knows every inside address by itself without an inventory', async () => {
    const { people } = await ask(DAY, { inventory: [] });
    expect(people.map(({ name }) => name)).toEqual([ALEX, JOHN, SARAH]);
  });

  it('joins flows to sessions exactly as walking through them in order does', async () => {
    const spans = fc.array(fc.record({ startS: fc.integer({ min: 0, max: 4_000 }), lengthS: fc.integer({ min: 0, max: 400 }) }), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(spans, async (drawn) => {
        const flows = drawn.map(({ startS, lengthS }, index) => ({
          direction: index % 2 === 0 ? ('up' as const) : ('down' as const),
          inside: JOHN,
          insidePort: 1_024 + index,
          server: '198.18.1.1',
          serverPort: 443,
          octets: 1,
          startS,
          endS: startS + lengthS,
        }));
        let [sessions, durationS, from, to] = [0, 0, 0, Number.NEGATIVE_INFINITY];
        for (const { startS, endS } of flows.toSorted((one, other) => one.startS - other.startS)) {
          if (startS - to >= 300) {
            if (sessions++ > 0) durationS += to - from;
            [from, to] = [startS, endS];
          }
          to = Math.max(to, endS);
        }
        durationS += to - from;
        const { people } = await ask(flows);
        expect(people[0]?.activities).toMatchObject([{ count: sessions, durationS }]);
      }),
      { numRuns: 40 },
    );
  });
});
