import { LEAP_UNSYNCHRONISED, NTP_MODE, decodePacket, encodePacket, type NtpPacket } from '../core/ntp/packet.ts';
import { referenceIdOf } from '../core/ntp/reference-id.ts';
import type { Endpoint } from '../core/net/endpoint.ts';
import { ntpTimestamp } from '../core/ntp/timestamp.ts';
import { NS_PER_S, wallNs, type Epoch, type TrueNs, type WallNs } from '../core/time/instant.ts';
import type { Machine } from '../core/time/machine.ts';
import type { VirtualClock } from '../core/time/virtual-clock.ts';
import { requestFault, REQUEST_FAULTS, type RequestFault } from './request-check.ts';

export interface NtpServerOptions {
  readonly clock: VirtualClock;
  readonly epoch: Epoch;
  /** 1..15, or 16 for a server that says it is not synchronised; 1 unless told. */
  readonly stratum?: number;
  /** Binary logarithm of the clock's precision in seconds; -20, about 1 us, unless told. */
  readonly precision?: number;
}

/** One request; `Address` is whatever the driver calls an endpoint. */
export interface ServerRequest<Address> {
  readonly payload: Uint8Array;
  readonly source: Address;
}

export interface ServerReply<Address> {
  readonly payload: Uint8Array;
  readonly destination: Address;
}

/** Datagrams by what became of them. */
export type NtpServerCounters = Readonly<Record<'responded' | RequestFault | 'backlog', number>>;

const UNSYNCHRONISED_STRATUM = 16;
/** The server reads its reference clock so often; it is what the reference timestamp and the dispersion's growth show. */
const REFERENCE_INTERVAL_NS = 64 * NS_PER_S;
/** An oscillator's tolerance: dispersion gained for each second (RFC 5905 section 7.2, PHI). */
const PHI = 15e-6;
/** Replies nobody has fetched; further requests are ignored. */
const MAX_REPLIES = 1_024;

/**
 * A stateless SNTP server (RFC 5905 section 14): a client's request is answered with the readings of the server's clock,
 * everything else is ignored and counted. A reply is never longer than its request, so nothing can be amplified.
 */
export class NtpServer<Address = Endpoint> implements Machine<ServerRequest<Address>, ServerReply<Address>> {
  readonly #clock: VirtualClock;
  readonly #epoch: Epoch;
  readonly #stratum: number;
  readonly #precision: number;
  readonly #replies: ServerReply<Address>[] = [];
  readonly #counters: Record<keyof NtpServerCounters, number>;

  constructor({ clock, epoch, stratum = 1, precision = -20 }: NtpServerOptions) {
    this.#clock = clock;
    this.#epoch = epoch;
    this.#stratum = stratum;
    this.#precision = precision;
    const faults = Object.fromEntries(REQUEST_FAULTS.map((fault) => [fault, 0])) as Record<RequestFault, number>;
    this.#counters = { responded: 0, ...faults, backlog: 0 };
  }

  /** How many datagrams were answered, and how many ignored for which reason. */
  get counters(): NtpServerCounters {
    return this.#counters;
  }

  /** Takes a datagram that arrived at `now`; the reply, if there is one, leaves at the same instant. */
  handle(now: TrueNs, { payload, source }: ServerRequest<Address>): void {
    const request = decodePacket(payload);
    const fault = requestFault(payload.length, request);
    if (fault !== undefined || request === undefined) {
      this.#counters[fault ?? 'short']++;
      return;
    }
    if (this.#replies.length >= MAX_REPLIES) {
      this.#counters.backlog++;
      return;
    }
    this.#counters.responded++;
    this.#replies.push({ payload: encodePacket(this.#replyTo(request, this.#clock.read(now))), destination: source });
  }

  /** Nothing: the server keeps no state that could become due. */
  handleTimeout(_now: TrueNs): void {}

  nextTimeout(): undefined {
    return undefined;
  }

  /** The next reply to send, or `undefined`. */
  poll(): ServerReply<Address> | undefined {
    return this.#replies.shift();
  }

  /** RFC 5905 figure 31: version, poll and the client's transmit timestamp come back bit by bit. */
  #replyTo(request: NtpPacket, wall: WallNs): NtpPacket {
    const isSynchronised = this.#stratum < UNSYNCHRONISED_STRATUM;
    const readAt = referenceReading(wall);
    const timestamp = ntpTimestamp(this.#epoch, wall);
    return {
      leap: isSynchronised ? 0 : LEAP_UNSYNCHRONISED,
      version: request.version,
      mode: NTP_MODE.server,
      // Stratum 16 is 0 on the wire (RFC 5905 section 7.3).
      stratum: isSynchronised ? this.#stratum : 0,
      poll: request.poll,
      precision: this.#precision,
      rootDelayS: 0,
      rootDispersionS: 2 ** this.#precision + PHI * ((wall - readAt) / NS_PER_S),
      referenceId: referenceId(this.#stratum),
      referenceTimestamp: isSynchronised ? ntpTimestamp(this.#epoch, readAt) : 0n,
      originTimestamp: request.transmitTimestamp,
      receiveTimestamp: timestamp,
      transmitTimestamp: timestamp,
    };
  }
}

/** The last time the reference clock was read: before now, because clients distrust a reference timestamp that is the present. */
const referenceReading = (wall: WallNs): WallNs => wallNs((Math.ceil(wall / REFERENCE_INTERVAL_NS) - 1) * REFERENCE_INTERVAL_NS);

/** A name of the experimental range at stratum 1, else the address by which NTP calls a local clock; INIT before synchronisation. */
function referenceId(stratum: number): number {
  if (stratum === 1) return referenceIdOf('XLAB');
  return stratum < UNSYNCHRONISED_STRATUM ? 0x7f7f0101 : referenceIdOf('INIT');
}
