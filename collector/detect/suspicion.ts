import type { Case } from './alert-book.ts';
import { Evidence } from './evidence.ts';

/** What is remembered of somebody who may be up to something. */
export class Suspicion {
  readonly evidence = new Evidence();
  /** Once it was told. */
  alert: Case | undefined;

  /** Whether nothing was seen for so long that what begins at `startMs` (router's clock) is another matter. */
  isOver(startMs: number, quietMs: number): boolean {
    return this.evidence.flows > 0 && startMs - this.evidence.lastSeenMs > quietMs;
  }
}
