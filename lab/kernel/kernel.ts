import { EventQueue } from '../../core/time/event-queue.ts';
import { trueNs, type TrueNs } from '../../core/time/instant.ts';

/** Something with timers of its own: the office, the router, a client. */
export interface Actor {
  nextTimeout(): TrueNs | undefined;
  /** Does what is due; a promise holds virtual time still until it settles. */
  wake(now: TrueNs): void | Promise<void>;
}

/** How fast virtual time passes and who may stop it. */
export interface Pace {
  /** Called now and then with the present instant; it may wait (pacing, progress) and throws to end the run. */
  breathe(now: TrueNs): Promise<void>;
  /** Instants between two calls of `breathe`, in events. */
  readonly everyEvents: number;
}

/**
 * Discrete events in virtual time: always the earliest one next. At one instant, events come before actors and actors in
 * the order they were given, so a run depends on nothing but its inputs.
 */
export class Kernel {
  now: TrueNs = trueNs(0);
  readonly #queue = new EventQueue<() => void | Promise<void>>();
  readonly #actors: readonly Actor[];
  /** Whose turn it is next; `undefined` when it is an event's. */
  #actor: Actor | undefined;

  constructor(actors: readonly Actor[]) {
    this.#actors = actors;
  }

  /** Has `event` happen at `at`, which is not in the past. */
  at(at: TrueNs, event: () => void | Promise<void>): void {
    this.#queue.push(at, event);
  }

  /** Runs everything up to and including `until`. */
  async run(until: TrueNs, pace: Pace): Promise<void> {
    for (let events = 0; ; events++) {
      const next = this.#next();
      if (next === undefined || next > until) break;
      if (events % pace.everyEvents === 0) await pace.breathe(next);
      this.now = next;
      const pending = this.#actor === undefined ? this.#queue.pop()() : this.#actor.wake(next);
      if (pending !== undefined) await pending;
    }
    this.now = until;
  }

  /** Lets what is under way arrive, without waking any actor. */
  async drain(): Promise<void> {
    while (this.#queue.size > 0) {
      this.now = this.#queue.nextInstant as TrueNs;
      await this.#queue.pop()();
    }
  }

  /** The next instant, and in `#actor` whose it is. */
  #next(): TrueNs | undefined {
    let next = this.#notBeforeNow(this.#queue.nextInstant);
    this.#actor = undefined;
    for (const actor of this.#actors) {
      const timeout = this.#notBeforeNow(actor.nextTimeout());
      if (timeout === undefined || (next !== undefined && timeout >= next)) continue;
      next = timeout;
      this.#actor = actor;
    }
    return next;
  }

  /** What was set for the past is due now: time never goes backwards. */
  #notBeforeNow(instant: TrueNs | undefined): TrueNs | undefined {
    return instant !== undefined && instant < this.now ? this.now : instant;
  }
}
