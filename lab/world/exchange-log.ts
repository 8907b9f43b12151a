import { wallOfTimestamp } from '../../core/ntp/timestamp.ts';
import type { NtpPacket } from '../../core/ntp/packet.ts';
import { NS_PER_S, type DurationNs, type Epoch, type TrueNs, type WallNs } from '../../core/time/instant.ts';

/** A request on its way, as its sender left it. */
export interface Departure {
  readonly server: string;
  readonly trueNs: TrueNs;
  readonly wallNs: WallNs;
}

/**
 * One exchange with an NTP server: the four instants of RFC 5905 figure 15 in truth and by the clock that took each, the client's T1 and T4,
 * the server's T2 and T3. T3 in truth is T2's instant: the lab's servers answer at once.
 */
export interface Exchange {
  readonly server: string;
  readonly trueT1Ns: TrueNs;
  readonly trueT2Ns: TrueNs;
  readonly trueT4Ns: TrueNs;
  readonly t1Ns: WallNs;
  readonly t2Ns: WallNs;
  readonly t3Ns: WallNs;
  readonly t4Ns: WallNs;
  /** `((T2 - T1) + (T3 - T4)) / 2`: what the server's clock is ahead, if both ways take as long. */
  readonly offsetNs: DurationNs;
  /** `(T4 - T1) - (T3 - T2)`. */
  readonly delayNs: DurationNs;
  /** How far the offset can be off by what server and network say of themselves (RFC 5905 section 10: half of all delay, and dispersion). */
  readonly boundNs: DurationNs;
  /** What the client did about it: `step`, `slew` or `none`, else why the reply was rejected. */
  readonly outcome: string;
}

/** The newest are kept: three months of one server asked every 64 s. */
const MAX_EXCHANGES = 120_000;

/** Every reply a device got from its NTP servers, with the truth beside it. */
export class ExchangeLog {
  /** The oldest first; the list is the log's own. */
  readonly exchanges: readonly Exchange[];
  readonly #exchanges: Exchange[] = [];
  readonly #epoch: Epoch;

  constructor(epoch: Epoch) {
    this.exchanges = this.#exchanges;
    this.#epoch = epoch;
  }

  /** A reply has arrived at `trueT4Ns`, when the client's clock showed `t4Ns`; returns the exchange it ends. */
  note(departure: Departure, trueT2Ns: TrueNs, reply: NtpPacket, trueT4Ns: TrueNs, t4Ns: WallNs, outcome: string): Exchange {
    const { server, trueNs: trueT1Ns, wallNs: t1Ns } = departure;
    const t2Ns = wallOfTimestamp(reply.receiveTimestamp, this.#epoch, t4Ns);
    const t3Ns = wallOfTimestamp(reply.transmitTimestamp, this.#epoch, t4Ns);
    const delayNs = t4Ns - t1Ns - (t3Ns - t2Ns);
    const exchange: Exchange = {
      server,
      trueT1Ns,
      trueT2Ns,
      trueT4Ns,
      t1Ns,
      t2Ns,
      t3Ns,
      t4Ns,
      offsetNs: (t2Ns - t1Ns + (t3Ns - t4Ns)) / 2,
      delayNs,
      boundNs: Math.max(0, delayNs) / 2 + (reply.rootDelayS / 2 + reply.rootDispersionS) * NS_PER_S,
      outcome,
    };
    this.#exchanges.push(exchange);
    // Seldom, so that it costs nothing a reply.
    if (this.#exchanges.length >= 2 * MAX_EXCHANGES) this.#exchanges.splice(0, MAX_EXCHANGES);
    return exchange;
  }
}
