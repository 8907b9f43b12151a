import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Connection, PacketTrain } from '../../../core/net/packet-train.ts';
import { PROTOCOL_UDP } from '../../../core/net/packet-train.ts';
import { NS_PER_MS, NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { judgeTimes } from '../../../lab/verify/damage/judge-times.ts';
import { judge } from '../../../lab/verify/judge.ts';
import type { Case } from '../../../lab/verify/case.ts';
import { Ledger } from '../../../lab/verify/ledger.ts';
import type { MessageTimes } from '../../../lab/verify/message-times.ts';
import { Records } from '../../../lab/verify/records.ts';
import { connectionWith } from '../../support/connection.ts';

const EPOCH_MS = 1_773_048_600_000;
const END_S = 1_200;
/** Between two packets. */
const STEP_S = 600.0005;
const ACTIVE_S = 60;
const INACTIVE_S = 15;
const PUBLIC = 0xcb007109;

/** John's only connection. */
const CONNECTION: Connection = connectionWith({
  protocol: PROTOCOL_UDP,
  insideAddress: 0x0a00000a,
});

interface Burst {
  readonly atMs: number;
  readonly everyMs: number;
  readonly packets: number;
}

/** Octets of each packet. */
const SIZE = 200;

/** What a meter with these timeouts tells of packets, by a clock. */
function meter(packetsNs: readonly number[], clock: VirtualClock): Told[] {
  const records: { firstNs: number; lastNs: number; packets: number }[] = [];
  for (const atNs of packetsNs) {
    const open = records.at(-1);
    const isOver =
      open === undefined || atNs - open.firstNs >= ACTIVE_S * NS_PER_S || atNs - open.lastNs >= INACTIVE_S * NS_PER_S;
    if (isOver) records.push({ firstNs: atNs, lastNs: atNs, packets: 1 });
    else {
      open.lastNs = atNs;
      open.packets++;
    }
  }
  const shownMs = (atNs: number): number => EPOCH_MS + Math.floor(clock.read(trueNs(atNs)) / NS_PER_MS);
  return records.map((record) => ({ ...record, startMs: shownMs(record.firstNs), endMs: shownMs(record.lastNs) }));
}

interface Told {
  /** The truth. */
  readonly firstNs: number;
  readonly lastNs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly packets: number;
}

/** What passed, and what was told of it. */
function caseOf(bursts: readonly Burst[], clock: VirtualClock, told: readonly Told[]): Case {
  const ledger = new Ledger();
  for (const burst of bursts) ledger.passed(trainOf(burst), PUBLIC, CONNECTION.insidePort);
  ledger.close(trueNs((END_S + ACTIVE_S) * NS_PER_S));
  const records = new Records();
  const all = (value: number): number[] => told.map(() => value);
  const columns = {
    sourceAddress: all(CONNECTION.insideAddress),
    destinationAddress: all(CONNECTION.serverAddress),
    sourcePort: all(CONNECTION.insidePort),
    destinationPort: all(CONNECTION.serverPort),
    protocol: all(CONNECTION.protocol),
    octetDeltaCount: told.map(({ packets }) => SIZE * packets),
    packetDeltaCount: told.map(({ packets }) => packets),
    flowStartMs: told.map(({ startMs }) => startMs),
    flowEndMs: told.map(({ endMs }) => endMs),
    flowEndReason: all(2),
    postNatSourceAddress: all(PUBLIC),
    postNatDestinationAddress: all(CONNECTION.serverAddress),
    postNaptSourcePort: all(CONNECTION.insidePort),
    postNaptDestinationPort: all(CONNECTION.serverPort),
  };
  records.add(
    columns,
    told.length,
    told.map((_, row) => row + 1),
  );
  const timeouts = { activeNs: ACTIVE_S * NS_PER_S, inactiveNs: INACTIVE_S * NS_PER_S, lingerNs: 0, octetLimit: Infinity };
  return { ledger, records, routerClock: clock, epochUnixMs: EPOCH_MS, publicAddresses: new Set([PUBLIC]), timeouts };
}

/** The kinds of the differences. */
const verdict = (...facts: Parameters<typeof caseOf>): string[] => judge(caseOf(...facts)).map(({ kind }) => kind);

const trainOf = ({ atMs, everyMs, packets }: Burst): PacketTrain => ({
  connection: CONNECTION,
  direction: 'up',
  startNs: trueNs(atMs * NS_PER_MS),
  intervalNs: everyMs * NS_PER_MS,
  packets,
  octets: SIZE * packets,
  tcpFlagsFirst: 0,
  tcpFlags: 0,
  tcpFlagsLast: 0,
});

function instants(bursts: readonly Burst[]): number[] {
  const all = bursts.flatMap(({ atMs, everyMs, packets }) =>
    Array.from({ length: packets }, (_, packet) => (atMs + packet * everyMs) * NS_PER_MS),
  );
  return all.sort((a, b) => a - b);
}

/** A clock that is set back in the midst. */
function setBack(byMs: number): VirtualClock {
  const clock = new VirtualClock({ offsetNs: byMs * NS_PER_MS });
  clock.step(trueNs(STEP_S * NS_PER_S), -byMs * NS_PER_MS);
  return clock;
}

/** A voice: each minute is like every other. */
const VOICE: readonly Burst[] = [{ atMs: 5_841, everyMs: 20, packets: 54_000 }];
const FIVE_MINUTES_MS = 300_000;

/** Bursts so even that much of what passes is like what passed before. */
const burstsArbitrary = fc
  .record({
    periodMs: fc.constantFrom(2_000, 5_000, 10_000, 20_000, 30_000),
    everyMs: fc.constantFrom(1, 2, 20, 441),
    packets: fc.constantFrom(1, 2, 40),
    lateMs: fc.array(fc.nat(9), { minLength: 7, maxLength: 7 }),
    more: fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }),
  })
  .map(({ periodMs, everyMs, packets, lateMs, more }) =>
    Array.from({ length: (END_S * 1_000) / periodMs }, (_, index) => ({
      atMs: index * periodMs + (lateMs[index % lateMs.length] as number),
      everyMs,
      packets: packets + (more[index % more.length] as number),
    })),
  );
const stepArbitrary = fc.oneof(fc.constantFrom(1_000, 10_000, 60_000, 120_000, 300_000), fc.integer({ min: 1, max: 400_000 }));

describe('of a clock that was set back, times it showed twice', () => {
  test('records of an even stream that tell the same of what passed before and after are no duplicates', () => {
    const clock = setBack(FIVE_MINUTES_MS);
    const told = meter(instants(VOICE), clock);
    const texts = told.map(({ startMs, endMs, packets }) => `${startMs} ${endMs} ${packets}`);
    expect(texts.length - new Set(texts).size).toBeGreaterThan(2);
    expect(verdict(VOICE, clock, told)).toEqual([]);
  });

  test('nor are they taken for each other where they begin at other seconds, in whatever order they come', () => {
    const clock = setBack(400_000);
    expect(verdict(VOICE, clock, meter(instants(VOICE), clock).toReversed())).toEqual([]);
  });

  test('the damage is reckoned from the packets each is of', () => {
    const clock = setBack(FIVE_MINUTES_MS);
    const told = meter(instants(VOICE), clock);
    const none = told.map(() => 0);
    const origins = { sequenceNumber: told.map((_, row) => row), exportTimeS: none, receivedAtUs: none };
    const of = (row: number): MessageTimes => ({ sequenceNumber: row, exportTimeS: 0, sentNs: 0, arrivedNs: 0, copies: 1 });
    const { records } = judgeTimes(caseOf(VOICE, clock, told), origins, { of });
    expect([...records.startNs]).toEqual(told.map(({ firstNs }) => firstNs));
    expect([...records.endNs]).toEqual(told.map(({ lastNs }) => lastNs));
  });

  test.each([61_000, 90_000, FIVE_MINUTES_MS, 400_000])(
    'by %i ms, a record stored once more is DUPLICATED, one left out is MISSING',
    (byMs) => {
      const clock = setBack(byMs);
      const told = meter(instants(VOICE), clock);
      told.forEach((record, row) => {
        expect(verdict(VOICE, clock, [...told, record])).toEqual(['DUPLICATED']);
        expect(verdict(VOICE, clock, told.toSpliced(row, 1))).toEqual(['MISSING']);
      });
    },
  );

  test('whatever passes, however far it is set back and whatever was lost, honest records have no differences', () => {
    fc.assert(
      fc.property(burstsArbitrary, stepArbitrary, fc.infiniteStream(fc.nat(9)), (bursts, byMs, lots) => {
        const clock = setBack(byMs);
        const told = meter(instants(bursts), clock);
        const isLost = told.map(() => lots.next().value === 0);
        // Those known to be lost are told first.
        const ordered = [...told.filter((_, row) => isLost[row]), ...told.filter((_, row) => isLost[row] !== true)];
        expect(verdict(bursts, clock, ordered)).toEqual([]);
      }),
      { numRuns: 250, seed: 20_260_309 },
    );
  });
});
