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
  /** Those over UDP, whose sender anybody can pretend to be, and those of connections: in each the one heard longest ago first. */
  readonly #overUdp = new Map<string, Session<Known>>();
  readonly #connected = new Map<string, Session<Known>>();
  /** The latter by their connection, whose sessions are ended together. */
  readonly #ofConnection = new Map<string, Set<Session<Known>>>();
  /** The one heard last: datagrams come in runs. */
  #last: Session<Known> | undefined;

  constructor(rules: SessionRules, counters: MessageCounters, decoder: SetDecoder<Known>) {
    const budget = { octetsLeft: rules.maxAllPendingOctets, templatesLeft: rules.maxAllTemplates };
    this.#shared = { rules, counters, decoder, budget };
  }

  get all(): Session<Known>[] {
    const sessions = [...this.#overUdp.values(), ...this.#connected.values()];
    return sessions.sort((one, other) => one.lastHeardUs - other.lastHeardUs);
  }

  /**
   * The session heard now, begun if there is none; the one heard longest ago is forgotten for it when there are too many, one of an open
   * connection only when there are no others.
   */
  of(protocol: ExportProtocol, domain: number, { source, receivedAtUs, isReliable = false }: Datagram): Session<Known> {
    const last = this.#last;
    if (last !== undefined && isOf(last.key, protocol, domain, source, isReliable)) {
      last.lastHeardUs = receivedAtUs;
      return last;
    }
    const key: SessionKey = { protocol, source, isReliable, domain };
    const text = textOf(key);
    const sessions = this.#allOf(key);
    let session = sessions.get(text);
    if (session === undefined) {
      if (this.#overUdp.size + this.#connected.size >= this.#shared.rules.maxSessions) this.#evict();
      session = new Session(key, receivedAtUs, this.#shared);
    } else sessions.delete(text);
    sessions.set(text, session);
    if (isReliable) this.#moveToEnd(session);
    session.lastHeardUs = receivedAtUs;
    return (this.#last = session);
  }

  /** The session heard last of those of a connection over TCP or TLS. */
  connectedFrom(source: string): Session<Known> | undefined {
    return [...(this.#ofConnection.get(source) ?? [])].at(-1);
  }

  /** Forgets all sessions of a connection over TCP or TLS that has ended, with their Templates (RFC 7011 section 8.1). */
  end(source: string): void {
    for (const session of this.#ofConnection.get(source) ?? []) this.#forget(session);
  }

  /** Makes room for octets that the session wants to keep, at the cost of those heard longest ago. */
  makeRoomForSet(cost: number, wanted: Session<Known>): void {
    const { budget } = this.#shared;
    if (budget.octetsLeft >= cost) return;
    for (const sessions of [this.#overUdp, this.#connected]) {
      for (const session of sessions.values()) {
        if (session === wanted || budget.octetsLeft >= cost) return;
        session.dropPending();
      }
    }
  }

  /** The same for a Template of the session heard last. */
  makeRoomForTemplate(): void {
    while (this.#shared.budget.templatesLeft <= 0 && this.#evict(this.#last));
  }

  /** Returns whether there was one that could be: not the one that wants the room, nor for one over UDP an open connection's. */
  #evict(wanted?: Session<Known>): boolean {
    const [oldest] = (this.#overUdp.size > 0 ? this.#overUdp : this.#connected).values();
    if (oldest === undefined || oldest === wanted) return false;
    this.#shared.counters.evictedSessions++;
    this.#forget(oldest);
    return true;
  }

  #forget(session: Session<Known>): void {
    session.clear();
    this.forgotten.add(session.tally);
    this.#allOf(session.key).delete(textOf(session.key));
    const ofConnection = this.#ofConnection.get(session.key.source);
    if (session.key.isReliable && ofConnection?.delete(session) === true && ofConnection.size === 0)
      this.#ofConnection.delete(session.key.source);
    if (this.#last === session) this.#last = undefined;
  }

  /** The last one of a connection is the one heard last. */
  #moveToEnd(session: Session<Known>): void {
    const { source } = session.key;
    const ofConnection = this.#ofConnection.get(source) ?? new Set();
    ofConnection.delete(session);
    this.#ofConnection.set(source, ofConnection.add(session));
  }

  #allOf({ isReliable }: SessionKey): Map<string, Session<Known>> {
    return isReliable ? this.#connected : this.#overUdp;
  }
}

/** Of those over UDP, or of those of connections. */
const textOf = ({ protocol, source, domain }: SessionKey): string => `${protocol} ${domain} ${source}`;

/** Without an object to compare: it is asked for every Message. */
const isOf = (key: SessionKey, protocol: ExportProtocol, domain: number, source: string, isReliable: boolean): boolean =>
  key.source === source && key.domain === domain && key.protocol === protocol && key.isReliable === isReliable;
