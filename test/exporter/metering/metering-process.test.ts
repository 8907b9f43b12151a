import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MeteredBatch } from '../../../core/flow/metered-batch.ts';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type PacketTrain } from '../../../core/net/packet-train.ts';
import { NS_PER_MS, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { meteringSchema } from '../../../exporter/metering/config.ts';
import { MeteringProcess } from '../../../exporter/metering/metering-process.ts';
import { connectionWith } from '../../support/connection.ts';

const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 8) };
const ACTIVE_MS = 100;
const INACTIVE_MS = 20;
const LINGER_MS = 3;
const END_MS = 500;

interface MeteredRecord {
  readonly flow: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly packets: number;
  readonly octets: number;
  readonly flags: number;
  readonly reason: number;
}

const trainArbitrary = fc
  .record({
    flow: fc.integer({ min: 1, max: 2 }),
    protocol: fc.constantFrom(6, 17),
    startMs: fc.integer({ min: 0, max: 400 }),
    intervalMs: fc.integer({ min: 1, max: 40 }),
    packets: fc.integer({ min: 1, max: 12 }),
    extraOctets: fc.integer({ min: 0, max: 999 }),
    last: fc.constantFrom(TCP_ACK, TCP_FIN | TCP_ACK, TCP_RST),
  })
  .map(({ flow, protocol, startMs, intervalMs, packets, extraOctets, last }): PacketTrain => {
    const tcp = protocol === 6;
    return {
      connection: connectionWith({
        id: flow,
        protocol,
        insideAddress: 0x0a000001,
        insidePort: flow,
      }),
      direction: 'up',
      startNs: trueNs(startMs * NS_PER_MS),
      intervalNs: packets === 1 ? 0 : intervalMs * NS_PER_MS,
      packets,
      octets: packets * 40 + extraOctets,
      tcpFlagsFirst: tcp ? TCP_SYN : 0,
      tcpFlags: tcp ? TCP_ACK : 0,
      tcpFlagsLast: tcp ? last : 0,
    };
  });

/** The records of our meter, driven as a kernel drives it. */
function metered(trains: readonly PacketTrain[], wakeEveryMs: number): MeteredRecord[] {
  const batch = new MeteredBatch(10_000);
  const config = meteringSchema.parse({ activeTimeoutMs: ACTIVE_MS, inactiveTimeoutMs: INACTIVE_MS, tcpLingerMs: LINGER_MS });
  const meter = new MeteringProcess(config, new VirtualClock(), EPOCH, { batch, recordsAdded: () => undefined });
  let next = 0;
  for (let ms = 0; ms <= END_MS; ms++) {
    for (; next < trains.length && (trains[next] as PacketTrain).startNs <= ms * NS_PER_MS; next++) {
      const train = trains[next] as PacketTrain;
      const { connection } = train;
      meter.observe(train, {
        sourceAddress: connection.insideAddress,
        destinationAddress: connection.serverAddress,
        sourcePort: connection.insidePort,
        destinationPort: connection.serverPort,
        postNatSourceAddress: 1,
        postNatDestinationAddress: connection.serverAddress,
        postNaptSourcePort: connection.insidePort,
        postNaptDestinationPort: connection.serverPort,
        ingressInterface: 1,
        egressInterface: 2,
        applicationId: 0,
        forwardingStatus: 64,
      });
    }
    if (ms % wakeEveryMs === 0) meter.handleTimeout(trueNs(ms * NS_PER_MS));
  }
  meter.flush(trueNs(END_MS * NS_PER_MS));
  return Array.from({ length: batch.length }, (_, row) => ({
    flow: (batch.sourcePort[row] as number) * 100 + (batch.protocol[row] as number),
    startMs: (batch.flowStartMs[row] as number) - EPOCH.unixMs,
    endMs: (batch.flowEndMs[row] as number) - EPOCH.unixMs,
    packets: batch.packetDeltaCount[row] as number,
    octets: batch.octetDeltaCount[row] as number,
    flags: batch.tcpControlBits[row] as number,
    reason: batch.flowEndReason[row] as number,
  }));
}

/** What a meter that looks at every packet would say, written without a look at ours. */
function reference(trains: readonly PacketTrain[]): MeteredRecord[] {
  const packets = trains.flatMap((train) =>
    Array.from({ length: train.packets }, (_, index) => {
      const share = Math.floor(train.octets / train.packets);
      const first = index === 0;
      const last = index === train.packets - 1;
      return {
        flow: train.connection.insidePort * 100 + train.connection.protocol,
        ms: (train.startNs + index * train.intervalNs) / NS_PER_MS,
        octets: share + (index < train.octets - share * train.packets ? 1 : 0),
        flags: first ? train.tcpFlagsFirst : last ? train.tcpFlagsLast : train.tcpFlags,
      };
    }),
  );
  packets.sort((a, b) => a.ms - b.ms);
  const records: MeteredRecord[] = [];
  for (const flow of new Set(packets.map((packet) => packet.flow))) {
    let open: (MeteredRecord & { endedAt: number | undefined }) | undefined;
    const close = (reason: number): void => {
      if (open === undefined) return;
      const { endedAt: _, ...record } = open;
      records.push({ ...record, reason });
      open = undefined;
    };
    const closeIfDue = (ms: number): void => {
      if (open === undefined) return;
      const idleAt = open.endMs + INACTIVE_MS;
      const activeAt = open.startMs + ACTIVE_MS;
      const endAt = open.endedAt === undefined ? Infinity : open.endedAt + LINGER_MS;
      const at = Math.min(idleAt, activeAt, endAt);
      if (at <= ms) close(at === endAt ? 3 : at === activeAt ? 2 : 1);
    };
    for (const packet of packets.filter((each) => each.flow === flow && each.ms <= END_MS)) {
      closeIfDue(packet.ms);
      const ends = (packet.flags & (TCP_FIN | TCP_RST)) !== 0;
      open = {
        flow,
        startMs: open?.startMs ?? packet.ms,
        endMs: packet.ms,
        packets: (open?.packets ?? 0) + 1,
        octets: (open?.octets ?? 0) + packet.octets,
        flags: (open?.flags ?? 0) | packet.flags,
        reason: 0,
        endedAt: open?.endedAt ?? (ends ? packet.ms : undefined),
      };
    }
    closeIfDue(END_MS);
    close(4);
  }
  return records;
}

const sorted = (records: readonly MeteredRecord[]): MeteredRecord[] =>
  [...records].sort((a, b) => a.flow - b.flow || a.startMs - b.startMs || a.endMs - b.endMs);

describe('MeteringProcess', () => {
  test('comes to the same records as a meter that looks at every packet (RFC 5470 section 5.1.1)', () => {
    fc.assert(
      fc.property(
        fc.array(trainArbitrary, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(1, 7, 1_000),
        (trains, wakeEveryMs) => {
          trains.sort((a, b) => a.startNs - b.startNs);
          expect(sorted(metered(trains, wakeEveryMs))).toEqual(sorted(reference(trains)));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('exports the oldest record early when the cache is full', () => {
    const batch = new MeteredBatch(10);
    const meter = new MeteringProcess(meteringSchema.parse({ maxEntries: 1 }), new VirtualClock(), EPOCH, {
      batch,
      recordsAdded: () => undefined,
    });
    const observe = (port: number, at: TrueNs): void => {
      const connection = {
        id: port,
        device: 0,
        activity: -1,
        protocol: 17,
        insideAddress: 1,
        insidePort: port,
        serverAddress: 2,
        serverPort: 53,
        serverName: '',
        dnsAnswer: 0,
        calledAddress: 0,
        calledPort: 0,
      };
      const train: PacketTrain = {
        connection,
        direction: 'up',
        startNs: at,
        intervalNs: 0,
        packets: 1,
        octets: 60,
        tcpFlagsFirst: 0,
        tcpFlags: 0,
        tcpFlagsLast: 0,
      };
      meter.observe(train, {
        sourceAddress: 1,
        destinationAddress: 2,
        sourcePort: port,
        destinationPort: 53,
        postNatSourceAddress: 3,
        postNatDestinationAddress: 2,
        postNaptSourcePort: port,
        postNaptDestinationPort: 53,
        ingressInterface: 1,
        egressInterface: 2,
        applicationId: 0,
        forwardingStatus: 64,
      });
    };
    observe(1_000, trueNs(0));
    observe(2_000, trueNs(NS_PER_MS));
    expect(batch.length).toBe(1);
    expect([batch.sourcePort[0], batch.flowEndReason[0]]).toEqual([1_000, 5]);
  });
});
