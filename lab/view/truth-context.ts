import type { Sure } from '../../collector/api/view/sure.ts';
import type { ViewContext, ViewRequest } from '../../collector/api/view/view-request.ts';
import type { DuckDbStore } from '../../collector/store/duckdb-store.ts';
import type { TrueEvents } from '../findings/true-events.ts';
import type { TrueActivity } from '../verify/activities.ts';

/** What the truth is asked with: the same as the collector, of rows of the ledger and by true time. */
export interface AskedTruth {
  readonly store: DuckDbStore;
  readonly context: ViewContext;
  readonly request: ViewRequest;
  readonly epochUnixMs: number;
  /** What people really did. */
  activities(): readonly TrueActivity[];
  /** What should have been noticed. */
  events(): Promise<TrueEvents>;
}

export const asTruth = ({ value }: Sure): Sure => ({ value, sure: 'truth' });
