import fc from 'fast-check';
import { MeteredBatch } from '../../../core/flow/metered-batch.ts';
import { ObservedPacket } from '../../../core/flow/observed-packet.ts';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type PacketTrain } from '../../../core/net/packet-train.ts';
import { NS_PER_MS, trueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import type { MeteringConfig } from '../../../exporter/metering/config.ts';
import { MeteringProcess } from '../../../exporter/metering/metering-process.ts';
import type { Observed } from '../../../exporter/metering/train-part.ts';
import type { NaivePacket, NaiveRecord } from './reference-meter.ts';
import { connectionWith } from '../../support/connection.ts';

export const END_MS = 500;
export const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 8) };
const INSIDE = 0x0a000001;
const PUBLIC = 0xcb007107;
const SERVER = 0xc6120101;

/** Trains of few conversations, so that many meet in one flow; all instants are whole milliseconds. */
export const trains = fc
  .array(
    fc.record({
      flow: fc.integer({ min: 1, max: 3 }),
      protocol: fc.constantFrom(6, 17),
      direction: fc.constantFrom<'up' | 'down'>('up', 'down'),
      startMs: fc.integer({ min: 0, max: 400 }),
      intervalMs: fc.integer({ min: 1, max: 40 }),
      packets: fc.integer({ min: 1, max: 12 }),
      extraOctets: fc.integer({ min: 0, max: 999 }),
      last: fc.constantFrom(TCP_ACK, TCP_FIN | TCP_ACK, TCP_RST),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((shapes) => shapes.map(trainOf).sort((a, b) => a.startNs - b.startNs));

/** A train of conversation number `flow`. */
export function trainOf(shape: {
  readonly flow: number;
  readonly protocol: number;
  readonly direction: 'up' | 'down';
  readonly startMs: number;
  readonly intervalMs: number;
  readonly packets: number;
  readonly extraOctets: number;
  readonly last: number;
}): PacketTrain {
  const { flow, protocol, direction, startMs, intervalMs, packets, extraOctets, last } = shape;
  const isTcp = protocol === 6;
  return {
    connection: connectionWith({
      id: flow,
      protocol,
      insideAddress: INSIDE,
      insidePort: flow,
      serverAddress: SERVER,
    }),
    direction,
    startNs: trueNs(startMs * NS_PER_MS),
    intervalNs: packets === 1 ? 0 : intervalMs * NS_PER_MS,
    packets,
    octets: packets * 40 + extraOctets,
    tcpFlagsFirst: isTcp ? (packets === 1 ? last : TCP_SYN) : 0,
    tcpFlags: isTcp ? TCP_ACK : 0,
    tcpFlagsLast: isTcp ? last : 0,
  };
}

/** As the ingress of both sides sees it, or with `onLan` as one sees it from the office; the application is the train's own. */
export function observedOf(train: PacketTrain, index: number, onLan: boolean): Observed {
  const { insideAddress, insidePort, serverAddress, serverPort } = train.connection;
  const publicPort = insidePort + 1_000;
  const isUp = train.direction === 'up';
  const isEgress = onLan && !isUp;
  const [hereAddress, herePort] = onLan || isUp ? [insideAddress, insidePort] : [PUBLIC, publicPort];
  const after = (value: number): number => (isEgress ? 0 : value);
  return {
    sourceAddress: isUp ? hereAddress : serverAddress,
    sourcePort: isUp ? herePort : serverPort,
    destinationAddress: isUp ? serverAddress : hereAddress,
    destinationPort: isUp ? serverPort : herePort,
    postNatSourceAddress: after(isUp ? PUBLIC : serverAddress),
    postNaptSourcePort: after(isUp ? publicPort : serverPort),
    postNatDestinationAddress: after(isUp ? serverAddress : insideAddress),
    postNaptDestinationPort: after(isUp ? serverPort : insidePort),
    ingressInterface: isUp ? 1 : 2,
    egressInterface: isUp ? 2 : 1,
    applicationId: index,
    flowDirection: isEgress ? 1 : 0,
  };
}

/** The packets of the trains in the order of time; those of one instant in the order their trains began. */
export function packetsOf(all: readonly PacketTrain[], config: MeteringConfig, onLan: boolean): NaivePacket[] {
  return all
    .flatMap((train, index) => {
      const seen = observedOf(train, index, onLan);
      const { id, protocol } = train.connection;
      const fields = {
        ...seen,
        protocol,
        classOfService: 0,
        vlanId: 0,
        postNatEndpoints: JSON.stringify([
          seen.postNatSourceAddress,
          seen.postNaptSourcePort,
          seen.postNatDestinationAddress,
          seen.postNaptDestinationPort,
        ]),
      };
      const share = Math.floor(train.octets / train.packets);
      return Array.from({ length: train.packets }, (_, number): NaivePacket => ({
        ms: (train.startNs + number * train.intervalNs) / NS_PER_MS,
        octets: share + (number < train.octets - share * train.packets ? 1 : 0),
        flags: number === 0 ? train.tcpFlagsFirst : number === train.packets - 1 ? train.tcpFlagsLast : train.tcpFlags,
        key: config.keys.map((name) => fields[name]).join(' '),
        pair: `${id} ${protocol}`,
        direction: config.biflow ? train.direction : '',
        shows: showsOf(seen, protocol),
      }));
    })
    .sort((a, b) => a.ms - b.ms);
}

const showsOf = (seen: Observed, protocol: number): string =>
  [
    protocol,
    `${seen.sourceAddress}:${seen.sourcePort} > ${seen.destinationAddress}:${seen.destinationPort}`,
    `${seen.postNatSourceAddress}:${seen.postNaptSourcePort} > ${seen.postNatDestinationAddress}:${seen.postNaptDestinationPort}`,
    `${seen.ingressInterface} > ${seen.egressInterface}`,
    seen.applicationId,
  ].join(', ');

/** Our meter, fed with trains or with single packets, and woken every `wakeEveryMs` or when it asks. */
export function metered(
  config: MeteringConfig,
  all: readonly PacketTrain[],
  options: { readonly onLan: boolean; readonly as: 'trains' | 'packets'; readonly wakeEveryMs: number },
): { records: NaiveRecord[]; ignored: number; closedAtNs: number[] } {
  const batch = new MeteredBatch(10_000);
  const closedAtNs: number[] = [];
  const sink = { batch, recordsAdded: (end: number) => void closedAtNs.push(end) };
  const meter = new MeteringProcess(config, new VirtualClock(), EPOCH, sink);
  const wakeUntil = (ms: number): void => {
    for (let at = meter.nextTimeout(); at !== undefined && at < ms * NS_PER_MS; at = meter.nextTimeout()) meter.handleTimeout(at);
  };
  const packet = new ObservedPacket();
  const inOrder = all
    .flatMap((train, index) => {
      const count = options.as === 'trains' ? 1 : train.packets;
      return Array.from({ length: count }, (_, number) => ({
        train,
        index,
        number,
        at: train.startNs + number * train.intervalNs,
      }));
    })
    .sort((a, b) => a.at - b.at);
  let next = 0;
  for (let ms = 0; ms <= END_MS; ms++) {
    if (options.wakeEveryMs === 0) wakeUntil(ms);
    for (; next < inOrder.length && (inOrder[next] as { at: number }).at === ms * NS_PER_MS; next++) {
      const { train, index, number } = inOrder[next] as { train: PacketTrain; index: number; number: number };
      const seen = observedOf(train, index, options.onLan);
      if (options.as === 'trains') meter.observe(train, seen);
      else {
        fill(packet, train, number, seen);
        meter.observePacket(packet);
      }
    }
    if (options.wakeEveryMs > 0 && ms % options.wakeEveryMs === 0) meter.handleTimeout(trueNs(ms * NS_PER_MS));
  }
  meter.flush(trueNs(END_MS * NS_PER_MS));
  return {
    records: Array.from({ length: batch.length }, (_, row) => recordOf(batch, row, config)),
    ignored: meter.counters.ignoredPackets,
    closedAtNs,
  };
}

function fill(packet: ObservedPacket, train: PacketTrain, number: number, seen: Observed): void {
  const share = Math.floor(train.octets / train.packets);
  packet.atNs = trueNs(train.startNs + number * train.intervalNs);
  packet.octets = share + (number < train.octets - share * train.packets ? 1 : 0);
  packet.tcpFlags = number === 0 ? train.tcpFlagsFirst : number === train.packets - 1 ? train.tcpFlagsLast : train.tcpFlags;
  packet.applicationId = seen.applicationId;
  packet.setIPv4(seen.sourceAddress, seen.destinationAddress);
  packet.setTransport(train.connection.protocol, seen.sourcePort, seen.destinationPort);
  packet.setInterfaces(seen.ingressInterface, seen.egressInterface);
  packet.setPostNat(
    seen.postNatSourceAddress,
    seen.postNaptSourcePort,
    seen.postNatDestinationAddress,
    seen.postNaptDestinationPort,
  );
}

function recordOf(batch: MeteredBatch, row: number, config: MeteringConfig): NaiveRecord {
  const of = (column: ArrayLike<number>): number => column[row] as number;
  const sinceEpoch = (ms: number): number => (ms === 0 ? 0 : ms - EPOCH.unixMs);
  return {
    shows: showsOf(
      {
        sourceAddress: of(batch.sourceAddress),
        destinationAddress: of(batch.destinationAddress),
        sourcePort: of(batch.sourcePort),
        destinationPort: of(batch.destinationPort),
        postNatSourceAddress: of(batch.postNatSourceAddress),
        postNatDestinationAddress: of(batch.postNatDestinationAddress),
        postNaptSourcePort: of(batch.postNaptSourcePort),
        postNaptDestinationPort: of(batch.postNaptDestinationPort),
        ingressInterface: of(batch.ingressInterface),
        egressInterface: of(batch.egressInterface),
        applicationId: of(batch.applicationId),
      },
      of(batch.protocol),
    ),
    reason: of(batch.flowEndReason),
    forward: {
      packets: of(batch.packetDeltaCount),
      octets: of(batch.octetDeltaCount),
      flags: of(batch.tcpControlBits),
      startMs: of(batch.flowStartMs) - EPOCH.unixMs,
      endMs: of(batch.flowEndMs) - EPOCH.unixMs,
    },
    reverse: {
      packets: of(batch.reversePacketDeltaCount),
      octets: of(batch.reverseOctetDeltaCount),
      flags: of(batch.reverseTcpControlBits),
      startMs: config.biflow ? sinceEpoch(of(batch.reverseFlowStartMs)) : 0,
      endMs: config.biflow ? sinceEpoch(of(batch.reverseFlowEndMs)) : 0,
    },
    totalPackets: of(batch.packetTotalCount),
    totalOctets: of(batch.octetTotalCount),
  };
}

export const sorted = (records: readonly NaiveRecord[]): string[] => records.map((record) => JSON.stringify(record)).sort();
