import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Session } from '../transport/session.ts';
import type { Activity } from '../wire.ts';

/** What is played, over which connection. */
export interface Playback {
  readonly session: Session;
  readonly durationNs: DurationNs;
  /** Octets of IP packets, both directions, opening and closing included. */
  readonly octets: number;
  /** The player fetches a chunk this often. */
  readonly cycleNs: DurationNs;
  /** The viewer stops for this long in the middle; no more than half of `durationNs`. */
  readonly pauseNs?: DurationNs;
}

const CHUNK_BITS_PER_SECOND = 25_000_000;
/** A chunk takes no more than this part of its cycle, or playback would stop. */
const BUSY_PART = 0.6;
/** The player fills its buffer first, with about this much of the film (30 to 40 s are seen of YouTube). */
const BUFFER_NS = 35 * NS_PER_S;
/** A chunk smaller than this is not worth a request; little data means fewer chunks. */
const MIN_CHUNK_OCTETS = 2_000;

/**
 * Plays from `begin` for exactly `durationNs`, as ON/OFF chunks (Rao et al. 2011, arXiv 1111.0948): the first packet leaves
 * at `begin`, the last packet of all passes at the end.
 */
export function* play(begin: TrueNs, playback: Playback, random: Random): Activity {
  const { session, durationNs } = playback;
  let left = playback.octets - session.overheadOctets;
  const pauseNs = Math.min(playback.pauseNs ?? 0, durationNs / 2);
  const playedNs = durationNs - pauseNs;
  const chunks = Math.max(1, Math.min(Math.round(playedNs / playback.cycleNs), Math.floor(left / MIN_CHUNK_OCTETS)));
  const cycleNs = Math.floor(playedNs / chunks);
  const firstWeight = Math.max(1, BUFFER_NS / cycleNs);
  const lastAt = after(begin, durationNs - session.closeNs);
  const ready = session.open(begin);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const isLast = chunk === chunks - 1;
    const octets = isLast ? left : chunkOctets(left, chunks - chunk, chunk === 0 ? firstWeight : random.uniform(0.75, 1.25));
    left -= octets;
    const bitsPerSecond = Math.max(CHUNK_BITS_PER_SECOND, (octets * 8 * NS_PER_S) / (cycleNs * BUSY_PART));
    const planned = isLast
      ? lastAt - session.transferNs('down', octets, bitsPerSecond)
      : begin + chunk * cycleNs + (2 * chunk > chunks ? pauseNs : 0);
    const start = trueNs(Math.max(ready, planned));
    yield start;
    session.transfer('down', start, octets, bitsPerSecond);
  }
  yield lastAt;
  session.close(lastAt);
}

/** `weight` even shares of what is left, never so much that the chunks to come would be left with too little. */
function chunkOctets(left: number, chunksLeft: number, weight: number): number {
  const share = weight / (chunksLeft + Math.max(0, weight - 1));
  return Math.floor(Math.min(left * share, left - (left / chunksLeft) * 0.5 * (chunksLeft - 1)));
}
