import type { Random } from '../random/random.ts';
import { NS_PER_S, type DurationNs, type TrueNs } from '../time/instant.ts';
import { encodePacket, NTP_MODE } from './packet.ts';
import { CLIENT_VERSION } from './reply-check.ts';

/** The client's clock at one instant. */
export interface ClockReading {
  readonly timestamp: bigint;
  /** By how much the clock had been corrected by then. */
  readonly correctedNs: DurationNs;
}

export interface Request {
  readonly nonce: bigint;
  readonly sentAt: TrueNs;
  readonly clock: ClockReading;
}

/** A reply that takes longer says too little about the time. */
const REPLY_TIMEOUT_NS = 2 * NS_PER_S;
/** Requests remembered to tell a second or a late reply from one that was made up. */
const REMEMBERED_REQUESTS = 8;

/**
 * The requests made to one server, of which the last may still be waiting. A request tells nothing about the client: its transmit
 * timestamp is random and serves as a nonce, the real one stays here.
 */
export class RequestLog {
  readonly #random: Pick<Random, 'int'>;
  #pending: Request | undefined;
  #answered: bigint[] = [];
  #expired: bigint[] = [];

  constructor(random: Pick<Random, 'int'>) {
    this.#random = random;
  }

  /** A new request as octets; one that was waiting is given up. */
  open(now: TrueNs, clock: ClockReading): Uint8Array {
    if (this.#pending !== undefined) remember(this.#expired, this.#pending.nonce);
    this.#pending = { nonce: this.#nonce(), sentAt: now, clock };
    return requestWith(this.#pending.nonce);
  }

  /** The request an origin timestamp answers, which thereby is closed, or why it answers none (RFC 5905 section 8). */
  close(now: TrueNs, origin: bigint): Request | 'late' | 'duplicate' | 'origin' {
    const pending = this.#pending;
    if (pending?.nonce === origin) {
      if (now - pending.sentAt > REPLY_TIMEOUT_NS) return 'late';
      this.#pending = undefined;
      remember(this.#answered, origin);
      return pending;
    }
    if (this.#answered.includes(origin)) return 'duplicate';
    return this.#expired.includes(origin) ? 'late' : 'origin';
  }

  /** 64 random bits, never 0, which a server may take for "unknown". */
  #nonce(): bigint {
    const high = BigInt(this.#random.int(0, 0xffffffff));
    return (high << 32n) | BigInt(this.#random.int(1, 0xffffffff));
  }
}

/** All fields but the first octet and the nonce are 0 (RFC 4330 section 5), so nothing is told that is not needed. */
const requestWith = (nonce: bigint): Uint8Array =>
  encodePacket({
    leap: 0,
    version: CLIENT_VERSION,
    mode: NTP_MODE.client,
    stratum: 0,
    poll: 0,
    precision: 0,
    rootDelayS: 0,
    rootDispersionS: 0,
    referenceId: 0,
    referenceTimestamp: 0n,
    originTimestamp: 0n,
    receiveTimestamp: 0n,
    transmitTimestamp: nonce,
  });

function remember(nonces: bigint[], nonce: bigint): void {
  nonces.push(nonce);
  if (nonces.length > REMEMBERED_REQUESTS) nonces.shift();
}
