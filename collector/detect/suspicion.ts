import type { Case } from './alert-book.ts';
import { Evidence } from './evidence.ts';
import { RecentStates } from './recent-states.ts';

/** What is remembered of somebody who may be up to something. */
export class Suspicion {
  readonly evidence = new Evidence();
  /** Once it was told. */
  alert: Case | undefined;
}

const MS_PER_MINUTE = 60_000;

/** Suspicions by key, each of which is over when nothing is seen of it for some minutes of the router's clock. */
export class Suspicions<Kind extends Suspicion> extends RecentStates<Kind> {
  readonly #quietMs: number;

  constructor(capacity: number, quietMinutes: number, create: () => Kind) {
    super(capacity, create);
    this.#quietMs = quietMinutes * MS_PER_MINUTE;
  }

  /** That of a key to which belongs what begins at `startMs`: a new one when it was quiet for so long. */
  at(startMs: number, first: number, second = 0, third = 0, fourth = 0): Kind {
    const known = this.of(first, second, third, fourth);
    const { flows, lastSeenMs } = known.evidence;
    return flows > 0 && startMs - lastSeenMs > this.#quietMs ? this.renew(first, second, third, fourth) : known;
  }
}
