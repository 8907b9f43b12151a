/** A hole in the numbers: `count` Data Records from `from` on. */
interface Gap {
  from: number;
  count: number;
}

/** The number of a Message, and that of the one after it. */
interface Span {
  readonly sequence: number;
  readonly next: number;
}

/** What a Message's sequence number said. */
export type SequenceVerdict = 'in-order' | 'gap' | 'reordered' | 'late' | 'suspect' | 'restart';

export interface SequenceLimits {
  readonly restartRecords: number;
  readonly maxGaps: number;
  readonly sessionsBeginAtZero: boolean;
}

/** How many Messages after a session's first one may still turn out to have been sent before it. */
const EARLY_MESSAGES = 64;

/** How long a datagram may be on its way at most: the life of a segment (RFC 793 section 3.3). */
const LATE_US = 120e6;

/** Signed distance on the circle of 2^32 numbers. */
const distance = (from: number, to: number): number => (to - from) | 0;

/**
 * Counts what is missing by the Sequence Numbers of one session: each Message carries the count of all Data Records sent
 * before it, modulo 2^32 (RFC 7011 section 3.1). Holes are kept, so a late Message takes its records back from the lost. A number that fits
 * nowhere is no restart yet, for any datagram may come very late: the exporter counts from anew when the next Message goes on from there. Nor
 * are Messages that left the exporter before the one that is furthest: a restarted exporter does not go back in time, unless its clock does, and
 * then for no longer than a datagram may be late.
 */
export class SequenceTracker {
  /** Data Records missing now. */
  lost = 0;
  restarts = 0;
  /** Messages whose number fitted nowhere, and none went on from. */
  strays = 0;
  readonly #limits: SequenceLimits;
  #gaps: Gap[] = [];
  #messages = 0;
  /** The lowest number the session is known to have used, and the one expected next. */
  #first = 0;
  #next = 0;
  /** When the Message that is furthest left, in microseconds by the exporter's clock. */
  #leftUs = 0;
  /** The Message before, if its number fitted nowhere. */
  #suspect: Span | undefined;

  constructor(limits: SequenceLimits) {
    this.#limits = limits;
  }

  /**
   * A Message that is no duplicate, with the number of Data Records that could be counted in it, and its Export Time in microseconds, without which late
   * Messages that continue each other look like a restart.
   */
  message(sequence: number, records: number, exportTimeUs = 0): SequenceVerdict {
    if (this.#messages++ === 0) {
      const start = this.#limits.sessionsBeginAtZero && sequence <= this.#limits.restartRecords ? 0 : sequence;
      this.#begin(start);
    }
    // One without records that lies behind may be of any time: it neither raises a doubt nor settles one.
    const ahead = distance(this.#next, sequence);
    if (records === 0 && ahead < 0 && -ahead <= this.#limits.restartRecords) return 'in-order';
    const verdict = this.#place(sequence, records, ahead);
    if (verdict === 'suspect') return this.#doubt(sequence, records, exportTimeUs);
    if (verdict !== 'reordered') this.#leftUs = exportTimeUs;
    if (this.#suspect !== undefined) this.strays++;
    this.#suspect = undefined;
    return verdict;
  }

  /** Records of an earlier Message that could only be counted now. Returns how many of them had been missing. */
  fill(sequence: number, records: number): number {
    let filled = 0;
    const left: Gap[] = [];
    for (const gap of this.#gaps) {
      const start = Math.max(0, distance(gap.from, sequence));
      const end = Math.min(gap.count, distance(gap.from, sequence) + records);
      if (end <= start) {
        left.push(gap);
        continue;
      }
      filled += end - start;
      if (start > 0) left.push({ from: gap.from, count: start });
      if (end < gap.count) left.push({ from: (gap.from + end) >>> 0, count: gap.count - end });
    }
    if (filled > 0) this.#gaps = left;
    this.lost -= filled;
    // A Message in front of everything, counted late: nothing was missing, but the next number moves on.
    const beyond = distance(this.#next, (sequence + records) >>> 0);
    if (beyond > 0 && beyond <= records) this.#next = (sequence + records) >>> 0;
    return filled;
  }

  #begin(sequence: number): void {
    this.#first = sequence;
    this.#next = sequence;
    this.#gaps = [];
  }

  #place(sequence: number, records: number, ahead: number): SequenceVerdict {
    if (Math.abs(ahead) > this.#limits.restartRecords) return 'suspect';
    if (ahead >= 0) return this.#forward(sequence, records, ahead);
    if (this.#messages <= EARLY_MESSAGES && distance(sequence, this.#first) > 0) return this.#before(sequence, records);
    // Numbers that were used already, for other content, fit nowhere either.
    return this.fill(sequence, records) === 0 ? 'suspect' : 'reordered';
  }

  #forward(sequence: number, records: number, ahead: number): SequenceVerdict {
    if (ahead > 0) this.#open(this.#next, ahead);
    this.#next = (sequence + records) >>> 0;
    return ahead > 0 ? 'gap' : 'in-order';
  }

  /** Sent before the Message that was seen first: what lies between them is missing so far. */
  #before(sequence: number, records: number): SequenceVerdict {
    const between = distance(sequence, this.#first) - records;
    if (between > 0) this.#open((sequence + records) >>> 0, between);
    this.#first = sequence;
    return 'reordered';
  }

  /** A number that fits nowhere: late, or perhaps of an exporter that has begun anew. */
  #doubt(sequence: number, records: number, exportTimeUs: number): SequenceVerdict {
    const lateUs = this.#leftUs - exportTimeUs;
    if (lateUs > 0 && lateUs <= LATE_US) {
      this.strays++;
      return 'late';
    }
    const verdict = this.#compare(sequence, records);
    if (verdict === 'restart') this.#leftUs = exportTimeUs;
    return verdict;
  }

  /** Whether the exporter counts from anew where the Message before could not be placed, or this one, too, may be alone. */
  #compare(sequence: number, records: number): SequenceVerdict {
    const before = this.#suspect;
    const now = { sequence, next: (sequence + records) >>> 0 };
    if (before !== undefined) {
      const ahead = distance(before.next, sequence);
      if (ahead >= 0 && ahead <= this.#limits.restartRecords) return this.#restart(before, now);
      // The first two have overtaken each other.
      if (now.next === before.sequence) return this.#restart(now, before);
      this.strays++;
    }
    this.#suspect = now;
    return 'suspect';
  }

  #restart(first: Span, second: Span): SequenceVerdict {
    this.restarts++;
    this.#messages = 2;
    this.#suspect = undefined;
    this.#begin(first.sequence);
    this.#forward(first.sequence, distance(first.sequence, first.next), 0);
    this.#forward(second.sequence, distance(second.sequence, second.next), distance(first.next, second.sequence));
    return 'restart';
  }

  #open(from: number, count: number): void {
    this.lost += count;
    this.#gaps.push({ from, count });
    if (this.#gaps.length > this.#limits.maxGaps) this.#gaps.shift();
  }
}
