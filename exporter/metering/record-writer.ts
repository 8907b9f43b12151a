import type { MeteredBatch } from '../../core/flow/metered-batch.ts';
import {
  DESTINATION_WORD,
  EGRESS_WORD,
  INGRESS_WORD,
  POINT_WORD,
  PORTS_WORD,
  POST_NAPT_PORTS_WORD,
  POST_NAT_DESTINATION_WORD,
  POST_NAT_IPV6,
  POST_NAT_SOURCE_WORD,
  PROTOCOL_WORD,
  SOURCE_WORD,
} from '../../core/flow/observed-packet.ts';
import { copyIPv6, FIRST_IPV6 } from '../../core/net/address-book.ts';
import { NS_PER_MS, trueNs, unixUs, type Epoch } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import {
  APPLICATION,
  DESTINATION_MAC,
  FLAGS,
  FLOW_START,
  FORWARD_LAST,
  LAST,
  OCTETS,
  PACKETS,
  REVERSE_FLAGS,
  REVERSE_LAST,
  REVERSE_OCTETS,
  REVERSE_PACKETS,
  REVERSE_START,
  SOURCE_MAC,
  START,
  TOTAL_OCTETS,
  TOTAL_PACKETS,
} from './flow-slot.ts';
import type { FlowTable } from './flow-table.ts';

/** RFC 5103 section 6.3: the source of the record is the side that sent the first packet. */
const BIFLOW_INITIATOR = 1;

/** Writes what the cache knows of a flow into a batch; times are the router's clock at the packets. */
export class RecordWriter {
  readonly #clock: VirtualClock;
  readonly #epoch: Epoch;
  readonly #biflow: boolean;
  readonly #permanent: boolean;

  constructor(clock: VirtualClock, epoch: Epoch, kind: { readonly biflow: boolean; readonly permanent: boolean }) {
    this.#clock = clock;
    this.#epoch = epoch;
    this.#biflow = kind.biflow;
    this.#permanent = kind.permanent;
  }

  /** Appends the record of the slot. */
  write(batch: MeteredBatch, table: FlowTable, slot: number, reason: number): void {
    const row = batch.length++;
    const { numbers, words } = table;
    const base = slot * table.stride;
    this.#writeWords(batch, row, words, 2 * base);
    const start = numbers[base + (this.#permanent ? FLOW_START : START)] as number;
    const last = numbers[base + (this.#biflow ? FORWARD_LAST : LAST)] as number;
    const octets = numbers[base + OCTETS] as number;
    const packets = numbers[base + PACKETS] as number;
    batch.tcpControlBits[row] = words[2 * base + FLAGS] as number;
    batch.octetDeltaCount[row] = octets;
    batch.packetDeltaCount[row] = packets;
    // A normal cache forgets the flow with its record, so there is no earlier one to add to.
    batch.octetTotalCount[row] = octets + (this.#permanent ? (numbers[base + TOTAL_OCTETS] as number) : 0);
    batch.packetTotalCount[row] = packets + (this.#permanent ? (numbers[base + TOTAL_PACKETS] as number) : 0);
    batch.flowStartMs[row] = this.#unixMs(start);
    batch.flowEndMs[row] = this.#unixMs(last);
    batch.flowStartUptimeMs[row] = this.#uptimeMs(start);
    batch.flowEndUptimeMs[row] = this.#uptimeMs(last);
    batch.flowEndReason[row] = reason;
    batch.applicationId[row] = words[2 * base + APPLICATION] as number;
    batch.sourceMac[row] = numbers[base + SOURCE_MAC] as number;
    batch.destinationMac[row] = numbers[base + DESTINATION_MAC] as number;
    if (this.#biflow) this.#writeReverse(batch, row, table, base);
  }

  #writeWords(batch: MeteredBatch, row: number, words: Uint32Array, base: number): void {
    const protocol = words[base + PROTOCOL_WORD] as number;
    const ports = words[base + PORTS_WORD] as number;
    const postPorts = words[base + POST_NAPT_PORTS_WORD] as number;
    const point = words[base + POINT_WORD] as number;
    const version = (protocol >>> 12) & 0xf;
    const isIPv6 = version === 6;
    batch.ipVersion[row] = version;
    batch.sourceAddress[row] = isIPv6 ? 0 : (words[base + SOURCE_WORD] as number);
    batch.destinationAddress[row] = isIPv6 ? 0 : (words[base + DESTINATION_WORD] as number);
    for (let word = 0; word < 4; word++) {
      batch.sourceIPv6[4 * row + word] = isIPv6 ? (words[base + SOURCE_WORD + word] as number) : 0;
      batch.destinationIPv6[4 * row + word] = isIPv6 ? (words[base + DESTINATION_WORD + word] as number) : 0;
    }
    batch.sourcePort[row] = ports >>> 16;
    batch.destinationPort[row] = ports & 0xffff;
    batch.protocol[row] = protocol >>> 24;
    batch.classOfService[row] = (protocol >>> 16) & 0xff;
    // The DSCP that was set and the ECN that was not touched (RFC 3168 section 5).
    batch.postClassOfService[row] = ((point >>> 22) & 0xfc) | ((protocol >>> 16) & 3);
    batch.vlanId[row] = protocol & 0xfff;
    batch.ingressInterface[row] = words[base + INGRESS_WORD] as number;
    batch.egressInterface[row] = words[base + EGRESS_WORD] as number;
    this.#writePostNat(batch, row, words, base, (point & POST_NAT_IPV6) !== 0);
    batch.postNaptSourcePort[row] = postPorts >>> 16;
    batch.postNaptDestinationPort[row] = postPorts & 0xffff;
    batch.flowDirection[row] = (point >>> 16) & 0x1f;
    batch.forwardingStatus[row] = (point >>> 16) & 0xc0;
    batch.icmpTypeCode[row] = point & 0xffff;
  }

  #writePostNat(batch: MeteredBatch, row: number, words: Uint32Array, base: number, isIPv6: boolean): void {
    const source = words[base + POST_NAT_SOURCE_WORD] as number;
    const destination = words[base + POST_NAT_DESTINATION_WORD] as number;
    batch.postNatSourceAddress[row] = isIPv6 ? 0 : source;
    batch.postNatDestinationAddress[row] = isIPv6 ? 0 : destination;
    if (isIPv6) {
      copyIPv6(FIRST_IPV6 + source, batch.postNatSourceIPv6, 4 * row);
      copyIPv6(FIRST_IPV6 + destination, batch.postNatDestinationIPv6, 4 * row);
    } else {
      batch.postNatSourceIPv6.fill(0, 4 * row, 4 * row + 4);
      batch.postNatDestinationIPv6.fill(0, 4 * row, 4 * row + 4);
    }
  }

  #writeReverse(batch: MeteredBatch, row: number, { numbers, words }: FlowTable, base: number): void {
    const packets = numbers[base + REVERSE_PACKETS] as number;
    batch.biflowDirection[row] = BIFLOW_INITIATOR;
    batch.reverseOctetDeltaCount[row] = numbers[base + REVERSE_OCTETS] as number;
    batch.reversePacketDeltaCount[row] = packets;
    batch.reverseTcpControlBits[row] = words[2 * base + REVERSE_FLAGS] as number;
    batch.reverseFlowStartMs[row] = packets === 0 ? 0 : this.#unixMs(numbers[base + REVERSE_START] as number);
    batch.reverseFlowEndMs[row] = packets === 0 ? 0 : this.#unixMs(numbers[base + REVERSE_LAST] as number);
  }

  /** To the microsecond: finer than that a float of milliseconds since 1970 would be rounded up. */
  #unixMs(instant: number): number {
    return unixUs(this.#epoch, this.#clock.read(trueNs(instant))) / 1_000;
  }

  #uptimeMs(instant: number): number {
    return Math.floor(this.#clock.uptime(trueNs(instant)) / NS_PER_MS);
  }
}
