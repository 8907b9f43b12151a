import type { InsideFlows } from './inside-flows.ts';

/** Check-ins whose times and sizes are kept; a rhythm shows in the latest ones. */
const MAX_KEPT = 64;
/** Connections to one server that are open at a time and still told apart. */
const MAX_OPEN = 8;

/** How check-ins follow each other: gaps between begins in milliseconds, sizes in octets of both directions. */
export interface Rhythm {
  readonly spanMs: number;
  readonly meanGapMs: number;
  /** Median, lower quartile and highest tenth. */
  readonly gapMs: number;
  readonly lowerGapMs: number;
  readonly highGapMs: number;
  /** Median distance from the median. */
  readonly gapDeviationMs: number;
  readonly meanOctets: number;
  /** Median, and the distance between the quartiles. */
  readonly octets: number;
  readonly octetsSpread: number;
}

interface CheckIn {
  insidePort: number;
  startMs: number;
  octets: number;
}

/** The connections of a device with one port of a server. Records of the same connection are one check-in. */
export class CheckIns {
  /** How many there were. */
  count = 0;
  /** By their begin. */
  readonly #kept: CheckIn[] = [];
  /** The latest that came. */
  readonly #open: CheckIn[] = [];

  /** Whether the row begins a new one. */
  add(flows: InsideFlows, row: number): boolean {
    const [insidePort, startMs] = [flows.insidePort[row] as number, flows.startMs[row] as number];
    const octets = flows.octets[row] as number;
    const known = this.#open.find((checkIn) => checkIn.insidePort === insidePort);
    if (known !== undefined) {
      known.octets += octets;
      return false;
    }
    const checkIn = { insidePort, startMs, octets };
    this.count++;
    if (this.#open.push(checkIn) > MAX_OPEN) this.#open.shift();
    const later = this.#kept.findLastIndex((other) => other.startMs <= startMs);
    this.#kept.splice(later + 1, 0, checkIn);
    if (this.#kept.length > MAX_KEPT) this.#kept.shift();
    return true;
  }

  /** Of at least two. */
  get rhythm(): Rhythm {
    const starts = this.#kept.map(({ startMs }) => startMs);
    const gaps = ascending(starts.slice(1).map((startMs, index) => startMs - (starts[index] as number)));
    const sizes = ascending(this.#kept.map(({ octets }) => octets));
    const spanMs = (starts.at(-1) ?? 0) - (starts[0] ?? 0);
    const gapMs = quantile(gaps, 0.5);
    return {
      spanMs,
      meanGapMs: spanMs / gaps.length,
      gapMs,
      lowerGapMs: quantile(gaps, 0.25),
      highGapMs: quantile(gaps, 0.9),
      gapDeviationMs: quantile(ascending(gaps.map((gap) => Math.abs(gap - gapMs))), 0.5),
      meanOctets: sizes.reduce((sum, octets) => sum + octets, 0) / sizes.length,
      octets: quantile(sizes, 0.5),
      octetsSpread: quantile(sizes, 0.75) - quantile(sizes, 0.25),
    };
  }
}

const ascending = (values: number[]): number[] => values.sort((one, other) => one - other);

/** Of ascending values: the one below which the part lies. */
const quantile = (values: readonly number[], part: number): number => values[Math.floor(part * (values.length - 1))] ?? 0;
