import { ObservedPacket } from '../../core/flow/observed-packet.ts';
import { TCP_FIN, TCP_RST, octetsOfFirst, tcpFlagsOf } from '../../core/net/packet-train.ts';
import type { TrueNs } from '../../core/time/instant.ts';
import type { ClosingRules } from './closing-rules.ts';
import type { MeteringConfig } from './config.ts';
import { FlowKeyRule } from './flow-key.ts';
import {
  APPLICATION,
  DESTINATION_MAC,
  ENDED,
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
  TIMER,
  TOTAL_OCTETS,
  TOTAL_PACKETS,
} from './flow-slot.ts';
import { FlowTable } from './flow-table.ts';
import { loadPacket, packetAt, packetsBefore, type TrainPart } from './train-part.ts';

/**
 * The flows under way: what their packets added up to, and of flows of trains what the trains still bring. It counts and
 * forgets; when that is to happen is not its business.
 */
export class FlowCache {
  readonly table: FlowTable;
  readonly #rules: ClosingRules;
  readonly #biflow: boolean;
  readonly #permanent: boolean;
  /** By slot, for flows with packets that are known to come. */
  readonly #parts = new Map<number, TrainPart[]>();
  readonly #next = new ObservedPacket();

  constructor(config: MeteringConfig, rules: ClosingRules) {
    this.#rules = rules;
    this.#biflow = config.biflow;
    this.#permanent = config.cache === 'permanent';
    this.table = new FlowTable(new FlowKeyRule(config), config.maxEntries, this.#permanent);
  }

  /** Makes a slot for a flow that begins with the packet. */
  open(packet: ObservedPacket): number {
    const slot = this.table.insert(packet.words);
    const base = slot * this.table.stride;
    const { numbers } = this.table;
    numbers[base + TIMER] = Infinity;
    if (this.#permanent) {
      numbers[base + FLOW_START] = packet.atNs;
      numbers[base + TOTAL_OCTETS] = 0;
      numbers[base + TOTAL_PACKETS] = 0;
    }
    this.#begin(slot, packet);
    return slot;
  }

  /** Readies the slot `find` has found for a packet of its flow: counts what passed before it, and lets an earlier one begin the record. */
  meet(slot: number, packet: ObservedPacket): void {
    const parts = this.#partsOf(slot);
    if (parts !== undefined) this.#advance(slot, parts, packet.atNs);
    const { numbers, stride } = this.table;
    const base = slot * stride;
    if (packet.atNs >= (numbers[base + START] as number)) return;
    // Between two records of a running flow the next packet was awaited later than this one came.
    if (this.#isEmpty(base)) this.#beginWith(slot, packet, this.table.foundReversed);
    else numbers[base + START] = packet.atNs;
  }

  /** Counts one packet. Returns whether the record may close sooner because of it: others only put its close off. */
  count(slot: number, packet: ObservedPacket, reversed: boolean): boolean {
    const { numbers, words, stride } = this.table;
    const base = slot * stride;
    const { tcpFlags, atNs } = packet;
    let closesSooner = numbers[base + START] === atNs || this.#rules.limitsOctets;
    if ((tcpFlags & (TCP_FIN | TCP_RST)) !== 0) {
      const other = words[2 * base + (reversed ? FLAGS : REVERSE_FLAGS)] as number;
      const isEnd = !this.#biflow || (tcpFlags & TCP_RST) !== 0 || (other & TCP_FIN) !== 0;
      if (isEnd && atNs < (numbers[base + ENDED] as number)) {
        numbers[base + ENDED] = atNs;
        closesSooner = true;
      }
    }
    this.#add(base, reversed, 1, packet.octets, tcpFlags, atNs, atNs);
    return closesSooner;
  }

  /** Takes in a train that begins now; its packets are counted as time goes by. */
  addTrain(slot: number, part: TrainPart): void {
    const parts = this.#parts.get(slot);
    if (parts === undefined) this.#parts.set(slot, [part]);
    else parts.push(part);
  }

  /** When the record closes unless more packets come; `ClosingRules.reason` then tells why. */
  closesAt(slot: number): number {
    return this.#rules.closesAt(this.table, slot, this.#partsOf(slot));
  }

  /** Counts what passes before `instant`. Returns whether the record has any packet. */
  countUntil(slot: number, instant: TrueNs): boolean {
    const parts = this.#partsOf(slot);
    if (parts !== undefined) this.#advance(slot, parts, instant);
    return !this.#isEmpty(slot * this.table.stride);
  }

  /**
   * Begins anew after a record. Returns whether the slot stays: with trains that bring more, as the youngest flow, or because
   * the cache is permanent.
   */
  endRecord(slot: number): boolean {
    const parts = this.#parts.get(slot);
    if (parts !== undefined) {
      this.#beginWithNext(slot, parts);
      return true;
    }
    if (!this.#permanent) {
      this.remove(slot);
      return false;
    }
    const { numbers, stride } = this.table;
    const base = slot * stride;
    numbers[base + TOTAL_OCTETS] = (numbers[base + TOTAL_OCTETS] as number) + (numbers[base + OCTETS] as number);
    numbers[base + TOTAL_PACKETS] = (numbers[base + TOTAL_PACKETS] as number) + (numbers[base + PACKETS] as number);
    this.#clear(base, Infinity);
    return true;
  }

  remove(slot: number): void {
    this.#parts.delete(slot);
    this.table.remove(slot);
  }

  #beginWithNext(slot: number, parts: readonly TrainPart[]): void {
    let first = parts[0] as TrainPart;
    for (const part of parts) {
      if (packetAt(part.train, part.counted) < packetAt(first.train, first.counted)) first = part;
    }
    loadPacket(this.#next, first.train, first.observed, first.counted);
    this.#beginWith(slot, this.#next, first.reversed);
    this.table.makeYoungest(slot);
  }

  /** Begins a record in a slot that is in use; the packet, if it is one of the way back, makes that the way forth. */
  #beginWith(slot: number, packet: ObservedPacket, reversed: boolean): void {
    if (this.#permanent) {
      this.#clear(slot * this.table.stride, packet.atNs);
      return;
    }
    this.table.replaceWords(slot, packet.words);
    if (reversed) {
      for (const part of this.#parts.get(slot) ?? []) part.reversed = !part.reversed;
      this.table.foundReversed = false;
    }
    this.#begin(slot, packet);
  }

  #begin(slot: number, packet: ObservedPacket): void {
    const { numbers, words, stride } = this.table;
    const base = slot * stride;
    words[2 * base + APPLICATION] = packet.applicationId;
    numbers[base + SOURCE_MAC] = packet.sourceMac;
    numbers[base + DESTINATION_MAC] = packet.destinationMac;
    this.#clear(base, packet.atNs);
  }

  #clear(base: number, start: number): void {
    const { numbers, words } = this.table;
    numbers[base + START] = start;
    numbers[base + LAST] = start;
    numbers[base + OCTETS] = 0;
    numbers[base + PACKETS] = 0;
    words[2 * base + FLAGS] = 0;
    numbers[base + ENDED] = Infinity;
    if (!this.#biflow) return;
    numbers[base + FORWARD_LAST] = start;
    numbers[base + REVERSE_START] = Infinity;
    numbers[base + REVERSE_LAST] = 0;
    numbers[base + REVERSE_OCTETS] = 0;
    numbers[base + REVERSE_PACKETS] = 0;
    words[2 * base + REVERSE_FLAGS] = 0;
  }

  /** Counts the packets of the trains that pass before `instant`, and lets go of trains that have no more. */
  #advance(slot: number, parts: TrainPart[], instant: TrueNs): void {
    const { numbers, stride } = this.table;
    const base = slot * stride;
    const ended = this.#rules.endedAt(this.table, base, parts);
    if (ended < instant) numbers[base + ENDED] = ended;
    let kept = 0;
    for (const part of parts) {
      const { train, counted } = part;
      const passed = packetsBefore(train, instant);
      if (passed > counted) {
        const octets = octetsOfFirst(train, passed) - octetsOfFirst(train, counted);
        const flags = tcpFlagsOf(train, counted, passed);
        this.#add(base, part.reversed, passed - counted, octets, flags, packetAt(train, counted), packetAt(train, passed - 1));
        part.counted = passed;
      }
      if (part.counted < train.packets) parts[kept++] = part;
    }
    parts.length = kept;
    if (kept === 0) this.#parts.delete(slot);
  }

  #add(base: number, reversed: boolean, packets: number, octets: number, flags: number, first: number, last: number): void {
    const { numbers, words } = this.table;
    if (last > (numbers[base + LAST] as number)) numbers[base + LAST] = last;
    const way = reversed ? REVERSE_OCTETS - OCTETS : 0;
    numbers[base + OCTETS + way] = (numbers[base + OCTETS + way] as number) + octets;
    numbers[base + PACKETS + way] = (numbers[base + PACKETS + way] as number) + packets;
    const flagsAt = 2 * base + (reversed ? REVERSE_FLAGS : FLAGS);
    words[flagsAt] = (words[flagsAt] as number) | flags;
    if (!this.#biflow) return;
    const lastAt = base + (reversed ? REVERSE_LAST : FORWARD_LAST);
    if (last > (numbers[lastAt] as number)) numbers[lastAt] = last;
    if (reversed && first < (numbers[base + REVERSE_START] as number)) numbers[base + REVERSE_START] = first;
  }

  #partsOf(slot: number): TrainPart[] | undefined {
    // Where single packets are metered, not even the question is put.
    return this.#parts.size === 0 ? undefined : this.#parts.get(slot);
  }

  #isEmpty(base: number): boolean {
    const { numbers } = this.table;
    return numbers[base + PACKETS] === 0 && (!this.#biflow || numbers[base + REVERSE_PACKETS] === 0);
  }
}
