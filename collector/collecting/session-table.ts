import type { Datagram } from './datagram.ts';
import type { ExportProtocol } from './export-protocol.ts';
import type { MessageCounters } from './message-counters.ts';
import type { SessionRules } from './session-limits.ts';
import { SessionTally } from './session-tally.ts';
import { Session, type SessionKey, type SessionsShared } from './session.ts';
import type { KnownTemplate, SetDecoder } from './set-decoder.ts';

/** The sessions there are, bounded in number and in what they keep. */
export class SessionTable<Known extends KnownTemplate> {
  /** What was counted of sessions that are forgotten, so that nothing is missing in the sum. */
  readonly forgotten = new SessionTally();
  readonly #shared: SessionsShared<Known>;
  /** The one heard longest ago first. */
  readonly #sessions = new Map<string, Session<Known>>();
  /** The one heard last: datagrams come in runs. */
  #last: Session<Known> | undefined;

  constructor(rules: SessionRules, counters: MessageCounters, decoder: SetDecoder<Known>) {
    const budget = { octetsLeft: rules.maxAllPendingOctets, templatesLeft: rules.maxAllTemplates };
    this.#shared = { rules, counters, decoder, budget };
  }

  get all(): Session<Known>[] {
    return [...this.#sessions.values()];
  }

  /** The session heard now, begun if there is none; the one heard longest ago is forgotten for it when there are too many. */
  of(protocol: ExportProtocol, domain: number, { source, receivedAtUs, isReliable = false }: Datagram): Session<Known> {
    const key: SessionKey = { protocol, source, isReliable, domain };
    const last = this.#last;
    if (last !== undefined && isSameKey(last.key, key)) {
      last.lastHeardUs = receivedAtUs;
      return last;
    }
    const text = textOf(key);
    let session = this.#sessions.get(text);
    if (session === undefined) {
      if (this.#sessions.size >= this.#shared.rules.maxSessions) this.#evict();
      session = new Session(key, receivedAtUs, this.#shared);
    } else this.#sessions.delete(text);
    this.#sessions.set(text, session);
    session.lastHeardUs = receivedAtUs;
    return (this.#last = session);
  }

  /** Forgets all sessions of a connection over TCP or TLS that has ended, with their Templates (RFC 7011 section 8.1). */
  end(source: string): void {
    for (const [text, { key }] of this.#sessions) if (key.isReliable && key.source === source) this.#forget(text);
  }

  /** Makes room for octets that the session wants to keep, at the cost of those heard longest ago. */
  makeRoomForSet(cost: number, wanted: Session<Known>): void {
    const { budget } = this.#shared;
    if (budget.octetsLeft >= cost) return;
    for (const session of this.#sessions.values()) {
      if (session === wanted || budget.octetsLeft >= cost) return;
      session.dropPending();
    }
  }

  /** The same for a Template of the session heard last. */
  makeRoomForTemplate(): void {
    while (this.#shared.budget.templatesLeft <= 0 && this.#sessions.size > 1) this.#evict();
  }

  #evict(): void {
    for (const text of this.#sessions.keys()) {
      this.#shared.counters.evictedSessions++;
      return this.#forget(text);
    }
  }

  #forget(text: string): void {
    const session = this.#sessions.get(text);
    if (session === undefined) return;
    session.clear();
    this.forgotten.add(session.tally);
    this.#sessions.delete(text);
    if (this.#last === session) this.#last = undefined;
  }
}

const textOf = ({ protocol, source, isReliable, domain }: SessionKey): string =>
  `${protocol} ${isReliable ? 'stream' : 'udp'} ${domain} ${source}`;

const isSameKey = (one: SessionKey, other: SessionKey): boolean =>
  one.source === other.source &&
  one.domain === other.domain &&
  one.protocol === other.protocol &&
  one.isReliable === other.isReliable;
