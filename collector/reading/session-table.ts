import type { PendingBudget } from '../collecting/pending-sets.ts';
import type { ReadingConfig } from './config.ts';
import type { ReadingCounters } from './counters.ts';
import { Session, type SessionKey } from './session.ts';

/** The sessions there are, bounded in number. */
export class SessionTable {
  readonly #config: ReadingConfig;
  readonly #counters: ReadingCounters;
  readonly #budget: PendingBudget;
  readonly #sessions = new Map<string, Session>();

  constructor(config: ReadingConfig, counters: ReadingCounters) {
    this.#config = config;
    this.#counters = counters;
    this.#budget = { octetsLeft: config.maxAllPendingOctets };
  }

  get all(): Session[] {
    return [...this.#sessions.values()];
  }

  /** The session of this key, begun if there is none; the oldest is forgotten for it when there are too many. */
  of(key: SessionKey): Session {
    const text = `${key.protocol} ${key.domain} ${key.source}`;
    const known = this.#sessions.get(text);
    if (known !== undefined) return known;
    if (this.#sessions.size >= this.#config.maxSessions) {
      for (const [oldest, { pending }] of this.#sessions) {
        this.#counters.droppedSets += pending.size;
        pending.clear();
        this.#sessions.delete(oldest);
        this.#counters.evictedSessions++;
        break;
      }
    }
    const session = new Session(key, this.#config, this.#budget);
    this.#sessions.set(text, session);
    return session;
  }
}
