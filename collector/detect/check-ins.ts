import { PROTOCOL_TCP, TCP_SYN } from '../../core/net/packet-train.ts';
import type { InsideFlows } from './inside-flows.ts';
import { rhythmOf, type Rhythm } from './rhythm.ts';

/** Check-ins whose times and sizes are kept; a rhythm shows in the latest ones. */
const MAX_KEPT = 64;
/** Connections to one server that are open at a time and still told apart. */
const MAX_OPEN = 8;
/** Silence after which datagrams from the same port are another check-in: longer than any device repeats a question. */
const QUIET_MS = 30_000;

interface CheckIn {
  readonly insidePort: number;
  readonly startMs: number;
  endMs: number;
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
  /** Of those that are kept, until one is added to or joins them. */
  #rhythm: Rhythm | undefined;

  /** Whether the row begins a new one. */
  add(flows: InsideFlows, row: number): boolean {
    const [insidePort, startMs] = [flows.insidePort[row] as number, flows.startMs[row] as number];
    const [endMs, octets] = [flows.endMs[row] as number, flows.octets[row] as number];
    this.#rhythm = undefined;
    const known = this.#open.findLast((checkIn) => checkIn.insidePort === insidePort);
    if (known !== undefined && !isAnother(flows, row, known.endMs)) {
      known.octets += octets;
      known.endMs = Math.max(known.endMs, endMs);
      return false;
    }
    const checkIn = { insidePort, startMs, endMs, octets };
    this.count++;
    if (this.#open.push(checkIn) > MAX_OPEN) this.#open.shift();
    const later = this.#kept.findLastIndex((other) => other.startMs <= startMs);
    this.#kept.splice(later + 1, 0, checkIn);
    if (this.#kept.length > MAX_KEPT) this.#kept.shift();
    return true;
  }

  /** Of at least two. */
  get rhythm(): Rhythm {
    return (this.#rhythm ??= rhythmOf(this.#kept));
  }
}

/** Whether a row from the port of a check-in is of another one: the program always calls from the same port. */
function isAnother(flows: InsideFlows, row: number, endMs: number): boolean {
  const startMs = flows.startMs[row] as number;
  // A connection that stays open is silent now and then; another begins with a SYN.
  if (flows.protocol[row] === PROTOCOL_TCP) return startMs > endMs && ((flows.tcpControlBits[row] as number) & TCP_SYN) !== 0;
  return startMs > endMs + QUIET_MS;
}
