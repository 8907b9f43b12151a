import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FLOWS } from '../../../collector/store/columns.ts';
import type { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import type { Connection, PacketTrain } from '../../../core/net/packet-train.ts';
import { Random } from '../../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { findingsOf } from '../../../lab/findings.ts';
import type { Findings } from '../../../lab/report/report.ts';
import { METRICS } from '../../../lab/scenario/metrics.ts';
import type { Scenario } from '../../../lab/scenario/schema.ts';
import { drawHeldEndpoints, tallyAnswers } from '../../../lab/verify/endpoint-holder.ts';
import { Ledger } from '../../../lab/verify/ledger.ts';
import type { Site } from '../../../lab/world/site.ts';
import type { World } from '../../../lab/world/world.ts';
import { eventBatchOf } from '../../collector/support/nat-events.ts';
import { runWorld, SMALL } from '../../support/small-world.ts';

const END_S = 600;
const PUBLIC_ADDRESS = 9;

const shapes = fc.array(
  fc.record({
    inside: fc.integer({ min: 1, max: 3 }),
    publicPort: fc.integer({ min: 70, max: 72 }),
    protocol: fc.constantFrom(6, 17),
    startS: fc.nat(END_S),
    intervalS: fc.integer({ min: 1, max: 40 }),
    packets: fc.integer({ min: 1, max: 8 }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('the holder of a public endpoint', () => {
  test('is whoever a look at every packet finds', () => {
    fc.assert(
      fc.property(shapes, fc.nat(1e6), (drawn, seed) => {
        const ledger = new Ledger();
        const packets: { inside: number; publicPort: number; protocol: number; at: number; train: number }[] = [];
        const inOrder = [...drawn].sort((one, other) => one.startS - other.startS);
        inOrder.forEach(({ inside, publicPort, protocol, startS, intervalS, packets: count }, id) => {
          const connection = { id, device: 0, protocol, insideAddress: inside, insidePort: 5, serverAddress: 2, serverPort: 3 };
          const shape = {
            startNs: trueNs(startS * NS_PER_S),
            intervalNs: count === 1 ? 0 : intervalS * NS_PER_S,
            packets: count,
          };
          const flags = { tcpFlagsFirst: 0, tcpFlags: 0, tcpFlagsLast: 0 };
          const train = {
            connection: connection as Connection,
            direction: 'up' as const,
            octets: 60 * count,
            ...shape,
            ...flags,
          };
          ledger.passed(train, PUBLIC_ADDRESS, publicPort);
          for (let index = 0; index < count; index++)
            packets.push({ inside, publicPort, protocol, at: shape.startNs + index * shape.intervalNs, train: id });
        });
        ledger.close(trueNs(END_S * NS_PER_S));
        for (const { publicPort, protocol, atNs, holders } of drawHeldEndpoints(ledger, 20, new Random(seed))) {
          const mine = packets.filter((packet) => packet.publicPort === publicPort && packet.protocol === protocol);
          const before = mine.filter(({ at }) => at <= atNs);
          const last = before.filter(({ at }) => at === Math.max(...before.map((packet) => packet.at)));
          const passing = before.filter(({ train }) => mine.some((other) => other.train === train && other.at >= atNs));
          // Of several packets in the same nanosecond any may be called the latest.
          expect([...holders].some((holder) => last.some(({ inside }) => inside === holder))).toBe(true);
          for (const { inside } of passing) expect(holders.has(inside)).toBe(true);
          for (const holder of holders) expect([...last, ...passing].some(({ inside }) => inside === holder)).toBe(true);
          expect(atNs).toBeLessThanOrEqual(ledger.endNs);
        }
      }),
    );
  });

  test('is nobody outside whom a filter kept out, and what was dropped is never asked about', () => {
    const ledger = new Ledger();
    const send = (id: number, direction: 'up' | 'down', startS: number, packets: number): PacketTrain => ({
      connection: {
        id,
        device: id - 1,
        protocol: 17,
        insideAddress: 1,
        insidePort: 5,
        serverAddress: 2,
        serverPort: 3 + id,
      } as Connection,
      direction,
      startNs: trueNs(startS * NS_PER_S),
      intervalNs: packets === 1 ? 0 : NS_PER_S,
      packets,
      octets: 60 * packets,
      tcpFlagsFirst: 0,
      tcpFlags: 0,
      tcpFlagsLast: 0,
    });
    ledger.passed(send(1, 'up', 10, 1), PUBLIC_ADDRESS, 70);
    ledger.dropped(send(0, 'down', 10, 5), PUBLIC_ADDRESS, 70);
    ledger.dropped(send(0, 'down', 10, 5), PUBLIC_ADDRESS, 71);
    ledger.close(trueNs(END_S * NS_PER_S));
    const drawn = drawHeldEndpoints(ledger, 50, new Random(1));
    expect(new Set(drawn.map(({ publicPort }) => publicPort))).toEqual(new Set([70]));
    for (const { holders } of drawn) expect(holders).toEqual(new Set([1]));
  });

  test('of a ledger with nothing but what was dropped is never asked for', () => {
    const ledger = new Ledger();
    const knock = { id: 0, device: -1, protocol: 6, insideAddress: 9, insidePort: 443, serverAddress: 2, serverPort: 3 };
    const shape = { startNs: trueNs(0), intervalNs: 0, packets: 1, octets: 40, tcpFlagsFirst: 2, tcpFlags: 0, tcpFlagsLast: 0 };
    ledger.dropped({ connection: knock as Connection, direction: 'down', ...shape }, PUBLIC_ADDRESS, 443);
    expect(drawHeldEndpoints(ledger, 200, new Random(1))).toEqual([]);
  });

  test('of an empty ledger is never asked for', () => {
    expect(drawHeldEndpoints(new Ledger(), 200, new Random(1))).toEqual([]);
  });

  test('named right, wrong or not at all', () => {
    const endpoint = { publicAddress: 1, publicPort: 2, protocol: 6, atNs: 0, holders: new Set([10, 11]) };
    const endpoints = [endpoint, endpoint, endpoint, endpoint];
    expect(tallyAnswers(endpoints, [11, 10, 12, undefined])).toEqual({ right: 2, wrong: 1, unanswered: 1 });
  });
});

describe("the judge of the collector's answers", () => {
  let world: World;
  let site: Site;
  let scenario: Scenario;
  let store: DuckDbStore;

  beforeAll(async () => void ({ world, site, scenario, store } = await runWorld(SMALL)));
  afterAll(() => store.close());

  const attribution = async (): Promise<Findings['attribution']> => (await findingsOf(world, scenario, store)).attribution;

  test('finds nothing wrong with an honest store, and asks the same each time', async () => {
    const first = await attribution();
    expect(first).toMatchObject({ asked: 200, fromFlows: { wrong: 0 }, fromEvents: null });
    expect(first.fromFlows.right).toBeGreaterThan(190);
    expect(await attribution()).toEqual(first);
  });

  test('sees flows given to another host as wrong, and flows taken away as unanswered', async () => {
    await store.query(`CREATE TABLE kept AS SELECT * EXCLUDE (${FLOWS.addresses.map(({ name }) => name).join(', ')}) FROM flows`);
    await store.query('UPDATE flows SET source_ipv4 = source_ipv4 + 1 WHERE source_ipv4 BETWEEN 167772160 AND 184549375');
    await store.query(
      'UPDATE flows SET post_nat_destination_ipv4 = post_nat_destination_ipv4 + 1 WHERE post_nat_destination_ipv4 BETWEEN 167772160 AND 184549375',
    );
    const spoilt = await attribution();
    expect(spoilt.fromFlows.right).toBe(0);
    expect(spoilt.fromFlows.wrong).toBeGreaterThan(190);
    expect(METRICS.attributionWrongFromFlows({ attribution: spoilt } as Findings)).toBe(spoilt.fromFlows.wrong);
    await store.query('DELETE FROM flows');
    const empty = await attribution();
    expect(empty.fromFlows).toEqual({ right: 0, wrong: 0, unanswered: 200 });
    await store.query('INSERT INTO flows SELECT * FROM kept');
  });

  async function sentByRouter(): Promise<void> {
    const { address, observationDomainId } = site.config.exporter;
    await store.query(`UPDATE nat_events SET exporter_ipv4 = ${address}, observation_domain_id = ${observationDomainId}`);
  }

  test('sees NAT events of another host as wrong, and events that end early as unanswered', async () => {
    // What the router would have told: every mapping of the ledger from its first packet on.
    const { trains, connections } = site.ledger;
    const seen = new Set<string>();
    const events = Array.from({ length: site.ledger.length }, (_, train) => train).flatMap((train) => {
      const connection = trains.connection.at(train);
      const mapping = {
        protocol: connections.protocol.at(connection),
        insideAddress: connections.insideAddress.at(connection),
        insidePort: connections.insidePort.at(connection),
        publicAddress: trains.publicAddress.at(train),
        publicPort: trains.publicPort.at(train),
      };
      const key = Object.values(mapping).join(' ');
      if (seen.has(key)) return [];
      seen.add(key);
      const wallMs = site.epoch.unixMs + site.routerClock.clock.read(trueNs(trains.startNs.at(train))) / 1e6;
      return [{ ...mapping, timeMs: wallMs, kind: 8 }];
    });
    await store.appendNatEvents(eventBatchOf(events));
    await sentByRouter();
    const honest = await attribution();
    expect(honest.fromEvents).toEqual({ right: 200, wrong: 0, unanswered: 0 });
    expect(METRICS.attributionUnansweredFromEvents({ attribution: honest } as Findings)).toBe(0);
    await store.query('UPDATE nat_events SET inside_ipv4 = inside_ipv4 + 1');
    expect((await attribution()).fromEvents).toEqual({ right: 0, wrong: 200, unanswered: 0 });
    await store.appendNatEvents(eventBatchOf(events.map((event) => ({ ...event, kind: 9 }))));
    await sentByRouter();
    await store.query('DELETE FROM nat_events WHERE kind = 8');
    const { fromEvents } = await attribution();
    expect(fromEvents?.right).toBe(0);
    expect(fromEvents?.unanswered).toBe(200);
  });
});
