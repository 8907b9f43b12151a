import fc from 'fast-check';
import { expect } from 'vitest';
import { exploreRequestOf } from '../../../collector/api/view/explore-request.ts';
import { exploreView } from '../../../collector/api/view/explore-view.ts';
import { natView } from '../../../collector/api/view/nat-view.ts';
import { overviewView } from '../../../collector/api/view/overview-view.ts';
import { personView } from '../../../collector/api/view/person-view.ts';
import { viewRequestOf, type ViewContext } from '../../../collector/api/view/view-request.ts';
import { attributionSchema } from '../../../collector/query/attribution-config.ts';
import { ReadyFlows } from '../../../collector/query/people/ready-flows.ts';
import type { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import type { AskedStore } from '../../../collector/store/flow-store.ts';
import { batchOf, type HandMadeFlow, ip, NINE, PUBLIC_ADDRESS, storeOf } from './flows.ts';

/** Flows, and views of them that are the same whether flows are made ready or not. */

const JOHN = { name: 'John', address: '10.0.0.11', department: 'sales' };
const SARAH = { name: 'Sarah', address: '10.0.0.13', department: 'finance' };
export const PLAIN: ViewContext = {
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [JOHN, SARAH, { name: 'guests', address: '10.0.1.0/24', department: '' }],
  applications: [{ exporter: ip('192.0.2.1'), observationDomainId: 7, id: 5, name: 'acme' }],
  names: new Map([[ip('198.18.16.9'), 'r1.googlevideo.com']]),
};
/** Whose an address is depends on when. */
const LEASED: ViewContext = { ...PLAIN, inventory: [JOHN, { ...SARAH, fromMs: NINE + 600_000 }] };
/** Flows of a chunk. */
export const CHUNK = 4;
export const QUARTER_S = 900;

export const anyFlow: fc.Arbitrary<HandMadeFlow> = fc
  .record({
    direction: fc.constantFrom('up' as const, 'down' as const),
    inside: fc.constantFrom('10.0.0.11', '10.0.0.13', '10.0.1.99', '10.0.9.9', '192.0.2.77', PUBLIC_ADDRESS),
    // The second is what the first is outside.
    insidePort: fc.constantFrom(50_000, 50_001, 50_002),
    server: fc.constantFrom('198.18.1.7', '198.18.16.9', '192.0.2.80'),
    serverPort: fc.constantFrom(443, 587),
    octets: fc.integer({ min: 0, max: 10_000_000 }),
    startS: fc.oneof(fc.integer({ min: -4_000, max: 4_000 }), fc.constantFrom(-QUARTER_S, 0, QUARTER_S)),
    lastsS: fc.oneof(
      fc.constantFrom(0, 1, QUARTER_S),
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 80_000, max: 100_000 }),
    ),
    samplingInterval: fc.constantFrom(0, 0, 1, 10),
    protocol: fc.constantFrom(6, 17),
    tcpControlBits: fc.constantFrom(0x18, 0x1b),
    exporter: fc.constantFrom('192.0.2.1', '192.0.2.2'),
    observationDomainId: fc.constantFrom(0, 7),
    applicationId: fc.constantFrom(0, 5),
  })
  .map(({ lastsS, ...flow }) => ({ ...flow, endS: flow.startS + lastsS }));

/** From when to when, in steps that sums lie on and in others. */
const anySpan = fc.constantFrom<readonly [(number | undefined)?, (number | undefined)?]>(
  [],
  [],
  [0],
  [-QUARTER_S, QUARTER_S],
  [-1_234, 2_345],
  [undefined, 77],
);

/** What is asked of the views. */
export const parameters = fc.record({
  span: anySpan,
  basis: fc.constantFrom('flow', 'flow', 'export', 'receive', 'corrected'),
  at: fc.constantFrom(undefined, undefined, NINE),
  by: fc.constantFrom(
    '',
    'person',
    'category,app',
    'server,port',
    'device',
    'server name',
    'protocol,version',
    'nat address',
    'exporter',
    'vlan',
  ),
  measure: fc.constantFrom('rate', 'bytes', 'packets', 'flows'),
  every: fc.constantFrom('', '15m', '1h', '7m'),
  where: fc.constantFrom('', 'who = John', 'not app = web', 'flow bytes > 1000', 'source port = 443'),
  context: fc.constantFrom(PLAIN, LEASED),
});
export type Parameters = typeof parameters extends fc.Arbitrary<infer T> ? T : never;

/** What the views say. */
async function views(store: DuckDbStore, context: ViewContext, { span: [fromS, toS], at, ...asked }: Parameters) {
  const ms = (seconds: number | undefined): string => (seconds === undefined ? '' : String(NINE + seconds * 1_000));
  const texts = {
    basis: asked.basis,
    from: ms(fromS),
    to: ms(toS),
    at: at === undefined ? '' : String(at),
    zone: 'Asia/Kathmandu',
  };
  const request = viewRequestOf(new Map(Object.entries(texts)), NINE);
  const { by, measure, every, where } = asked;
  return {
    overview: await overviewView(store, context, request),
    john: await personView(store, context, { ...request, id: 'John' }),
    stranger: await personView(store, context, { ...request, id: '10.0.9.9' }),
    explore: await exploreView(store, context, { ...request, ...exploreRequestOf(new Map(Object.entries({ by, measure, every, where, groups: '3' }))) }), // prettier-ignore
    nat: await natView(store, context, { ...request, nowMs: NINE + 2_000_000, timeouts: attributionSchema.parse({}) }),
  };
}

/** The same but for the order in which fractions were added up. */
function expectSame(found: unknown, wanted: unknown, path = ''): void {
  if (typeof wanted === 'number' && typeof found === 'number') {
    if (Math.abs(found - wanted) > 1e-9 * Math.max(1, Math.abs(wanted))) expect(found, path).toBe(wanted);
  } else if (typeof wanted === 'object' && wanted !== null && typeof found === 'object' && found !== null) {
    expect(Object.keys(found), path).toEqual(Object.keys(wanted));
    for (const [key, value] of Object.entries(wanted))
      expectSame((found as Record<string, unknown>)[key], value, `${path}.${key}`);
  } else expect(found, path).toEqual(wanted);
}

export const expectAlike = async (store: DuckDbStore, ready: ReadyFlows, asked: Parameters): Promise<void> =>
  expectSame(await views(store, { ...asked.context, ready }, asked), await views(store, asked.context, asked));

export const ONE: HandMadeFlow = {
  direction: 'up',
  inside: '10.0.0.11',
  server: '198.18.1.7',
  serverPort: 443,
  octets: 1,
  startS: 0,
  endS: 5,
};

/** What is asked while flows come. */
interface Asking {
  readonly store: DuckDbStore;
  /** The same, of which each statement is heard. */
  readonly heard: AskedStore;
  readonly ready: ReadyFlows;
  /** How often flows have come. */
  readonly step: number;
}

/** Asks of the first flows, made ready in chunks of so many, and again each time that others have come. */
export async function askAsFlowsCome(
  {
    first,
    later,
    inside,
    chunk,
    hear,
  }: {
    readonly first: readonly HandMadeFlow[];
    readonly later: readonly (readonly HandMadeFlow[])[];
    readonly inside: ViewContext['inside'];
    readonly chunk: number;
    hear(sql: string): void;
  },
  ask: (asking: Asking) => Promise<void>,
): Promise<void> {
  const store = await storeOf(first);
  const heard: AskedStore = { query: (sql, given) => (hear(sql), store.query(sql, given)) };
  const ready = new ReadyFlows(heard, inside, 1_000, chunk);
  try {
    for (const [step, flows] of [[], ...later].entries()) {
      await store.append(batchOf(flows));
      await ask({ store, heard, ready, step });
    }
  } finally {
    store.close();
  }
}
