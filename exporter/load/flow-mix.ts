import { FLOW_END_ACTIVE, FLOW_END_DETECTED, FLOW_END_IDLE } from '../../core/flow/flow-batch.ts';
import { MeteredBatch } from '../../core/flow/metered-batch.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../../core/net/packet-train.ts';
import type { Random } from '../../core/random/random.ts';

/**
 * Octets of a flow: the eight log-normals (weight, sigma, scale) fitted to 4.03 billion flows of a university campus, of
 * flow-models, agh_2015 (Jurkiewicz et al. 2021). 57 % of flows have up to 256 octets; 0.4 % carry nine tenths of all octets.
 */
const SIZES: readonly (readonly [weight: number, sigma: number, scale: number])[] = [
  [0.4498, 0.342, 106],
  [0.202, 0.51, 278],
  [0.2687, 1.241, 1_000],
  [0.0665, 1.451, 12_993],
  [0.011, 1.372, 278_973],
  [0.00157, 1.17, 4.89e6],
  [0.00029, 1.511, 2.8e7],
  [0.00014, 0.708, 8.32e7],
];
const LEAST_OCTETS = 40;
/** Octets of the largest flow: four octets can tell them. */
export const MOST_OCTETS = 4e9;

/** Services and how many of a hundred flows are theirs: after the connection mix of TRex's SFR profile, with today's QUIC. */
const SERVICES: readonly (readonly [percent: number, protocol: number, port: number])[] = [
  [36, PROTOCOL_TCP, 443],
  [12, PROTOCOL_UDP, 443],
  [36, PROTOCOL_UDP, 53],
  [6, PROTOCOL_TCP, 80],
  [3, PROTOCOL_UDP, 123],
  [2, PROTOCOL_TCP, 993],
  [1, PROTOCOL_TCP, 587],
  [1, PROTOCOL_TCP, 22],
  [1, PROTOCOL_UDP, 3_478],
  [1, PROTOCOL_UDP, 8_801],
  [1, PROTOCOL_TCP, 6_881],
];

/** 198.18.0.0/15 (RFC 2544) and 10.0.0.0/8: data, nobody is ever contacted. */
const SERVERS = { base: 0xc612_0000, count: 20_000 };
const INSIDE = { base: 0x0a00_0000, count: 50_000 };
const FIRST_EPHEMERAL_PORT = 49_152;
const PUBLIC_ADDRESS = 0xcb00_7102;
/** A flow is exported no later than this after its last packet. */
const WAITED_MS = 16_000;
/** A record lasts no longer than the active timeout of most routers. */
const LONGEST_MS = 60_000;

/**
 * Fills every row of a batch with a flow of a realistic mix; `flowStartMs` and `flowEndMs` are how long ago they were when the
 * record leaves. Both directions of a connection are rows of their own, one after the other.
 */
export function mixOfFlows(rows: number, random: Random): MeteredBatch {
  const batch = new MeteredBatch(rows);
  for (let row = 0; row < rows; row += 2) {
    const [, protocol, port] = drawn(SERVICES, random);
    const octets = drawOctets(random);
    const packets = packetsOf(octets, random);
    const inside = INSIDE.base + random.int(1, INSIDE.count);
    const insidePort = random.int(FIRST_EPHEMERAL_PORT, 65_535);
    const server = SERVERS.base + Math.floor(SERVERS.count * random.uniform() ** 2);
    const agoMs = random.int(0, WAITED_MS);
    const lastedMs = packets === 1 ? 0 : Math.round(Math.min(LONGEST_MS, random.logNormal(400, 2)));
    const up = { octets: Math.max(LEAST_OCTETS, Math.round(octets * 0.08)), packets: Math.ceil(packets * 0.6) };
    write(batch, row, {
      from: [inside, insidePort],
      to: [server, port],
      protocol,
      ...atLeastHeaders(up),
      agoMs,
      lastedMs,
      isUp: true,
    });
    if (row + 1 === rows) break;
    const down = atLeastHeaders({ octets, packets });
    write(batch, row + 1, { from: [server, port], to: [inside, insidePort], protocol, ...down, agoMs, lastedMs, isUp: false });
  }
  batch.length = rows;
  return batch;
}

interface Row {
  readonly from: readonly [address: number, port: number];
  readonly to: readonly [address: number, port: number];
  readonly protocol: number;
  readonly octets: number;
  readonly packets: number;
  readonly agoMs: number;
  readonly lastedMs: number;
  readonly isUp: boolean;
}

function write(batch: MeteredBatch, row: number, { from, to, protocol, octets, packets, agoMs, lastedMs, isUp }: Row): void {
  const [inside, insidePort] = isUp ? from : to;
  batch.sourceAddress[row] = from[0];
  batch.sourcePort[row] = from[1];
  batch.destinationAddress[row] = isUp ? to[0] : PUBLIC_ADDRESS;
  batch.destinationPort[row] = to[1];
  batch.protocol[row] = protocol;
  batch.octetDeltaCount[row] = octets;
  batch.packetDeltaCount[row] = packets;
  batch.tcpControlBits[row] = protocol === PROTOCOL_TCP ? flagsOf(packets) : 0;
  batch.ingressInterface[row] = isUp ? 1 : 2;
  batch.egressInterface[row] = isUp ? 2 : 1;
  batch.flowEndReason[row] = reasonOf(protocol, lastedMs);
  batch.flowStartMs[row] = agoMs + lastedMs;
  batch.flowEndMs[row] = agoMs;
  batch.postNatSourceAddress[row] = isUp ? PUBLIC_ADDRESS : from[0];
  batch.postNatDestinationAddress[row] = isUp ? to[0] : inside;
  batch.postNaptSourcePort[row] = from[1];
  batch.postNaptDestinationPort[row] = isUp ? to[1] : insidePort;
}

function drawOctets(random: Random): number {
  const [, sigma, scale] = drawn(SIZES, random);
  return Math.round(Math.min(MOST_OCTETS, Math.max(LEAST_OCTETS, random.logNormal(scale, sigma))));
}

/** Large flows have large packets; over all some 750 octets a packet, where agh_2015 has 870. */
function packetsOf(octets: number, random: Random): number {
  const each = Math.min(random.uniform(1_000, 1_460), LEAST_OCTETS + octets ** 0.65);
  return Math.max(1, Math.round(octets / each));
}

/** No packet is shorter than its headers. */
const atLeastHeaders = ({ octets, packets }: { octets: number; packets: number }): { octets: number; packets: number } => ({
  octets: Math.max(octets, packets * LEAST_OCTETS),
  packets,
});

const flagsOf = (packets: number): number =>
  packets === 1 ? TCP_SYN : packets < 4 ? TCP_SYN | TCP_ACK | TCP_RST : TCP_SYN | TCP_ACK | TCP_PSH | TCP_FIN;

function reasonOf(protocol: number, lastedMs: number): number {
  if (lastedMs >= LONGEST_MS) return FLOW_END_ACTIVE;
  return protocol === PROTOCOL_TCP ? FLOW_END_DETECTED : FLOW_END_IDLE;
}

/** One of the list, as often as its first number says. */
function drawn<T extends readonly [weight: number, ...unknown[]]>(list: readonly T[], random: Random): T {
  let ticket = random.uniform(0, list.reduce((sum, [weight]) => sum + weight, 0)); // prettier-ignore
  for (const item of list) {
    ticket -= item[0];
    if (ticket < 0) return item;
  }
  return list[0] as T;
}
