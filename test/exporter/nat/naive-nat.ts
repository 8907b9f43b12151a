import { addressOfEndpoint } from '../../../core/net/endpoint-number.ts';

/** A conversation as the naive model remembers it: seconds and numbers. */
export interface NaiveSession {
  readonly protocol: number;
  readonly inside: number;
  readonly remote: number;
  readonly public: number;
  until: number;
}

export interface NaiveRules {
  readonly mapping: 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent';
  readonly filtering: 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent';
  readonly overlaps: boolean;
  readonly inboundRefresh: boolean;
  readonly timeoutS: number;
  readonly maxSessions: number;
  readonly maxMappingsPerHost: number;
  readonly maxMappings: number;
  readonly maxHosts: number;
  readonly portRestS: number;
}

/**
 * A NAT as a list of conversations that is walked for every packet, written from RFC 4787 alone. It does not choose ports: it
 * says what a choice may be and believes the one it is told. One timeout for everything: only UDP goes through it.
 */
export class NaiveNat {
  readonly #rules: NaiveRules;
  sessions: NaiveSession[] = [];
  /** The last session of each public endpoint that was freed. */
  #freed: NaiveSession[] = [];

  constructor(rules: NaiveRules) {
    this.#rules = rules;
  }

  /** Forgets what has expired by now, and returns it. */
  advance(now: number): NaiveSession[] {
    const expired = this.sessions.filter(({ until }) => until <= now);
    this.sessions = this.sessions.filter(({ until }) => until > now);
    this.#freed.push(...expired.filter((session) => !this.sessions.some((other) => isSamePublic(session, other))));
    return expired;
  }

  /** The public endpoint a packet must leave from; `new` when one must be chosen, `refused` when a quota forbids it. */
  expected(protocol: number, inside: number, remote: number): number | 'new' | 'refused' {
    const { maxSessions, maxMappingsPerHost, maxMappings, maxHosts } = this.#rules;
    if (this.#session(protocol, inside, remote) === undefined && this.sessions.length >= maxSessions) return 'refused';
    const mapped = this.sessions.find(
      (session) => session.protocol === protocol && session.inside === inside && this.#isSameMapping(session.remote, remote),
    );
    if (mapped !== undefined) return mapped.public;
    const host = addressOfEndpoint(inside);
    const mappings = this.mappings();
    const own = mappings.filter((session) => addressOfEndpoint(session.inside) === host);
    const isOneHostTooMany = own.length === 0 && this.addresses().size >= maxHosts;
    return isOneHostTooMany || own.length >= maxMappingsPerHost || mappings.length >= maxMappings ? 'refused' : 'new';
  }

  /** A public address of each inside host that has mappings, the only one where hosts are paired. */
  addresses(): Map<number, number> {
    return new Map(this.sessions.map((session) => [addressOfEndpoint(session.inside), addressOfEndpoint(session.public)]));
  }

  /** Whether nobody has the public endpoint, or whoever has it may share it, and no other host had it a moment ago. */
  isFree(now: number, protocol: number, candidate: number, inside: number, remote: number): boolean {
    const last = this.#freed
      .filter((session) => session.protocol === protocol && session.public === candidate)
      .sort((a, b) => b.until - a.until)[0];
    const isOthers = last !== undefined && addressOfEndpoint(last.inside) !== addressOfEndpoint(inside);
    if (isOthers && now < last.until + this.#rules.portRestS) return false;
    return !this.sessions.some(
      (session) =>
        session.protocol === protocol && session.public === candidate && (!this.#rules.overlaps || session.remote === remote),
    );
  }

  left(now: number, protocol: number, inside: number, remote: number, leftFrom: number): void {
    const until = now + this.#rules.timeoutS;
    const session = this.#session(protocol, inside, remote);
    if (session === undefined) this.sessions.push({ protocol, inside, remote, public: leftFrom, until });
    else session.until = until;
  }

  /** Whom a packet from outside reaches, or `undefined`. */
  arrives(now: number, protocol: number, to: number, remote: number): number | undefined {
    const { mapping, overlaps, filtering, inboundRefresh, timeoutS, maxSessions } = this.#rules;
    const mapped = this.sessions.filter(
      (session) => session.protocol === protocol && session.public === to && (!overlaps || session.remote === remote),
    );
    const admitted = mapped.find(
      (session) =>
        filtering === 'endpoint-independent' ||
        session.remote === remote ||
        (filtering === 'address-dependent' && addressOfEndpoint(session.remote) === addressOfEndpoint(remote)),
    );
    if (admitted === undefined) return undefined;
    if (!inboundRefresh) return admitted.inside;
    const session = this.#session(protocol, admitted.inside, remote);
    if (session !== undefined) session.until = now + timeoutS;
    else if (mapping !== 'endpoint-independent') return admitted.inside;
    else if (this.sessions.length >= maxSessions) return undefined;
    else this.sessions.push({ protocol, inside: admitted.inside, remote, public: to, until: now + timeoutS });
    return admitted.inside;
  }

  /** One session of each mapping; where ports overlap, each has its own. */
  mappings(): NaiveSession[] {
    if (this.#rules.overlaps) return this.sessions;
    return this.sessions.filter(
      (session, index) =>
        this.sessions.findIndex(
          (other) => other.protocol === session.protocol && other.inside === session.inside && other.public === session.public,
        ) === index,
    );
  }

  #session(protocol: number, inside: number, remote: number): NaiveSession | undefined {
    return this.sessions.find(
      (session) => session.protocol === protocol && session.inside === inside && session.remote === remote,
    );
  }

  #isSameMapping(one: number, other: number): boolean {
    switch (this.#rules.mapping) {
      case 'endpoint-independent':
        return true;
      case 'address-dependent':
        return addressOfEndpoint(one) === addressOfEndpoint(other);
      default:
        return one === other;
    }
  }
}

const isSamePublic = (one: NaiveSession, other: NaiveSession): boolean =>
  one.protocol === other.protocol && one.public === other.public;
