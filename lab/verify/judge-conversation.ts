import type { Conversation, Conversations } from './conversations.ts';
import type { Difference, Gap } from './difference.ts';
import type { Ledger } from './ledger.ts';
import type { Placement } from './placement.ts';
import { LOST, type Records } from './records.ts';
import type { Sentences } from './sentences.ts';

/** The scenario's own numbers for the meter: nanoseconds, and the octets after which a record closes. */
export interface Timeouts {
  readonly activeNs: number;
  readonly inactiveNs: number;
  readonly lingerNs: number;
  readonly octetLimit: number;
}

/** A flow cache ends flows by its own timers: how far a record's end may lie from the instant the rules give. */
const TIMER_TOLERANCE_NS = 5_000_000;
/** IANA element 136: the router ran out of room and said so. */
const LACK_OF_RESOURCES = 5;

/** Compares the records of one conversation with its packets. */
export class ConversationJudge {
  readonly #ledger: Ledger;
  readonly #conversations: Conversations;
  readonly #records: Records;
  readonly #timeouts: Timeouts;
  readonly #sentences: Sentences;

  constructor(ledger: Ledger, conversations: Conversations, records: Records, timeouts: Timeouts, sentences: Sentences) {
    this.#ledger = ledger;
    this.#conversations = conversations;
    this.#records = records;
    this.#timeouts = timeouts;
    this.#sentences = sentences;
  }

  /** Names what is wrong with the records of the conversation; packets without a record are returned as gaps. */
  judge(conversation: Conversation, placements: Placement[], differences: Difference[]): Gap[] {
    placements.sort((a, b) => a.first.from - b.first.from || a.last.from - b.last.from || this.#id(a) - this.#id(b));
    if (this.#isWhole(conversation, placements)) {
      this.#nameSplits(placements, differences);
      return [];
    }
    const once = this.#nameDuplicates(placements, differences);
    const good: Placement[] = [];
    const bad: Placement[] = [];
    for (const placement of once) {
      const before = good.at(-1);
      const overlaps = before !== undefined && placement.first.to <= before.last.from;
      (placement.timed && placement.counted && !overlaps ? good : bad).push(placement);
    }
    const gaps = this.#gaps(conversation, good);
    const left = this.#claim(bad, gaps, differences);
    if (bad.length === 0 && gaps.length === 0) this.#nameMiscount(conversation, good, differences);
    if (bad.length === 0) this.#nameSplits(good, differences);
    return left;
  }

  /** The fast way out: every record fits, none overlap and together they are all packets and octets there were. */
  #isWhole(conversation: Conversation, placements: readonly Placement[]): boolean {
    let packets = 0;
    let octets = 0;
    let before: Placement | undefined;
    for (const placement of placements) {
      if (!placement.timed || !placement.counted) return false;
      if (before !== undefined && placement.first.to <= before.last.from) return false;
      before = placement;
      packets += this.#packets(placement);
      octets += this.#octets(placement);
    }
    const truth = this.#conversations.tally(conversation, 0, Number.POSITIVE_INFINITY);
    return packets === truth.packets && octets === truth.octets;
  }

  #nameDuplicates(placements: readonly Placement[], differences: Difference[]): Placement[] {
    const { flowStartMs, flowEndMs } = this.#records.columns;
    const seen = new Map<string, Placement>();
    return placements.filter((placement) => {
      const { row, first: begin, last: end } = placement;
      // Of a clock that was set back, two records of an even stream can tell the same of what passed before and after.
      const told = [flowStartMs[row], flowEndMs[row], this.#packets(placement), this.#octets(placement)];
      const text = [...told, begin.from, end.from].join(' ');
      const first = seen.get(text);
      if (first === undefined) {
        seen.set(text, placement);
        return true;
      }
      differences.push({
        kind: 'DUPLICATED',
        sentence: `${this.#sentences.record(row)} is there twice`,
        records: this.#stored([first, placement]),
        packets: this.#packets(placement),
        octets: this.#octets(placement),
      });
      return false;
    });
  }

  /** What lies between the good records. */
  #gaps(conversation: Conversation, good: readonly Placement[]): Gap[] {
    const gaps: Gap[] = [];
    let from = 0;
    for (let index = 0; index <= good.length; index++) {
      const next = good[index];
      const to = next?.first.from ?? Number.POSITIVE_INFINITY;
      const { packets, octets } = this.#conversations.tally(conversation, from, Math.max(from, to));
      if (packets > 0) gaps.push({ conversation, from, to, packets, octets });
      if (next !== undefined) from = next.last.to;
    }
    return gaps.length === 1 ? [this.#exact(gaps[0] as Gap, good)] : gaps;
  }

  /** The only gap is all the good records leave, its share of the milliseconds it has in common with them included. */
  #exact(gap: Gap, good: readonly Placement[]): Gap {
    let { packets, octets } = this.#conversations.tally(gap.conversation, 0, Number.POSITIVE_INFINITY);
    for (const placement of good) {
      packets -= this.#packets(placement);
      octets -= this.#octets(placement);
    }
    return packets > 0 ? { ...gap, packets, octets } : gap;
  }

  /** Lets each bad record explain the gap it left, so that one fault has one name. Returns the gaps nobody explains. */
  #claim(bad: readonly Placement[], gaps: readonly Gap[], differences: Difference[]): Gap[] {
    const left = [...gaps];
    for (const placement of bad) {
      const packets = this.#packets(placement);
      const octets = this.#octets(placement);
      let index = left.findIndex((gap) => gap.packets === packets && gap.octets === octets);
      const moved = index >= 0;
      if (!moved)
        index = left.findIndex((gap) => placement.timed && placement.first.to >= gap.from && placement.last.from <= gap.to);
      const gap = left[index];
      if (gap === undefined) {
        differences.push({
          kind: 'UNEXPECTED',
          sentence: `${this.#sentences.record(placement.row)} speaks of packets that other records have, or that never were`,
          records: this.#stored([placement]),
          packets,
          octets,
        });
        continue;
      }
      left.splice(index, 1);
      differences.push({
        kind: moved ? 'SHIFTED' : 'SCALED',
        sentence: moved
          ? `${this.#sentences.record(placement.row)} has the packets of ${this.#sentences.span(gap.conversation, gap)}`
          : `${this.#sentences.record(placement.row)} counts ${packets} packets and ${octets} octets where ${gap.packets} and ${gap.octets} passed`,
        records: this.#stored([placement]),
        packets: packets - gap.packets,
        octets: octets - gap.octets,
      });
    }
    return left;
  }

  /** Every record is possible, yet the sum is wrong: the fault is in one that shares a millisecond with its neighbour. */
  #nameMiscount(conversation: Conversation, good: readonly Placement[], differences: Difference[]): void {
    const truth = this.#conversations.tally(conversation, 0, Number.POSITIVE_INFINITY);
    const packets = good.reduce((sum, placement) => sum + this.#packets(placement), 0) - truth.packets;
    const octets = good.reduce((sum, placement) => sum + this.#octets(placement), 0) - truth.octets;
    if (packets === 0 && octets === 0) return;
    const loose = good.filter(({ whole }) => !whole);
    differences.push({
      kind: 'SCALED',
      sentence: `${this.#sentences.conversation(conversation)}: the records add up to ${packets} packets and ${octets} octets more than passed`,
      records: this.#stored(loose.length > 0 ? loose : good),
      packets,
      octets,
    });
  }

  /** A record may end early only for a reason the rules of the flow cache know. */
  #nameSplits(good: readonly Placement[], differences: Difference[]): void {
    for (let index = 1; index < good.length; index++) {
      const before = good[index - 1] as Placement;
      const next = good[index] as Placement;
      if (this.#mayEnd(before, next)) continue;
      differences.push({
        kind: 'SPLIT',
        sentence: `${this.#sentences.record(before.row)} ends, and the next begins, where no timeout and no end of a connection explains it`,
        records: this.#stored([before, next]),
        packets: 0,
        octets: 0,
      });
    }
  }

  #mayEnd(before: Placement, next: Placement): boolean {
    const { activeNs, inactiveNs, lingerNs, octetLimit } = this.#timeouts;
    if (this.#octets(before) > octetLimit) return true;
    const until = next.first.to + TIMER_TOLERANCE_NS;
    if (until - before.last.from >= inactiveNs || until - before.first.from >= activeNs) return true;
    const { flowEndReason, postNaptSourcePort, postNaptDestinationPort, destinationPort } = this.#records.columns;
    if (flowEndReason[before.row] === LACK_OF_RESOURCES) return true;
    const sameMapping = [postNaptSourcePort, postNaptDestinationPort, destinationPort].every(
      (column) => column[before.row] === column[next.row],
    );
    if (!sameMapping) return true;
    const { endedNs } = this.#ledger.trains;
    return this.#conversations.trainsOf(before.conversation).some((train) => {
      const endedAt = endedNs.at(train);
      return endedAt >= Math.max(0, before.first.from) && endedAt < before.last.to && until - endedAt >= lingerNs;
    });
  }

  #stored(placements: readonly Placement[]): number[] {
    return placements.map((placement) => this.#id(placement)).filter((id) => id !== LOST);
  }

  #id = ({ row }: Placement): number => this.#records.ids[row] as number;
  #packets = ({ row }: Placement): number => this.#records.columns.packetDeltaCount[row] as number;
  #octets = ({ row }: Placement): number => this.#records.columns.octetDeltaCount[row] as number;
}
