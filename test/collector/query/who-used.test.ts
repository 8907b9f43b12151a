import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Attribution, EndpointQuestion } from '../../../collector/query/attribution.ts';
import { attributionSchema } from '../../../collector/query/attribution-config.ts';
import { Inventory } from '../../../collector/query/inventory.ts';
import { whoUsed, whoUsedEach, type WhoUsed } from '../../../collector/query/who-used.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { batchOf, type HandMadeFlow, ip, NINE, PUBLIC_ADDRESS } from '../support/flows.ts';
import { eventBatchOf, type HandMadeEvent } from '../support/nat-events.ts';

const JOHN = ip('10.0.0.11');
const SARAH = ip('10.0.0.12');
const PUBLIC = ip(PUBLIC_ADDRESS);
const INVENTORY = new Inventory([{ name: 'John', address: '10.0.0.11', department: '' }, { name: 'Sarah', address: '10.0.0.12', department: '' }]); // prettier-ignore
const CONFIG = attributionSchema.parse({});
const [TCP, UDP] = [6, 17];

let store: DuckDbStore;
beforeEach(async () => void (store = await DuckDbStore.open(':memory:')));
afterEach(() => store.close());

/** `atS` is seconds after nine. */
const at = (atS: number, changes: Partial<EndpointQuestion> = {}): EndpointQuestion => ({
  publicAddress: PUBLIC,
  publicPort: 50_001,
  protocol: TCP,
  atMs: NINE + atS * 1_000,
  toleranceMs: 1_000,
  ...changes,
});

const ask = (question: EndpointQuestion): Promise<WhoUsed> => whoUsed(store, question, INVENTORY, CONFIG);

/** Somebody's name and how sure it is, or the kind of the answer and its reason. */
const short = (answer: Attribution): string =>
  answer.kind === 'somebody' ? `${answer.who} ${answer.certainty}` : `${answer.kind}: ${answer.reason}`;

describe('from flow records', () => {
  const flow = (changes: Partial<HandMadeFlow>): HandMadeFlow => ({
    direction: 'up',
    inside: '10.0.0.11',
    server: '198.18.1.7',
    serverPort: 443,
    octets: 1,
    startS: 10,
    endS: 20,
    ...changes,
  });
  const fromFlows = async (question: EndpointQuestion): Promise<string> => short((await ask(question)).fromFlows);

  it('one that does not say when it began covers nothing before its end, and is not taken for the first', async () => {
    const batch = batchOf([flow({ startS: 1_000, endS: 1_010 }), flow({ inside: '10.0.0.12', startS: 990, endS: 3_000 })]);
    batch.flowStartMs[1] = 0;
    await store.append(batch);
    expect(await fromFlows(at(1_005))).toBe('John covered');
    expect(await fromFlows(at(3_000))).toBe('Sarah covered');
    expect(await fromFlows(at(500))).toMatch(/^cannot-know|^nobody/);
    expect(await fromFlows(at(2_000))).not.toContain('Sarah');
  });

  it('it is whoever has a flow that covers the instant, outwards or inwards', async () => {
    await store.append(batchOf([flow({}), flow({ direction: 'down', inside: '10.0.0.12', startS: 2_000, endS: 2_005 })]));
    expect(await fromFlows(at(15))).toBe('John covered');
    expect(await fromFlows(at(2_003))).toBe('Sarah covered');
    expect((await ask(at(15))).fromFlows).toMatchObject({
      insideAddress: '10.0.0.11',
      insidePort: 50_000,
      protocol: TCP,
      evidence: [{ id: 0, remoteAddress: '198.18.1.7', remotePort: 443, fromMs: NINE + 10_000, toMs: NINE + 20_000 }],
    });
  });

  it('the tolerance reaches on either side, and no further', async () => {
    await store.append(batchOf([flow({})]));
    expect(await fromFlows(at(9))).toBe('John covered');
    expect(await fromFlows(at(21))).toBe('John covered');
    expect(await fromFlows(at(21, { toleranceMs: 999 }))).toBe('John nearby');
    expect(await fromFlows(at(8.9))).toBe('cannot-know: the first stored flow of 203.0.113.2 began at 2026-03-02 09:00:10 UTC');
  });

  it('else it is the last before, for as long as its mapping is likely to live when idle', async () => {
    const later = flow({ inside: '10.0.0.12', insidePort: 1, startS: 90_000, endS: 90_000 });
    const cases = [
      [{ tcpControlBits: 0x18 }, 7_440],
      [{ tcpControlBits: 0x1b }, 240],
      [{ protocol: UDP }, 300],
      [{ protocol: 1 }, 60],
    ] as const;
    for (const [index, [changes, idleS]] of cases.entries()) {
      const insidePort = 51_000 + index;
      await store.append(batchOf([flow({ insidePort, ...changes }), later]));
      const question = { publicPort: insidePort + 1, protocol: undefined };
      expect(await fromFlows(at(20 + idleS, question))).toBe('John nearby');
      expect(await fromFlows(at(20 + idleS + 2, question))).toBe('nobody: no flow passed it then, nor shortly before');
    }
  });

  it('a later user replaces an earlier one', async () => {
    await store.append(batchOf([flow({}), flow({ inside: '10.0.0.12', startS: 40, endS: 50 })]));
    expect(await fromFlows(at(39))).toBe('Sarah covered');
    expect(await fromFlows(at(38))).toBe('John nearby');
    expect(await fromFlows(at(52))).toBe('Sarah nearby');
  });

  it('two at once cannot be told apart: one port for several servers (RFC 7857 section 3)', async () => {
    const many = [1, 2, 3, 4].map((ending) => flow({ server: `198.18.1.${ending}` }));
    await store.append(batchOf([...many, flow({ inside: '10.0.0.12', server: '198.18.2.2' })]));
    expect(await fromFlows(at(15))).toBe('cannot-know: John and Sarah may all have');
  });

  it('protocols have ports of their own', async () => {
    await store.append(batchOf([flow({}), flow({ inside: '10.0.0.12', protocol: UDP })]));
    expect(await fromFlows(at(15))).toBe('John covered');
    expect(await fromFlows(at(15, { protocol: UDP }))).toBe('Sarah covered');
    expect(await fromFlows(at(15, { protocol: undefined }))).toBe('cannot-know: John and Sarah may all have');
  });

  it('an Observation Point outside, which sees only the public address, names nobody', async () => {
    const batch = batchOf([flow({}), flow({ direction: 'down' })]);
    batch.sourceAddress[0] = PUBLIC;
    batch.postNatDestinationAddress[1] = PUBLIC;
    await store.append(batch);
    expect(await fromFlows(at(15))).toBe('cannot-know: no stored flow tells who is behind 203.0.113.2');
  });
});

describe('from NAT events', () => {
  const event = (kind: number, atS: number, changes: Partial<HandMadeEvent> = {}): HandMadeEvent => ({
    timeMs: NINE + atS * 1_000,
    kind,
    protocol: TCP,
    insideAddress: JOHN,
    insidePort: 50_000,
    publicAddress: PUBLIC,
    publicPort: 50_001,
    ...changes,
  });
  const log = (...events: HandMadeEvent[]): Promise<void> => store.appendNatEvents(eventBatchOf(events));
  const fromEvents = async (question: EndpointQuestion): Promise<string> => short((await ask(question)).fromEvents);

  it('it is whoever got the mapping and has not given it back (RFC 8158 section 4.6.3)', async () => {
    await log(event(8, 10), event(9, 100), event(8, 200, { insideAddress: SARAH }), event(9, 300, { insideAddress: SARAH }));
    expect(await fromEvents(at(10))).toBe('John covered');
    expect(await fromEvents(at(99))).toBe('John covered');
    expect(await fromEvents(at(150))).toBe('nobody: no mapping had it then');
    expect(await fromEvents(at(250))).toBe('Sarah covered');
    expect(await fromEvents(at(250, { protocol: UDP }))).toBe('nobody: no mapping had it then');
    expect(await fromEvents(at(250, { publicPort: 7 }))).toBe('nobody: no mapping had it then');
    expect((await ask(at(50))).fromEvents).toMatchObject({ evidence: [{ id: 0, fromMs: NINE + 10_000, toMs: NINE + 100_000 }] });
  });

  it('a mapping lasts as long as one of its sessions (RFC 8158 section 4.6.1)', async () => {
    const [one, other] = [{ remoteAddress: 1, remotePort: 443 }, { remoteAddress: 2, remotePort: 443 }]; // prettier-ignore
    await log(event(4, 10, one), event(4, 20, other), event(5, 30, one), event(5, 60, other));
    expect(await fromEvents(at(50))).toBe('John covered');
    expect(await fromEvents(at(62))).toBe('nobody: no mapping had it then');
  });

  it('it is whoever has the block the port lies in, for every protocol (RFC 8158 section 4.6.10)', async () => {
    const range = {
      publicPort: 0,
      insidePort: 0,
      protocol: 0,
      portRangeStart: 50_000,
      portRangeEnd: 50_009,
      portRangeStepSize: 1,
    };
    const odd = { ...range, insideAddress: SARAH, portRangeStart: 60_001, portRangeEnd: 60_099, portRangeStepSize: 2 };
    await log(event(16, 10, range), event(16, 20, odd), event(17, 100, range));
    expect(await fromEvents(at(50))).toBe('John covered');
    expect(await fromEvents(at(50, { protocol: UDP }))).toBe('John covered');
    expect(await fromEvents(at(50, { publicPort: 50_010 }))).toBe('nobody: no mapping had it then');
    expect(await fromEvents(at(102))).toBe('nobody: no mapping had it then');
    expect(await fromEvents(at(50, { publicPort: 60_003 }))).toBe('Sarah covered');
    expect(await fromEvents(at(50, { publicPort: 60_004 }))).toBe('nobody: no mapping had it then');
  });

  it('cannot be known of a port when only address bindings are told (RFC 8158 section 4.6.9)', async () => {
    await log(event(14, 0, { publicPort: 0, protocol: 0 }), event(15, 100, { publicPort: 0, protocol: 0 }));
    expect(await fromEvents(at(50))).toBe('cannot-know: no NAT event of 203.0.113.2 is stored that tells ports');
  });

  it('cannot be known before the first event, without events, or when a change of hands lies within the tolerance', async () => {
    expect(await fromEvents(at(50))).toBe('cannot-know: no NAT event of 203.0.113.2 is stored that tells ports');
    await log(event(8, 60), event(9, 100), event(8, 100, { insideAddress: SARAH }));
    expect(await fromEvents(at(50))).toBe('cannot-know: the first stored NAT event of 203.0.113.2 is of 2026-03-02 09:01:00 UTC');
    expect(await fromEvents(at(100))).toBe('cannot-know: John and Sarah may all have');
    expect(await fromEvents(at(101.5))).toBe('Sarah covered');
  });

  it('cannot be known when an event was lost', async () => {
    await log(event(8, 10), event(8, 200, { insideAddress: SARAH }), event(9, 300, { publicPort: 9 }));
    expect(await fromEvents(at(250))).toBe('cannot-know: John and Sarah may all have');
    expect(await fromEvents(at(250, { publicPort: 9 }))).toBe(
      'cannot-know: John gave it back at 2026-03-02 09:05:00 UTC, and no stored event says since when it was theirs',
    );
  });

  it('cannot be known when the event tells nobody (RFC 8158 section 4.6.2 has the IPv6 host of NAT64)', async () => {
    await log(event(6, 10, { insideAddress: 0 }));
    expect(await fromEvents(at(20))).toBe('cannot-know: the event tells no inside address');
  });

  it('the first stored event decides nothing about other public addresses', async () => {
    await log(event(8, 10));
    expect(await fromEvents(at(20, { publicAddress: PUBLIC + 1 }))).toBe(
      'cannot-know: no NAT event of 203.0.113.3 is stored that tells ports',
    );
  });
});

describe('many questions', () => {
  it('have the answers that each has alone, by both sources, as a walk through everything that happened gives them', async () => {
    const hosts = [JOHN, SARAH];
    const turns = fc.array(
      fc.record({
        host: fc.nat(1),
        port: fc.integer({ min: 50_000, max: 50_002 }),
        protocol: fc.constantFrom(TCP, UDP),
        lengthS: fc.integer({ min: 0, max: 90 }),
        pauseS: fc.integer({ min: 3, max: 60 }),
      }),
      { minLength: 1, maxLength: 25 },
    );
    const asked = fc.array(
      fc.record({ port: fc.integer({ min: 49_999, max: 50_003 }), protocol: fc.constantFrom(TCP, UDP), atS: fc.nat(2_500) }),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(turns, asked, async (drawn, wanted) => {
        let clock = 0;
        const uses = drawn.map((turn) => {
          const startS = (clock += turn.pauseS);
          return { ...turn, startS, endS: (clock += turn.lengthS) };
        });
        const own = await DuckDbStore.open(':memory:');
        const row = (kind: number, timeS: number, { host, port, protocol }: (typeof uses)[number]): HandMadeEvent => ({
          timeMs: NINE + timeS * 1_000,
          kind,
          protocol,
          insideAddress: hosts[host] as number,
          insidePort: 9,
          publicAddress: PUBLIC,
          publicPort: port,
        });
        await own.appendNatEvents(eventBatchOf(uses.flatMap((use) => [row(8, use.startS, use), row(9, use.endS, use)])));
        await own.append(
          batchOf(
            uses.map(({ host, port, protocol, startS, endS }, index) => ({
              direction: index % 2 === 0 ? ('up' as const) : ('down' as const),
              inside: host === 0 ? '10.0.0.11' : '10.0.0.12',
              insidePort: port - 1,
              server: '198.18.1.1',
              serverPort: 443,
              protocol,
              octets: 1,
              startS,
              endS,
            })),
          ),
        );
        const questions = wanted.map(({ port, protocol, atS }) => at(atS, { publicPort: port, protocol }));
        const answers = await whoUsedEach(own, questions, INVENTORY, CONFIG);
        for (const [index, question] of questions.entries()) {
          const { atS } = wanted[index] as (typeof wanted)[number];
          const mine = uses.filter(({ port, protocol }) => port === question.publicPort && protocol === question.protocol);
          const covering = mine.filter(({ startS, endS }) => startS - 1 <= atS && atS <= endS + 1);
          const [use] = covering;
          const before = mine.filter(({ endS }) => endS + 1 < atS).at(-1);
          const idleS = question.protocol === UDP ? 300 : 240;
          const last = before !== undefined && atS - 1 - before.endS <= idleS ? before : undefined;
          const nameOf = (found: (typeof uses)[number]): string => (found.host === 0 ? 'John' : 'Sarah');
          const { fromEvents, fromFlows } = answers[index] as WhoUsed;
          const name = (answer: Attribution): string | undefined =>
            answer.kind === 'somebody' ? `${answer.who} ${answer.certainty}` : undefined;
          expect(name(fromEvents)).toBe(use && `${nameOf(use)} covered`);
          expect(name(fromFlows)).toBe((use && `${nameOf(use)} covered`) ?? (last && `${nameOf(last)} nearby`));
        }
        const [first] = questions;
        expect(await whoUsed(own, first as EndpointQuestion, INVENTORY, CONFIG)).toEqual(answers[0]);
        own.close();
      }),
      { numRuns: 10 },
    );
  });

  it('are none without any, and a number that is not whole is refused', async () => {
    expect(await whoUsedEach(store, [], INVENTORY, CONFIG)).toEqual([]);
    await expect(ask(at(0, { publicPort: 1.5 }))).rejects.toThrow(RangeError);
  });
});
