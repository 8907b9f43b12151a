import { MessageWriter } from '../core/ipfix/message-writer.ts';
import type { Template } from '../core/ipfix/template.ts';
import { V9Writer } from '../core/netflow/v9-writer.ts';

export type LoadProtocol = 'ipfix' | 'v9' | 'v5';

/** What a sender needs to know of packets. */
export interface Load {
  /** Behind a Template, where there is one. */
  readonly packets: readonly Uint8Array[];
  readonly hasTemplate: boolean;
  readonly recordsPerPacket: number;
  /** The octet of the sequence number, and how far a packet and a Template bring it. */
  readonly sequenceAt: number;
  readonly step: number;
  readonly templateStep: number;
}

const PACKETS = 16_384;
const UPTIME_MS = 100_000_000;
const V5_HEADER_OCTETS = 24;
const V5_RECORD_OCTETS = 48;
const V5_RECORDS = 29;
const RECORDS = 20;
const SERVER_PORTS = [443, 443, 443, 443, 443, 443, 80, 80, 53, 53, 53, 22, 123, 25, 993, 8080, 3389, 5060, 1194, 853];

/** Addresses, ports, protocol, counts, times, class, flags, interfaces, what it was translated to, why it ended, ASes; their lengths. */
export const FIELDS = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [1, 8],
  [2, 8],
  [152, 8],
  [153, 8],
  [5, 1],
  [6, 1],
  [10, 4],
  [14, 4],
  [225, 4],
  [227, 2],
  [136, 1],
  [16, 4],
  [17, 4],
] as const;
/** In NetFlow v9 times are uptimes. */
const UPTIMES: Readonly<Record<number, readonly [number, number]>> = { 152: [22, 4], 153: [21, 4] };

const template = (fields: readonly (readonly [number, number])[]): Template => ({
  id: 256,
  scopeFieldCount: 0,
  fields: fields.map(([elementId, length]) => ({ enterpriseNumber: 0, elementId, length })),
});

const IPFIX_TEMPLATE = template(FIELDS);
const V9_TEMPLATE = template(FIELDS.map((field) => UPTIMES[field[0]] ?? field));

/** A flow of an office of 50,000 hosts; few of them and few servers have most of the flows. */
class Flows {
  #state = 88_172_645;

  /** From 0 until before 1. */
  #chance(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }

  next(nowMs: number) {
    const upTo = (most: number): number => Math.floor(this.#chance() * most);
    const few = (most: number): number => Math.floor(this.#chance() ** 3 * most);
    const destinationPort = SERVER_PORTS[upTo(SERVER_PORTS.length)] as number;
    const protocol = destinationPort === 443 ? (upTo(2) === 0 ? 17 : 6) : [53, 123, 5060].includes(destinationPort) ? 17 : 6;
    const packets = 1 + Math.floor(1 / (this.#chance() + 0.0002));
    const endMs = nowMs - upTo(1_000);
    return {
      source: 0x0a000000 + few(50_000),
      destination: 0xc6120000 + few(131_072),
      sourcePort: 1_024 + upTo(64_000),
      destinationPort,
      protocol,
      packets,
      octets: packets * (60 + upTo(1_400)),
      startMs: endMs - upTo(60_000),
      endMs,
      classOfService: upTo(8) === 0 ? 184 : 0,
      tcpFlags: protocol === 6 ? 0x1b : 0,
      ingress: 1 + upTo(48),
      egress: 1 + upTo(48),
      natAddress: 0xcb007100 + upTo(256),
      natPort: 1_024 + upTo(64_000),
      endReason: 1 + upTo(4),
      sourceAs: 64_512 + upTo(100),
      destinationAs: 1 + upTo(60_000),
    };
  }
}

type Flow = ReturnType<Flows['next']>;

const valuesOf = (flow: Flow, [start, end]: readonly [number, number]): number[] => [
  ...[flow.source, flow.destination, flow.sourcePort, flow.destinationPort, flow.protocol, flow.octets, flow.packets],
  ...[start, end, flow.classOfService, flow.tcpFlags, flow.ingress, flow.egress, flow.natAddress, flow.natPort, flow.endReason],
  ...[flow.sourceAs, flow.destinationAs],
];

/** Addresses, interfaces, counts, uptimes, ports, flags, protocol, class, ASes and masks, as Cisco has them. */
function v5Packet(exportTimeS: number, flows: readonly Flow[]): Uint8Array {
  const octets = new Uint8Array(V5_HEADER_OCTETS + flows.length * V5_RECORD_OCTETS);
  const view = new DataView(octets.buffer);
  view.setUint16(0, 5);
  view.setUint16(2, flows.length);
  view.setUint32(4, UPTIME_MS);
  view.setUint32(8, exportTimeS);
  flows.forEach((flow, index) => {
    const at = V5_HEADER_OCTETS + index * V5_RECORD_OCTETS;
    const uptimeOf = (ms: number): number => UPTIME_MS + ms - exportTimeS * 1_000;
    [flow.source, flow.destination].forEach((address, word) => view.setUint32(at + 4 * word, address));
    [flow.ingress, flow.egress].forEach((number, half) => view.setUint16(at + 12 + 2 * half, number));
    const words = [flow.packets, flow.octets, uptimeOf(flow.startMs), uptimeOf(flow.endMs)];
    words.forEach((value, word) => view.setUint32(at + 16 + 4 * word, value));
    [flow.sourcePort, flow.destinationPort].forEach((port, half) => view.setUint16(at + 32 + 2 * half, port));
    [flow.tcpFlags, flow.protocol, flow.classOfService].forEach((value, octet) => view.setUint8(at + 37 + octet, value));
    [flow.sourceAs, flow.destinationAs].forEach((as, half) => view.setUint16(at + 40 + 2 * half, as));
    [24, 24].forEach((bits, octet) => view.setUint8(at + 44 + octet, bits));
  });
  return octets;
}

/** Packets as a busy router sends them, with the same flows in each protocol. */
export function loadOf(protocol: LoadProtocol, nowMs = Date.now()): Load {
  const flows = new Flows();
  const exportTimeS = Math.floor(nowMs / 1_000);
  const next = (): Flow => flows.next(exportTimeS * 1_000);
  const every = <Packet>(make: () => Packet): Packet[] => Array.from({ length: PACKETS }, make);
  if (protocol === 'v5') {
    const packets = every(() => v5Packet(exportTimeS, Array.from({ length: V5_RECORDS }, next)));
    return { packets, hasTemplate: false, recordsPerPacket: V5_RECORDS, sequenceAt: 16, step: V5_RECORDS, templateStep: 0 };
  }
  const isV9 = protocol === 'v9';
  const ipfix = new MessageWriter({ maxMessageLength: 1_500 });
  const v9 = new V9Writer({ maxPacketLength: 1_500 });
  const begin = (): MessageWriter | V9Writer => {
    if (isV9) v9.begin({ sourceId: 1, sequenceNumber: 0, unixS: exportTimeS, uptimeMs: UPTIME_MS });
    else ipfix.begin({ observationDomainId: 1, sequenceNumber: 0, exportTimeS });
    return isV9 ? v9 : ipfix;
  };
  const shape = isV9 ? V9_TEMPLATE : IPFIX_TEMPLATE;
  const uptimeOf = (ms: number): number => UPTIME_MS + ms - exportTimeS * 1_000;
  const templatePacket = begin();
  templatePacket.addTemplate(shape);
  const first = templatePacket.finish();
  const packets = every(() => {
    const writer = begin();
    for (let record = 0; record < RECORDS; record++) {
      const flow = next();
      writer.addValues(shape, valuesOf(flow, isV9 ? [uptimeOf(flow.startMs), uptimeOf(flow.endMs)] : [flow.startMs, flow.endMs]));
    }
    return writer.finish();
  });
  // NetFlow v9 counts packets, IPFIX Data Records.
  const counting = isV9 ? { sequenceAt: 12, step: 1, templateStep: 1 } : { sequenceAt: 8, step: RECORDS, templateStep: 0 };
  return { packets: [first, ...packets], hasTemplate: true, recordsPerPacket: RECORDS, ...counting };
}
