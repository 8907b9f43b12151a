import {
  FLOW_END_ACTIVE,
  FLOW_END_DETECTED,
  FLOW_END_FORCED,
  FLOW_END_IDLE,
  FLOW_END_RESOURCES,
} from '../../core/flow/flow-batch.ts';
import type { MeteredBatch } from '../../core/flow/metered-batch.ts';
import { octetsOfFirst, tcpFlagsOf, type PacketTrain } from '../../core/net/packet-train.ts';
import { EventQueue } from '../../core/time/event-queue.ts';
import { after, NS_PER_MS, trueNs, unixMs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { MeteringConfig } from './config.ts';
import { endSeenAt, idleAt, packetAt, packetsBefore, type FlowEntry, type Observed } from './flow-entry.ts';

/** Where Flow Records go: the next one is written at `batch.length`, then `recordsAdded` is called. */
export interface FlowSink {
  readonly batch: MeteredBatch;
  recordsAdded(now: TrueNs): void;
}

/**
 * The Metering Process: a flow cache with active and inactive timeout and TCP end (RFC 5470 section 5.1.1). It counts packet
 * trains in closed form, and comes to the same records as a meter that looks at every packet: a packet at the instant a
 * record closes belongs to the next one. Timestamps are the router's wall clock at the packet.
 */
export class MeteringProcess {
  readonly #activeNs: number;
  readonly #inactiveNs: number;
  readonly #lingerNs: number;
  readonly #maxEntries: number;
  readonly #clock: VirtualClock;
  readonly #epoch: Epoch;
  readonly #sink: FlowSink;
  /** In the order their present records began. */
  readonly #entries = new Map<string, FlowEntry>();
  readonly #timers = new EventQueue<FlowEntry>();

  constructor(config: MeteringConfig, clock: VirtualClock, epoch: Epoch, sink: FlowSink) {
    this.#activeNs = Math.round(config.activeTimeoutMs * NS_PER_MS);
    this.#inactiveNs = Math.round(config.inactiveTimeoutMs * NS_PER_MS);
    // A FIN belongs to its own record even when nothing is to be waited for.
    this.#lingerNs = Math.max(1, Math.round(config.tcpLingerMs * NS_PER_MS));
    this.#maxEntries = config.maxEntries;
    this.#clock = clock;
    this.#epoch = epoch;
    this.#sink = sink;
  }

  /** A train passes the Observation Point, beginning now (at `train.startNs`). */
  observe(train: PacketTrain, observed: Observed): void {
    const now = train.startNs;
    const key = keyOf(train.connection.protocol, observed);
    let entry = this.#entries.get(key);
    while (entry !== undefined && entry.closesAt <= now) {
      this.#close(entry, entry.closesAt, entry.closeReason);
      entry = this.#entries.get(key);
    }
    if (entry === undefined) {
      if (this.#entries.size >= this.#maxEntries) this.#evict(now);
      entry = this.#open(key, train.connection.protocol, observed, now);
    }
    // Between two records of a running flow the next packet was awaited later than this one came.
    if (now < entry.startedAt) entry.startedAt = now;
    entry.running.push({ train, counted: 0 });
    this.#schedule(entry);
  }

  nextTimeout(): TrueNs | undefined {
    return this.#timers.nextInstant;
  }

  /** Exports every flow whose record closes by `now`. */
  handleTimeout(now: TrueNs): void {
    for (let at = this.#timers.nextInstant; at !== undefined && at <= now; at = this.#timers.nextInstant) {
      const entry = this.#timers.pop();
      if (entry.timerAt !== at) continue;
      entry.timerAt = undefined;
      if (this.#entries.get(entry.key) !== entry) continue;
      if (entry.closesAt <= now) this.#close(entry, entry.closesAt, entry.closeReason);
      else this.#setTimer(entry);
    }
  }

  /** Exports all flows, packets at `now` included, and forgets them. */
  flush(now: TrueNs): void {
    this.handleTimeout(now);
    for (const entry of this.#entries.values()) this.#export(entry, trueNs(now + 1), FLOW_END_FORCED);
    this.#entries.clear();
  }

  #open(key: string, protocol: number, observed: Observed, now: TrueNs): FlowEntry {
    const entry: FlowEntry = {
      key,
      protocol,
      observed,
      running: [],
      startedAt: now,
      closesAt: now,
      closeReason: FLOW_END_IDLE,
      timerAt: undefined,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  /** Exports the oldest record early. A flow whose trains still run stays, as the youngest: its next packet would bring it back. */
  #evict(now: TrueNs): void {
    for (const entry of this.#entries.values()) return this.#close(entry, now, FLOW_END_RESOURCES);
  }

  /** Ends the present record before `at`; what is left of the trains is the next record. */
  #close(entry: FlowEntry, at: TrueNs, reason: number): void {
    this.#export(entry, at, reason);
    this.#entries.delete(entry.key);
    entry.running = entry.running.filter(({ train, counted }) => counted < train.packets);
    if (entry.running.length === 0) return;
    entry.startedAt = trueNs(Math.min(...entry.running.map(({ train, counted }) => packetAt(train, counted))));
    this.#entries.set(entry.key, entry);
    this.#schedule(entry);
  }

  #schedule(entry: FlowEntry): void {
    const activeAt = after(entry.startedAt, this.#activeNs);
    const idle = idleAt(entry, this.#inactiveNs, activeAt);
    entry.closesAt = activeAt;
    entry.closeReason = FLOW_END_ACTIVE;
    if (idle < activeAt) {
      entry.closesAt = idle;
      entry.closeReason = FLOW_END_IDLE;
    }
    for (const { train, counted } of entry.running) {
      const endedAt = endSeenAt(train, counted);
      // The record that holds the FIN closes `linger` after it.
      if (endedAt === undefined || endedAt + this.#lingerNs > entry.closesAt) continue;
      entry.closesAt = after(endedAt, this.#lingerNs);
      entry.closeReason = FLOW_END_DETECTED;
    }
    this.#setTimer(entry);
  }

  #setTimer(entry: FlowEntry): void {
    if (entry.timerAt !== undefined && entry.timerAt <= entry.closesAt) return;
    entry.timerAt = entry.closesAt;
    this.#timers.push(entry.closesAt, entry);
  }

  /** Writes the packets of the present record that passed before `end`; none, no record. */
  #export(entry: FlowEntry, end: TrueNs, reason: number): void {
    let packets = 0;
    let octets = 0;
    let flags = 0;
    let last: number = entry.startedAt;
    for (const running of entry.running) {
      const { train, counted } = running;
      const passed = packetsBefore(train, end);
      if (passed <= counted) continue;
      packets += passed - counted;
      octets += octetsOfFirst(train, passed) - octetsOfFirst(train, counted);
      flags |= tcpFlagsOf(train, counted, passed);
      last = Math.max(last, packetAt(train, passed - 1));
      running.counted = passed;
    }
    if (packets === 0) return;
    this.#write(entry, packets, octets, flags, trueNs(last), reason);
    this.#sink.recordsAdded(end);
  }

  #write(entry: FlowEntry, packets: number, octets: number, flags: number, last: TrueNs, reason: number): void {
    const { batch } = this.#sink;
    const { observed } = entry;
    const row = batch.length++;
    batch.sourceAddress[row] = observed.sourceAddress;
    batch.destinationAddress[row] = observed.destinationAddress;
    batch.sourcePort[row] = observed.sourcePort;
    batch.destinationPort[row] = observed.destinationPort;
    batch.protocol[row] = entry.protocol;
    batch.classOfService[row] = 0;
    batch.tcpControlBits[row] = flags;
    batch.ingressInterface[row] = observed.ingressInterface;
    batch.egressInterface[row] = observed.egressInterface;
    batch.octetDeltaCount[row] = octets;
    batch.packetDeltaCount[row] = packets;
    batch.flowStartMs[row] = unixMs(this.#epoch, this.#clock.read(entry.startedAt));
    batch.flowEndMs[row] = unixMs(this.#epoch, this.#clock.read(last));
    batch.flowEndReason[row] = reason;
    batch.flowStartUptimeMs[row] = Math.floor(this.#clock.uptime(entry.startedAt) / NS_PER_MS);
    batch.flowEndUptimeMs[row] = Math.floor(this.#clock.uptime(last) / NS_PER_MS);
    batch.postNatSourceAddress[row] = observed.postNatSourceAddress;
    batch.postNatDestinationAddress[row] = observed.postNatDestinationAddress;
    batch.postNaptSourcePort[row] = observed.postNaptSourcePort;
    batch.postNaptDestinationPort[row] = observed.postNaptDestinationPort;
    batch.applicationId[row] = observed.applicationId;
    batch.forwardingStatus[row] = observed.forwardingStatus;
  }
}

/** The 5-tuple on both sides of the translation: a port that was given to somebody else makes another flow. */
const keyOf = (protocol: number, observed: Observed): string =>
  `${protocol} ${observed.sourceAddress} ${observed.sourcePort} ${observed.destinationAddress} ${observed.destinationPort} ${observed.postNaptSourcePort} ${observed.postNatDestinationAddress}:${observed.postNaptDestinationPort}`;
