import type { DurationNs } from '../time/instant.ts';

/** What one server says about the clock: its error lies within `rootDistanceNs` of `offsetNs`, if the server is right. */
export interface Candidate {
  readonly server: string;
  readonly stratum: number;
  readonly offsetNs: DurationNs;
  readonly rootDistanceNs: DurationNs;
  readonly jitterNs: DurationNs;
}

export interface Selection<T extends Candidate = Candidate> {
  /** Whom to follow, best first; empty when no majority agrees. */
  readonly survivors: readonly T[];
  /** Whose interval has nothing in common with the majority's; empty when there is no majority. */
  readonly falsetickers: readonly T[];
}

/** Servers the cluster algorithm does not go below (RFC 5905 section 7.2, NMIN). */
const MIN_SURVIVORS = 3;
/** What a stratum counts in milliseconds of distance is plenty: a lower stratum comes first (RFC 5905 section A.5.5.1, MAXDIST). */
const STRATUM_NS = 1e9;

/** Selects whom to believe: the intersection and cluster algorithms of RFC 5905 sections 11.2.1 and 11.2.2. */
export function selectServers<T extends Candidate>(candidates: readonly T[]): Selection<T> {
  const interval = intersection(candidates);
  if (interval === undefined) return { survivors: [], falsetickers: [] };
  const { lowNs, highNs } = interval;
  const isTrue = ({ offsetNs }: T): boolean => offsetNs >= lowNs && offsetNs <= highNs;
  const isFalse = ({ offsetNs, rootDistanceNs }: T): boolean =>
    offsetNs - rootDistanceNs > highNs || offsetNs + rootDistanceNs < lowNs;
  return { survivors: cluster(candidates.filter(isTrue)), falsetickers: candidates.filter(isFalse) };
}

/** The weighted mean of what the survivors say, each by the inverse of its root distance (RFC 5905 section 11.2.3). */
export function combine<T extends Candidate>(survivors: readonly T[], value: (survivor: T) => number): number {
  let total = 0;
  let sum = 0;
  for (const survivor of survivors) {
    const weight = 1 / Math.max(1, survivor.rootDistanceNs);
    total += weight;
    sum += weight * value(survivor);
  }
  return sum / total;
}

/**
 * The smallest interval that holds points of more than half of all correctness intervals, with no more midpoints outside than
 * there are servers taken for wrong. Marzullo's algorithm as RFC 5905 section A.5.5.1 has it.
 */
function intersection(candidates: readonly Candidate[]): { lowNs: DurationNs; highNs: DurationNs } | undefined {
  const edges = candidates
    .flatMap(({ offsetNs, rootDistanceNs }) => [
      { atNs: offsetNs - rootDistanceNs, kind: -1 },
      { atNs: offsetNs, kind: 0 },
      { atNs: offsetNs + rootDistanceNs, kind: 1 },
    ])
    .sort((a, b) => a.atNs - b.atNs || a.kind - b.kind);
  const backwards = edges.toReversed().map(({ atNs, kind }) => ({ atNs, kind: -kind }));
  for (let wrong = 0; 2 * wrong < candidates.length; wrong++) {
    const low = firstPoint(edges, candidates.length - wrong);
    const high = firstPoint(backwards, candidates.length - wrong);
    if (low === undefined || high === undefined || low.midpoints + high.midpoints > wrong) continue;
    if (high.atNs >= low.atNs) return { lowNs: low.atNs, highNs: high.atNs };
  }
  return undefined;
}

/** Where `enough` intervals first overlap, and how many midpoints were passed on the way. */
function firstPoint(edges: readonly { atNs: number; kind: number }[], enough: number) {
  let overlapping = 0;
  let midpoints = 0;
  for (const { atNs, kind } of edges) {
    overlapping -= kind;
    if (overlapping >= enough) return { atNs, midpoints };
    if (kind === 0) midpoints++;
  }
  return undefined;
}

/** Leaves out whoever is furthest from the others, as long as that improves on the servers' own jitter. */
function cluster<T extends Candidate>(truechimers: readonly T[]): T[] {
  const survivors = truechimers.toSorted((a, b) => merit(a) - merit(b));
  while (survivors.length > MIN_SURVIVORS) {
    const spreads = survivors.map((one) => rootMeanSquare(survivors.map((other) => other.offsetNs - one.offsetNs)));
    const worst = Math.max(...spreads);
    if (worst <= Math.min(...survivors.map(({ jitterNs }) => jitterNs))) break;
    survivors.splice(spreads.lastIndexOf(worst), 1);
  }
  return survivors;
}

const merit = ({ stratum, rootDistanceNs }: Candidate): number => stratum * STRATUM_NS + rootDistanceNs;

const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / Math.max(1, values.length - 1));
