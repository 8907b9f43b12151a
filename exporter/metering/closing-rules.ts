import { FLOW_END_ACTIVE, FLOW_END_DETECTED, FLOW_END_IDLE } from '../../core/flow/flow-batch.ts';
import { TCP_FIN, TCP_RST, trainEnd } from '../../core/net/packet-train.ts';
import { NS_PER_MS, trueNs } from '../../core/time/instant.ts';
import type { MeteringConfig } from './config.ts';
import { ENDED, FLAGS, LAST, OCTETS, REVERSE_FLAGS, REVERSE_OCTETS, START } from './flow-slot.ts';
import type { FlowTable } from './flow-table.ts';
import { firstWithFlags, octetsLeft, packetAt, packetsBefore, type TrainPart } from './train-part.ts';

type Parts = readonly TrainPart[];
const NO_PARTS: Parts = [];

/**
 * When a record closes and why (RFC 5470 section 5.1.1), given the packets counted and those the trains still bring. A packet at
 * that instant belongs to the next record. Of reasons that come due together the end of the connection goes before the active
 * timeout, and that before the inactive one.
 */
export class ClosingRules {
  /** Why the record closes that `closesAt` was last asked of (flowEndReason). */
  reason = FLOW_END_ACTIVE;
  /** Whether what a packet adds to the octets may close its record. */
  readonly limitsOctets: boolean;
  readonly #activeNs: number;
  readonly #activeGridNs: number;
  readonly #inactiveNs: number;
  readonly #lingerNs: number;
  readonly #sweepNs: number;
  readonly #octetLimit: number;
  readonly #marksEndAtIdle: boolean;
  readonly #permanent: boolean;
  readonly #biflow: boolean;

  constructor(config: MeteringConfig) {
    this.#activeNs = Math.round(config.activeTimeoutMs * NS_PER_MS);
    this.#activeGridNs = Math.round(config.activeGridMs * NS_PER_MS);
    this.#inactiveNs = Math.round(config.inactiveTimeoutMs * NS_PER_MS);
    const lingerMs = config.tcpEnd === 'at-once' ? 0 : config.tcpLingerMs;
    // A FIN belongs to its own record even when nothing is to be waited for.
    this.#lingerNs = Math.max(1, Math.round(lingerMs * NS_PER_MS));
    this.#sweepNs = Math.round(config.sweepMs * NS_PER_MS);
    this.#octetLimit = config.octetLimit === 0 ? Infinity : config.octetLimit;
    this.limitsOctets = config.octetLimit > 0;
    this.#marksEndAtIdle = config.tcpEnd === 'at-idle';
    this.#permanent = config.cache === 'permanent';
    this.#biflow = config.biflow;
  }

  /** The least time from a packet to the close of a record because of it. */
  get shortestNs(): number {
    return this.limitsOctets ? 1 : Math.min(this.#activeNs, this.#inactiveNs, this.#lingerNs);
  }

  /** When the record in the slot closes unless more packets come, or infinity for one without any; `reason` then tells why. */
  closesAt(table: FlowTable, slot: number, parts: Parts = NO_PARTS): number {
    const { numbers } = table;
    const base = slot * table.stride;
    const start = numbers[base + START] as number;
    let closes = onGrid(onGrid(start + this.#activeNs, this.#activeGridNs), this.#sweepNs);
    this.reason = FLOW_END_ACTIVE;
    if (!this.#permanent) {
      const ended = this.endedAt(table, base, parts);
      const idle = this.#idleAt(Math.max(start, numbers[base + LAST] as number), parts, closes);
      if (idle < closes) {
        closes = idle;
        this.reason = this.#marksEndAtIdle && ended < idle ? FLOW_END_DETECTED : FLOW_END_IDLE;
      }
      const end = this.#marksEndAtIdle ? Infinity : onGrid(ended + this.#lingerNs, this.#sweepNs);
      if (end <= closes) {
        closes = end;
        this.reason = FLOW_END_DETECTED;
      }
    }
    if (!this.limitsOctets) return closes;
    const full = this.#fullAt(numbers, base, parts, closes);
    // Ended "for reporting purposes while it was still active" (RFC 5102 section 5.11.3): there is no reason of its own.
    if (full < closes) this.reason = FLOW_END_ACTIVE;
    return Math.min(full, closes);
  }

  /** When the connection ends: at the first FIN or RST, of a biflow when both sides sent a FIN or one a RST; or infinity. */
  endedAt({ numbers, words }: FlowTable, base: number, parts: Parts): number {
    let ended = numbers[base + ENDED] as number;
    if (parts.length === 0) return ended;
    const decisive = this.#biflow ? TCP_RST : TCP_FIN | TCP_RST;
    for (const { train, counted } of parts) ended = Math.min(ended, firstWithFlags(train, counted, decisive));
    if (!this.#biflow) return ended;
    const forward = finAt(words[2 * base + FLAGS] as number, parts, false);
    const reverse = finAt(words[2 * base + REVERSE_FLAGS] as number, parts, true);
    const both = Math.max(forward, reverse);
    // Both are counted: then `ENDED` knows when.
    return both === -Infinity ? ended : Math.min(ended, both);
  }

  /**
   * The first instant at which nothing has passed for the inactive timeout, or one not before `until`. A train whose packets
   * follow each other faster than that cannot fall idle before its end; a slower one is walked packet by packet.
   */
  #idleAt(last: number, parts: Parts, until: number): number {
    let quietSince = last;
    for (const { train } of parts) {
      if (train.intervalNs < this.#inactiveNs) quietSince = Math.max(quietSince, trainEnd(train));
    }
    for (;;) {
      const limit = onGrid(quietSince + this.#inactiveNs, this.#sweepNs);
      if (limit >= until || parts.length === 0) return limit;
      let latest = quietSince;
      for (const { train } of parts) {
        const passed = packetsBefore(train, trueNs(limit));
        if (passed > 0) latest = Math.max(latest, packetAt(train, passed - 1));
      }
      if (latest === quietSince) return limit;
      quietSince = latest;
    }
  }

  /** When the packet that takes a counter over the limit is counted, or one not before `until`. */
  #fullAt(numbers: Float64Array, base: number, parts: Parts, until: number): number {
    let first = this.#firstOver(numbers[base + OCTETS] as number, numbers, base, parts, false, until);
    if (this.#biflow) {
      first = Math.min(first, this.#firstOver(numbers[base + REVERSE_OCTETS] as number, numbers, base, parts, true, until));
    }
    return onGrid(first + 1, this.#sweepNs);
  }

  #firstOver(counted: number, numbers: Float64Array, base: number, parts: Parts, reversed: boolean, until: number): number {
    if (counted > this.#octetLimit) return numbers[base + LAST] as number;
    const octetsBy = (instant: number): number => {
      let octets = counted;
      for (const part of parts) if (part.reversed === reversed) octets += octetsLeft(part, trueNs(instant + 1));
      return octets;
    };
    if (octetsBy(until) <= this.#octetLimit) return until;
    let low = numbers[base + START] as number;
    let high = until;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (octetsBy(middle) > this.#octetLimit) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function finAt(seen: number, parts: Parts, reversed: boolean): number {
  if ((seen & TCP_FIN) !== 0) return -Infinity;
  let first = Infinity;
  for (const part of parts) {
    if (part.reversed === reversed) first = Math.min(first, firstWithFlags(part.train, part.counted, TCP_FIN));
  }
  return first;
}

/** The first multiple of `gridNs` that is not before `instant`. */
function onGrid(instant: number, gridNs: number): number {
  if (gridNs === 0 || instant === Infinity) return instant;
  const over = instant % gridNs;
  return over === 0 ? instant : instant - over + gridNs;
}
