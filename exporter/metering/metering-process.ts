import { FLOW_END_FORCED, FLOW_END_IDLE, FLOW_END_RESOURCES } from '../../core/flow/flow-batch.ts';
import type { MeteredBatch } from '../../core/flow/metered-batch.ts';
import { ObservedPacket } from '../../core/flow/observed-packet.ts';
import type { PacketTrain } from '../../core/net/packet-train.ts';
import { after, trueNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import { ClosingRules } from './closing-rules.ts';
import type { MeteringConfig } from './config.ts';
import { FlowCache } from './flow-cache.ts';
import { TIMER } from './flow-slot.ts';
import type { FlowTable } from './flow-table.ts';
import { FlowTimers } from './flow-timers.ts';
import { RecordWriter } from './record-writer.ts';
import { selectorOf, type Selector } from './selector.ts';
import { TrainExpander } from './train-expander.ts';
import { loadPacket, type Observed } from './train-part.ts';

/** Where Flow Records go: the next one is written at `batch.length`, then `recordsAdded` is called. */
export interface FlowSink {
  readonly batch: MeteredBatch;
  recordsAdded(now: TrueNs): void;
}

/**
 * The Metering Process: a flow cache with timeouts and TCP end (RFC 5470 section 5.1.1). It takes single packets, and packet
 * trains, which it counts in closed form; either way the records are those of a meter that looks at every packet. A packet at the
 * instant a record closes belongs to the next one. Timestamps are the router's wall clock at the packet.
 */
export class MeteringProcess {
  /**
   * What passed the Observation Points, was selected by sampling or not, found no room in the cache (elements 164 and 165), and was told in
   * records.
   */
  readonly counters = {
    observedPackets: 0,
    selectedPackets: 0,
    unselectedOctets: 0,
    ignoredPackets: 0,
    ignoredOctets: 0,
    recordedPackets: 0,
    recordedOctets: 0,
  };
  /** When the first and the last of the ignored packets passed. */
  readonly ignoredAt = { first: trueNs(0), last: trueNs(0) };

  readonly #rules: ClosingRules;
  readonly #cache: FlowCache;
  readonly #table: FlowTable;
  readonly #timers: FlowTimers;
  readonly #writer: RecordWriter;
  readonly #sink: FlowSink;
  readonly #maxEntries: number;
  readonly #refusesNew: boolean;
  readonly #immediate: boolean;
  readonly #selector: Selector | undefined;
  /** Where what happens to a packet depends on those of other flows, trains are metered packet by packet. */
  readonly #expander: TrainExpander | undefined;
  readonly #packet = new ObservedPacket();

  constructor(config: MeteringConfig, clock: VirtualClock, epoch: Epoch, sink: FlowSink) {
    const permanent = config.cache === 'permanent';
    this.#rules = new ClosingRules(config);
    this.#cache = new FlowCache(config, this.#rules);
    this.#table = this.#cache.table;
    this.#timers = new FlowTimers(this.#table);
    this.#writer = new RecordWriter(clock, epoch, { biflow: config.biflow, permanent });
    this.#sink = sink;
    this.#maxEntries = config.maxEntries;
    this.#refusesNew = config.whenFull === 'refuse-new' || permanent;
    this.#immediate = config.cache === 'immediate';
    this.#selector = selectorOf(config.sampling);
    if (this.#selector !== undefined || this.#refusesNew || this.#immediate) this.#expander = new TrainExpander();
  }

  /** A train passes the Observation Point, beginning now (at `train.startNs`). */
  observe(train: PacketTrain, observed: Observed): void {
    if (this.#expander !== undefined) {
      this.#expandUntil(this.#expander, train.startNs);
      this.#expander.add(train, observed);
      return;
    }
    this.counters.observedPackets += train.packets;
    this.counters.selectedPackets += train.packets;
    const packet = this.#packet;
    loadPacket(packet, train, observed, 0);
    const slot = this.#slotFor(packet);
    const reversed = this.#table.foundReversed;
    if (train.packets === 1) this.#cache.count(slot, packet, reversed);
    else this.#cache.addTrain(slot, { train, observed, counted: 0, reversed });
    this.#schedule(slot);
  }

  /**
   * One packet passes the Observation Point, at `packet.atNs`. What is read from `packet` is copied: fill it again for the next.
   * Between packets `handleTimeout` is to be called as `nextTimeout` asks, or records close late.
   */
  observePacket(packet: ObservedPacket): void {
    this.counters.observedPackets++;
    if (this.#selector !== undefined && !this.#selector.selects()) {
      this.counters.unselectedOctets += packet.octets;
      return;
    }
    this.counters.selectedPackets++;
    const slot = this.#slotFor(packet);
    if (slot < 0) {
      this.counters.ignoredPackets++;
      this.counters.ignoredOctets += packet.octets;
      if (this.counters.ignoredPackets === 1) this.ignoredAt.first = packet.atNs;
      this.ignoredAt.last = packet.atNs;
      return;
    }
    const closesSooner = this.#cache.count(slot, packet, this.#table.foundReversed);
    // A zero timeout reports "a sequence of single-packet Flows" (RFC 5470 section 5.1.1).
    if (this.#immediate) this.#close(slot, after(packet.atNs, 1), FLOW_END_IDLE);
    else if (closesSooner) this.#schedule(slot);
  }

  /** When `handleTimeout` has something to do, or infinity. */
  nextTimeout(): TrueNs {
    const timer = this.#timers.next;
    const packet = this.#expander?.nextInstant;
    if (packet === undefined) return trueNs(timer);
    // Until then nothing a packet does can be seen.
    return trueNs(Math.min(timer, packet + (this.#immediate ? 1 : this.#rules.shortestNs)));
  }

  /** Exports every flow whose record closes by `now`. */
  handleTimeout(now: TrueNs): void {
    if (this.#expander !== undefined) this.#expandUntil(this.#expander, now);
    this.#closeDue(now);
  }

  /** Exports all flows, packets at `now` included, and forgets them; or `most` of them. Returns whether none is left. */
  flush(now: TrueNs, most = Infinity): boolean {
    this.handleTimeout(now);
    const end = after(now, 1);
    if (this.#expander !== undefined) this.#expandUntil(this.#expander, end);
    for (let flows = 0; this.#table.oldest >= 0; flows++) {
      if (flows === most) return false;
      const slot = this.#table.oldest;
      this.#export(slot, end, FLOW_END_FORCED);
      this.#timers.unset(slot);
      this.#cache.remove(slot);
    }
    return true;
  }

  /** The slot of the packet's flow, ready to count it, or -1 when there is no room. */
  #slotFor(packet: ObservedPacket): number {
    const table = this.#table;
    const now = packet.atNs;
    let slot = table.find(packet.words);
    while (slot >= 0 && (table.numbers[slot * table.stride + TIMER] as number) <= now) {
      this.#closeIfDue(slot, now);
      slot = table.find(packet.words);
    }
    if (slot >= 0) {
      this.#cache.meet(slot, packet);
      return slot;
    }
    if (table.size >= this.#maxEntries) this.#closeDue(now);
    if (table.size >= this.#maxEntries) {
      if (this.#refusesNew) return -1;
      this.#close(table.oldest, now, FLOW_END_RESOURCES);
    }
    return this.#cache.open(packet);
  }

  /** Meters the packets of trains that pass before `until`, and closes what comes due among them. */
  #expandUntil(expander: TrainExpander, until: TrueNs): void {
    for (let at = expander.nextInstant; at !== undefined && at < until; at = expander.nextInstant) {
      this.#closeDue(at);
      expander.take(this.#packet);
      this.observePacket(this.#packet);
    }
  }

  #closeDue(now: TrueNs): void {
    while (this.#timers.next <= now) {
      const slot = this.#timers.strike();
      if (slot >= 0) this.#closeIfDue(slot, now);
    }
  }

  /** Closes the record whose timer has struck, or sets it again where packets have put the close off. */
  #closeIfDue(slot: number, now: TrueNs): void {
    const closes = this.#cache.closesAt(slot);
    if (closes <= now) this.#close(slot, trueNs(closes), this.#rules.reason);
    else this.#timers.set(slot, closes);
  }

  /**
   * Ends the present record before `at`; what is left of the trains is the next one. So a flow that is evicted while its trains
   * run stays, as the youngest: its next packet would bring it back.
   */
  #close(slot: number, at: TrueNs, reason: number): void {
    this.#export(slot, at, reason);
    this.#timers.unset(slot);
    if (this.#cache.endRecord(slot)) this.#schedule(slot);
  }

  #export(slot: number, end: TrueNs, reason: number): void {
    // No packet, no record.
    if (!this.#cache.countUntil(slot, end)) return;
    const { batch } = this.#sink;
    const row = batch.length;
    this.#writer.write(batch, this.#table, slot, reason);
    const { counters } = this;
    counters.recordedPackets += (batch.packetDeltaCount[row] as number) + (batch.reversePacketDeltaCount[row] as number);
    counters.recordedOctets += (batch.octetDeltaCount[row] as number) + (batch.reverseOctetDeltaCount[row] as number);
    this.#sink.recordsAdded(end);
  }

  /** A packet that comes later costs no timer: one that strikes too early is set again. */
  #schedule(slot: number): void {
    const { numbers, stride } = this.#table;
    const closes = this.#cache.closesAt(slot);
    if (closes < (numbers[slot * stride + TIMER] as number)) this.#timers.set(slot, closes);
  }
}
