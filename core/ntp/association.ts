import type { Random } from '../random/random.ts';
import { after, trueNs, type DurationNs, type TrueNs } from '../time/instant.ts';
import { ClockFilter, type PeerStatistics } from './clock-filter.ts';
import { measure, type Measurement } from './exchange.ts';
import { decodePacket, type NtpPacket } from './packet.ts';
import { PollInterval, type PollIntervalOptions } from './poll-interval.ts';
import { RequestLog, type ClockReading, type Request } from './request-log.ts';
import { referenceIdText } from './reference-id.ts';
import { CLIENT_VERSION, contentFault, distanceFault, headerFault, timeFault, trailerFault } from './reply-check.ts';
import { signed, type SymmetricKey } from './symmetric-key.ts';

export interface AssociationOptions extends PollIntervalOptions {
  /** For the requests' nonces. */
  readonly random: Pick<Random, 'int'>;
  /** When the first request leaves. */
  readonly startsAt: TrueNs;
  /** The client's own address as a reference identifier: a server that is set by it would be a loop. */
  readonly ownReferenceId?: number | undefined;
  /** Signs the requests; a reply that it has not signed is rejected. */
  readonly key?: SymmetricKey | undefined;
  /** The steps in which the client's clock is read; 1 unless told. */
  readonly resolutionNs?: DurationNs | undefined;
}

/** A datagram was the reply asked for and says something about the time, or why not. */
export type Receipt =
  | { readonly kind: 'rejected'; readonly reason: string }
  | {
      readonly kind: 'measured';
      readonly packet: NtpPacket;
      readonly measurement: Measurement;
      /** The middle of the exchange, and offset and delay as if the clock had not been corrected before or meanwhile. */
      readonly at: TrueNs;
      readonly offsetNs: DurationNs;
      readonly delayNs: DurationNs;
    };

/** The reach register has a bit for each of the last eight requests (RFC 5905 section 9.2). */
const REACH_BITS = 0xff;
const MISSES_TO_BE_UNREACHABLE = 8;

/**
 * What the client has with one server: its requests, the checks of its replies, its reach register and how often it is asked. A
 * datagram that is not the reply leaves the request open, so a made-up one cannot shut out the right one.
 */
export class Association {
  readonly filter = new ClockFilter();
  readonly #requests: RequestLog;
  readonly #ownReferenceId: number | undefined;
  readonly #key: SymmetricKey | undefined;
  readonly #resolutionNs: DurationNs | undefined;
  readonly #interval: PollInterval;
  #nextPoll: TrueNs | undefined;
  #asked = 0;
  #reach = 0;
  #last: NtpPacket | undefined;

  constructor(options: AssociationOptions) {
    this.#requests = new RequestLog(options.random);
    this.#ownReferenceId = options.ownReferenceId;
    this.#key = options.key;
    this.#resolutionNs = options.resolutionNs;
    this.#interval = new PollInterval(options);
    this.#nextPoll = options.startsAt;
  }

  /** When the next request is due; `undefined` when the server does not want to be asked again. */
  get nextPoll(): TrueNs | undefined {
    return this.#nextPoll;
  }

  /** It may yet answer one of its first `requests`, and has not so far. */
  isStillToBeHeard(requests: number): boolean {
    return this.#reach === 0 && this.#asked < requests && this.#nextPoll !== undefined;
  }

  /** The last eight requests, a bit each, the latest lowest: 1 when it got a good reply. */
  get reach(): number {
    return this.#reach;
  }

  /** None of the last eight requests got a good reply. */
  get isUnreachable(): boolean {
    return this.#reach === 0 && this.#asked >= MISSES_TO_BE_UNREACHABLE;
  }

  /** The last good reply. */
  get last(): NtpPacket | undefined {
    return this.#last;
  }

  /** What its last eight samples say together. */
  statistics(now: TrueNs): PeerStatistics | undefined {
    return this.filter.statistics(now);
  }

  /** The request that is due, as octets; what was asked before is given up. */
  ask(now: TrueNs, clock: ClockReading): Uint8Array {
    this.#asked++;
    this.#reach = (this.#reach << 1) & REACH_BITS;
    this.#interval.asked();
    if (this.isUnreachable) this.#interval.backOff();
    this.#nextPoll = after(now, this.#interval.waitNs);
    const request = this.#requests.open(now, clock);
    return this.#key === undefined ? request : signed(request, this.#key, CLIENT_VERSION);
  }

  /** Asks again soon: only a second sample tells a moved clock from an odd reply. */
  askSoon(now: TrueNs): void {
    this.#nextPoll = after(now, this.#interval.soon());
  }

  /** Whether the last sample was within what noise explains, so that the server may be asked less often. */
  adaptInterval(isSteady: boolean): void {
    this.#interval.adapt(isSteady);
  }

  /** Takes a datagram of the server; what it says about the time is for the caller to use. */
  receive(now: TrueNs, payload: Uint8Array, clock: ClockReading): Receipt {
    const packet = decodePacket(payload);
    if (packet === undefined) return rejected('short');
    const fault = trailerFault(payload, this.#key) ?? headerFault(packet);
    if (fault !== undefined) return rejected(fault);
    const request = this.#requests.close(now, packet.originTimestamp);
    if (typeof request === 'string') return rejected(request);
    // A kiss-o'-death before its timestamps: they are undefined (RFC 5905 section 7.4).
    if (packet.stratum === 0) return this.#obeyKiss(now, packet);
    return this.#measure(now, packet, request, clock);
  }

  #measure(now: TrueNs, packet: NtpPacket, { sentAt, clock: sent }: Request, clock: ClockReading): Receipt {
    const { receiveTimestamp: t2, transmitTimestamp: t3 } = packet;
    const measurement = measure({ t1: sent.timestamp, t2, t3, t4: clock.timestamp }, packet.precision, this.#resolutionNs);
    const fault =
      this.#replayFault(packet) ??
      contentFault(packet) ??
      timeFault(measurement) ??
      distanceFault(packet, measurement, this.#interval.intervalNs) ??
      this.#loopFault(packet);
    if (fault !== undefined) return rejected(fault);
    this.#last = packet;
    this.#reach |= 1;
    this.#interval.answered();
    this.#nextPoll = after(sentAt, this.#interval.waitNs);
    return {
      kind: 'measured',
      packet,
      measurement,
      at: trueNs((sentAt + now) / 2),
      offsetNs: measurement.offsetNs + (sent.correctedNs + clock.correctedNs) / 2,
      delayNs: Math.max(0, measurement.delayNs - (clock.correctedNs - sent.correctedNs)),
    };
  }

  /** RFC 5905 section 7.4; what is not known is left alone. */
  #obeyKiss(now: TrueNs, packet: NtpPacket): Receipt {
    const code = referenceIdText(packet.referenceId);
    if (code === 'DENY' || code === 'RSTR') this.#nextPoll = undefined;
    if (code === 'RATE') {
      this.#interval.slowDown();
      this.#nextPoll = after(now, this.#interval.intervalNs);
    }
    return rejected(`kiss-${code}`);
  }

  /** A server's clock that has not moved since its last reply is not one. */
  #replayFault({ transmitTimestamp }: NtpPacket): string | undefined {
    return transmitTimestamp !== 0n && transmitTimestamp === this.#last?.transmitTimestamp ? 'replayed' : undefined;
  }

  /** Above stratum 1 the reference identifier names whom the server is set by (RFC 5905 section A.5.5.3). */
  #loopFault({ stratum, referenceId }: NtpPacket): string | undefined {
    return stratum > 1 && referenceId === this.#ownReferenceId ? 'loop' : undefined;
  }
}

const rejected = (reason: string): Receipt => ({ kind: 'rejected', reason });
