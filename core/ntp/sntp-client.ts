import type { Random } from '../random/random.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type DurationNs, type Epoch, type TrueNs } from '../time/instant.ts';
import type { Machine } from '../time/machine.ts';
import { ClockDiscipline, type AdjustableClock } from './discipline.ts';
import { measure } from './exchange.ts';
import { decodePacket, encodePacket, NTP_MODE, type NtpPacket } from './packet.ts';
import { referenceIdText } from './reference-id.ts';
import { CLIENT_VERSION, contentFault, headerFault, timeFault } from './reply-check.ts';
import { ntpTimestamp } from './timestamp.ts';

export interface SntpClientOptions {
  /** The clock that is read for timestamps and corrected by samples. */
  readonly clock: AdjustableClock;
  readonly epoch: Epoch;
  /** For the first request's instant and the requests' nonces. */
  readonly random: Random;
  /** Seconds between two requests after the first four; 64 unless told. */
  readonly pollIntervalS?: number;
  /** A larger error is stepped, a smaller one slewed; 128 ms unless told. */
  readonly stepThresholdMs?: number;
  /** The fastest slew, in parts per million; 500 unless told. */
  readonly maxSlewPpm?: number;
  /** When the first request leaves, since the epoch; a random 0..1000 ms unless told. */
  readonly initialDelayMs?: number;
}

export interface SntpInput {
  readonly kind: 'datagram';
  readonly payload: Uint8Array;
}

export type SntpOutput =
  | { readonly kind: 'send'; readonly payload: Uint8Array }
  | { readonly kind: 'sample'; readonly offsetNs: DurationNs; readonly delayNs: DurationNs; readonly action: 'step' | 'slew' }
  | { readonly kind: 'rejected'; readonly reason: string };

interface Request {
  readonly nonce: bigint;
  /** The client's clock when the request left. */
  readonly t1: bigint;
  readonly sentAt: TrueNs;
}

/** Requests sent in quick succession at the start, so that a clock is right within seconds. */
const BURST_POLLS = 4;
const BURST_INTERVAL_NS = 2 * NS_PER_S;
/** A reply that takes longer says too little about the time. */
const REPLY_TIMEOUT_NS = 2 * NS_PER_S;
/** RATE raises the interval no further (RFC 8633 section 5.4). */
const MAX_POLL_INTERVAL_NS = 8_192 * NS_PER_S;
/** Requests remembered to tell a second or a late reply from one that was made up. */
const REMEMBERED_REQUESTS = 8;
/** Outputs nobody has fetched; more replies than that are dropped unread. */
const MAX_OUTPUTS = 256;

/**
 * An SNTP client (RFC 4330, RFC 5905 section 14) that keeps one virtual clock by one server. Timestamps are the clock's own
 * readings. A request tells nothing about the client: its transmit timestamp is random and serves as a nonce, the real one
 * stays here. A datagram that is not the reply leaves the request open, so a made-up one cannot shut out the right one.
 */
export class SntpClient implements Machine<SntpInput, SntpOutput> {
  readonly #clock: AdjustableClock;
  readonly #epoch: Epoch;
  readonly #random: Random;
  readonly #discipline: ClockDiscipline;
  readonly #outputs: SntpOutput[] = [];
  #intervalNs: DurationNs;
  #burstPolls = BURST_POLLS;
  #nextPoll: TrueNs | undefined;
  #pending: Request | undefined;
  #answered: bigint[] = [];
  #expired: bigint[] = [];

  constructor(options: SntpClientOptions) {
    const { clock, stepThresholdMs = 128, maxSlewPpm = 500 } = options;
    this.#clock = clock;
    this.#epoch = options.epoch;
    this.#random = options.random;
    this.#discipline = new ClockDiscipline({ clock, stepThresholdMs, maxSlewPpm });
    this.#intervalNs = Math.round((options.pollIntervalS ?? 64) * NS_PER_S);
    this.#nextPoll = trueNs(Math.round((options.initialDelayMs ?? options.random.uniform(0, 1_000)) * NS_PER_MS));
  }

  /** The frequency correction the client has arrived at, in parts per million. */
  get frequencyPpm(): number {
    return this.#discipline.frequencyPpm;
  }

  handle(now: TrueNs, { payload }: SntpInput): void {
    if (this.#outputs.length >= MAX_OUTPUTS) return;
    const t4 = ntpTimestamp(this.#epoch, this.#clock.read(now));
    const packet = decodePacket(payload);
    if (packet === undefined) return this.#reject('short');
    const fault = headerFault(packet) ?? this.#originFault(now, packet.originTimestamp);
    if (fault !== undefined) return this.#reject(fault);
    const { t1, nonce } = this.#pending as Request;
    this.#pending = undefined;
    remember(this.#answered, nonce);
    if (packet.stratum === 0) return this.#obeyKiss(now, packet);
    this.#measure(now, packet, t1, t4);
  }

  handleTimeout(now: TrueNs): void {
    if (this.#nextPoll === undefined || now < this.#nextPoll) return;
    if (this.#pending !== undefined) remember(this.#expired, this.#pending.nonce);
    this.#pending = { nonce: this.#nonce(), t1: ntpTimestamp(this.#epoch, this.#clock.read(now)), sentAt: now };
    this.#burstPolls = Math.max(0, this.#burstPolls - 1);
    this.#nextPoll = after(now, this.#burstPolls > 0 ? Math.min(BURST_INTERVAL_NS, this.#intervalNs) : this.#intervalNs);
    this.#outputs.push({ kind: 'send', payload: encodePacket(requestWith(this.#pending.nonce)) });
  }

  nextTimeout(): TrueNs | undefined {
    return this.#nextPoll;
  }

  poll(): SntpOutput | undefined {
    return this.#outputs.shift();
  }

  #measure(now: TrueNs, packet: NtpPacket, t1: bigint, t4: bigint): void {
    const measurement = measure({ t1, t2: packet.receiveTimestamp, t3: packet.transmitTimestamp, t4 });
    const fault = contentFault(packet) ?? timeFault(measurement);
    if (fault !== undefined) return this.#reject(fault);
    const { offsetNs } = measurement;
    const delayNs = Math.max(0, measurement.delayNs);
    const action = this.#discipline.sample(now, offsetNs, delayNs);
    if (action !== 'outlier') {
      this.#outputs.push({ kind: 'sample', offsetNs, delayNs, action });
      return;
    }
    // Ask again soon: only a second sample tells a moved clock from an odd reply.
    this.#reject('outlier');
    this.#nextPoll = after(now, Math.min(BURST_INTERVAL_NS, this.#intervalNs));
  }

  /** RFC 5905 section 7.4; what is not known is left alone. */
  #obeyKiss(now: TrueNs, packet: NtpPacket): void {
    const code = referenceIdText(packet.referenceId);
    this.#reject(`kiss-${code}`);
    if (code === 'DENY' || code === 'RSTR') this.#nextPoll = undefined;
    if (code !== 'RATE') return;
    this.#burstPolls = 0;
    this.#intervalNs = Math.max(this.#intervalNs, Math.min(MAX_POLL_INTERVAL_NS, this.#intervalNs * 2));
    this.#nextPoll = after(now, this.#intervalNs);
  }

  /** Why no request is waiting for this origin timestamp, or `undefined` when one is (RFC 5905 section 8). */
  #originFault(now: TrueNs, origin: bigint): string | undefined {
    const pending = this.#pending;
    if (pending?.nonce === origin) return now - pending.sentAt > REPLY_TIMEOUT_NS ? 'late' : undefined;
    if (this.#answered.includes(origin)) return 'duplicate';
    return this.#expired.includes(origin) ? 'late' : 'origin';
  }

  #reject(reason: string): void {
    this.#outputs.push({ kind: 'rejected', reason });
  }

  /** 64 random bits, never 0, which a server may take for "unknown". */
  #nonce(): bigint {
    const high = BigInt(this.#random.int(0, 0xffffffff));
    return (high << 32n) | BigInt(this.#random.int(1, 0xffffffff));
  }
}

/** All fields but the first octet and the nonce are 0 (RFC 4330 section 5), so nothing is told that is not needed. */
const requestWith = (nonce: bigint): NtpPacket => ({
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
