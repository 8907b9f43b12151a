import { Random } from '../core/random/random.ts';
import { LEAP_UNSYNCHRONISED, decodePacket, encodePacket, type NtpPacket } from '../core/ntp/packet.ts';
import { referenceIdOf } from '../core/ntp/reference-id.ts';
import { signed, type KeyRing, type SymmetricKey } from '../core/ntp/symmetric-key.ts';
import { macOffset } from '../core/ntp/trailer.ts';
import { ntpTimestamp } from '../core/ntp/timestamp.ts';
import type { Endpoint } from '../core/net/endpoint.ts';
import { wallNs, type Epoch, type TrueNs } from '../core/time/instant.ts';
import type { Machine } from '../core/time/machine.ts';
import type { VirtualClock } from '../core/time/virtual-clock.ts';
import { Access } from './access.ts';
import { claimedFields, claimsOf, type Claims } from './claims.ts';
import { Faults } from './faults/faults.ts';
import type { ReplyPlan } from './faults/reply-plan.ts';
import type { RateLimit } from './rate-limit.ts';
import { isKnownVersion, replyMode, REQUEST_FAULTS, signingKey } from './request-check.ts';

export interface NtpServerOptions extends Partial<Claims> {
  readonly clock: VirtualClock;
  readonly epoch: Epoch;
  /** Everybody is answered without it. */
  readonly access?: Access;
  /** Whether who is not answered is told so with a kiss-o'-death DENY; silence unless told. */
  readonly denyKiss?: boolean;
  /** No limit without it. */
  readonly rateLimit?: RateLimit | undefined;
  /** What a RATE says the poll interval should be at least, as a binary logarithm of seconds; 3 unless told. */
  readonly ratePoll?: number;
  /** Requests signed with other keys are ignored; those without a MAC never are. */
  readonly keys?: KeyRing;
  readonly faults?: Faults;
}

export interface ServerRequest {
  readonly payload: Uint8Array;
  readonly source: Endpoint;
}

export interface ServerReply {
  readonly payload: Uint8Array;
  readonly destination: Endpoint;
}

const OUTCOMES = ['responded', 'kissed', ...REQUEST_FAULTS, 'denied', 'limited', 'silenced', 'backlog'] as const;

/**
 * Datagrams by what became of them: answered with the time or a kiss-o'-death, or ignored for a fault of their own, for who sent them,
 * because the sender asks too often, by an injected fault, or because too many replies wait.
 */
export type NtpServerCounters = Readonly<Record<(typeof OUTCOMES)[number], number>>;

/** Replies nobody has fetched; further requests are ignored. */
const MAX_REPLIES = 1_024;

/**
 * A stateless SNTP server (RFC 5905 section 14): a client's request is answered with the readings of the server's clock,
 * everything else is ignored and counted. A reply is never longer than its request, so nothing can be amplified.
 */
export class NtpServer implements Machine<ServerRequest, ServerReply> {
  readonly #options: NtpServerOptions;
  readonly #claims: Claims;
  readonly #access: Access;
  readonly #keys: KeyRing;
  readonly #faults: Faults;
  readonly #replies: ServerReply[] = [];
  readonly #counters = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<keyof NtpServerCounters, number>;

  constructor(options: NtpServerOptions) {
    this.#options = options;
    this.#claims = claimsOf(options);
    this.#access = options.access ?? new Access([], []);
    this.#keys = options.keys ?? new Map();
    this.#faults = options.faults ?? new Faults([], new Random(0));
  }

  get counters(): NtpServerCounters {
    return this.#counters;
  }

  /** Takes a datagram that arrived at `now`; the reply, if there is one, leaves at the same instant. */
  handle(now: TrueNs, request: ServerRequest): void {
    this.#counters[this.#answer(now, request)]++;
  }

  /** Nothing: the server keeps no state that could become due. */
  handleTimeout(_now: TrueNs): void {}

  nextTimeout(): undefined {
    return undefined;
  }

  /** The next reply to send, or `undefined`. */
  poll(): ServerReply | undefined {
    return this.#replies.shift();
  }

  #answer(now: TrueNs, { payload, source }: ServerRequest): keyof NtpServerCounters {
    const request = decodePacket(payload);
    if (request === undefined) return 'short';
    // There is no such port to answer to (RFC 768).
    if (source.port === 0) return 'port';
    if (!isKnownVersion(request.version)) return 'version';
    const mode = replyMode(request, source.port);
    if (mode === undefined) return 'mode';
    const macAt = macOffset(payload, request.version);
    if (macAt === undefined) return 'trailer';
    const isDenied = !this.#access.allows(source.address);
    if (isDenied && this.#options.denyKiss !== true) return 'denied';
    const verdict = this.#options.rateLimit?.judge(now, source.address) ?? 'pass';
    if (verdict === 'drop') return 'limited';
    const key = macAt === payload.length ? undefined : signingKey(payload, macAt, request.version, this.#keys);
    if (typeof key === 'string') return key;
    if (this.#replies.length >= MAX_REPLIES) return 'backlog';
    const plan = this.#faults.plan(now);
    if (plan.isSilent) return 'silenced';
    if (isDenied) plan.kiss = 'DENY';
    else if (verdict === 'kiss') plan.kiss = 'RATE';
    const reply =
      plan.kiss === undefined ? this.#timeFor(request, mode, plan, now) : this.#kissFor(request, mode, plan, plan.kiss);
    this.#send(reply, key, source);
    return plan.kiss === undefined ? 'responded' : 'kissed';
  }

  /** RFC 5905 figure 31: version, poll and the client's transmit timestamp come back bit by bit. */
  #timeFor(request: NtpPacket, mode: number, plan: ReplyPlan, now: TrueNs): NtpPacket {
    const { clock, epoch } = this.#options;
    const wall = wallNs(clock.read(now) + this.#faults.clockErrorNs(now) + plan.offsetNs);
    const timestamp = ntpTimestamp(epoch, wall);
    const claimed = claimedFields(this.#claims, plan, epoch, wall);
    // One by one: to spread them takes as long as everything else that an exchange needs, on both sides.
    return {
      leap: claimed.leap,
      stratum: claimed.stratum,
      precision: claimed.precision,
      rootDelayS: claimed.rootDelayS,
      rootDispersionS: claimed.rootDispersionS,
      referenceId: claimed.referenceId,
      referenceTimestamp: claimed.referenceTimestamp,
      version: request.version,
      mode,
      poll: request.poll,
      originTimestamp: request.transmitTimestamp ^ plan.originMask,
      receiveTimestamp: timestamp,
      transmitTimestamp: timestamp,
    };
  }

  /**
   * A kiss-o'-death (RFC 5905 section 7.4). Its timestamps are undefined; as the client's own, ntpd does the same, they move nobody's
   * clock who takes the packet for the time.
   */
  #kissFor(request: NtpPacket, mode: number, plan: ReplyPlan, code: string): NtpPacket {
    const { version, transmitTimestamp } = request;
    return {
      leap: LEAP_UNSYNCHRONISED,
      version,
      mode,
      stratum: 0,
      poll: code === 'RATE' ? Math.max(request.poll, this.#options.ratePoll ?? 3) : request.poll,
      precision: this.#claims.precision,
      rootDelayS: 0,
      rootDispersionS: 0,
      referenceId: referenceIdOf(code),
      referenceTimestamp: 0n,
      originTimestamp: transmitTimestamp ^ plan.originMask,
      receiveTimestamp: transmitTimestamp,
      transmitTimestamp,
    };
  }

  /** A signed request gets a signed reply. */
  #send(reply: NtpPacket, key: SymmetricKey | undefined, destination: Endpoint): void {
    const header = encodePacket(reply);
    this.#replies.push({ payload: key === undefined ? header : signed(header, key, reply.version), destination });
  }
}
