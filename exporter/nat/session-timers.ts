import { EventQueue } from '../../core/time/event-queue.ts';
import type { TrueNs } from '../../core/time/instant.ts';
import { NEVER, type Session } from './mapping.ts';

/**
 * The expiry of every session, in one heap. A refresh only writes the new instant into the session: its entry in the heap is
 * moved when its old time has come, so a busy session costs one entry per timeout, not one per packet.
 */
export class SessionTimers {
  readonly #queue = new EventQueue<{ readonly session: Session; readonly at: TrueNs }>();

  /** When there is something to look at; nothing expires before. */
  get nextInstant(): TrueNs | undefined {
    return this.#queue.nextInstant;
  }

  set(session: Session, expiresAt: TrueNs): void {
    session.expiresAt = expiresAt;
    if (expiresAt < session.wakesAt) this.#file(session, expiresAt);
  }

  /** The next session that has expired by `now`, in the order of expiry, or `undefined`. */
  take(now: TrueNs): Session | undefined {
    for (let next = this.#queue.nextInstant; next !== undefined && next <= now; next = this.#queue.nextInstant) {
      const { session, at } = this.#queue.pop();
      if (session.wakesAt !== at) continue;
      if (session.expiresAt > at) {
        this.#file(session, session.expiresAt);
        continue;
      }
      session.wakesAt = NEVER;
      return session;
    }
    return undefined;
  }

  #file(session: Session, at: TrueNs): void {
    session.wakesAt = at;
    this.#queue.push(at, { session, at });
  }
}
