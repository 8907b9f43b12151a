import { isIPv6 } from '../../core/net/address-book.ts';
import { HEADER_DIFFERENCE_OCTETS } from '../../core/net/nat64-address.ts';
import type { Direction, Connection, PacketTrain } from '../../core/net/packet-train.ts';
import { EventQueue } from '../../core/time/event-queue.ts';
import { trueNs, type DurationNs, type TrueNs } from '../../core/time/instant.ts';

/**
 * Something that goes on for a while: it sends packet trains that start at or after the instant it is resumed, and yields
 * the instant at which it has more to do. It is never resumed earlier.
 */
export type Activity = Generator<TrueNs, void, void>;

/** What the connection's IP headers are longer than those of IPv4. */
export const longerHeaderOctets = ({ serverAddress }: Connection): number =>
  isIPv6(serverAddress) ? HEADER_DIFFERENCE_OCTETS : 0;

/**
 * Everything that is going on in the office, and the packet trains that came of it and have not left yet. An activity runs
 * only as far as time has come, so a day is never held in memory; trains leave in order, because nothing that runs later can
 * start earlier.
 */
export class Wire {
  readonly #activities = new EventQueue<Activity>();
  readonly #trains = new EventQueue<PacketTrain>();
  readonly #end: TrueNs;
  readonly #onSend: ((train: PacketTrain) => void) | undefined;
  #connections = 0;

  /** Nothing is resumed at or after `end`; `onSend` is told of each train when it is put on the wire. */
  constructor(end: TrueNs, onSend?: (train: PacketTrain) => void) {
    this.#end = end;
    this.#onSend = onSend;
  }

  /** Whether time has work: the instant of the next activity or train. */
  get nextInstant(): TrueNs | undefined {
    const activity = this.#activities.nextInstant;
    const train = this.#trains.nextInstant;
    if (train === undefined) return activity;
    return activity !== undefined && activity < train ? activity : train;
  }

  /** The number of the next connection. */
  nextConnectionId(): number {
    return this.#connections++;
  }

  /** Has the activity begin at `at`; what begins or resumes after the end is forgotten. */
  begin(at: TrueNs, activity: Activity): void {
    if (at < this.#end) this.#activities.push(at, activity);
  }

  /**
   * Puts a packet train on the wire.
   * @param intervalNs whole nanoseconds between packets; ignored for a single packet
   * @param octets octets of all packets together, as IPv4 would have them; over IPv6 each is longer by `longerHeaderOctets`
   */
  send(
    connection: Connection,
    direction: Direction,
    startNs: TrueNs,
    intervalNs: DurationNs,
    packets: number,
    octets: number,
    tcpFlagsFirst = 0,
    tcpFlags = 0,
    tcpFlagsLast = tcpFlags,
  ): void {
    const train = {
      connection,
      direction,
      startNs,
      intervalNs: packets === 1 ? 0 : intervalNs,
      packets,
      octets: octets + packets * longerHeaderOctets(connection),
      tcpFlagsFirst,
      tcpFlags,
      tcpFlagsLast,
    };
    this.#onSend?.(train);
    this.#trains.push(startNs, train);
  }

  /** Resumes every activity that is due by `now`. */
  advance(now: TrueNs): void {
    for (let at = this.#activities.nextInstant; at !== undefined && at <= now; at = this.#activities.nextInstant) {
      const activity = this.#activities.pop();
      const { done, value } = activity.next();
      if (done !== true) this.begin(trueNs(Math.max(at, value)), activity);
    }
  }

  /** The next train that starts by `now`, or `undefined`; `advance(now)` must have been called. */
  take(now: TrueNs): PacketTrain | undefined {
    const next = this.#trains.nextInstant;
    return next !== undefined && next <= now ? this.#trains.pop() : undefined;
  }
}
