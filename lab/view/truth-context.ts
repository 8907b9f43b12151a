import type { Sure } from '../../collector/api/view/sure.ts';
import type { ViewContext, ViewRequest } from '../../collector/api/view/view-request.ts';
import type { Alert } from '../../collector/detect/alert.ts';
import type { AskedStore } from '../../collector/store/flow-store.ts';
import type { JudgedAlerts } from '../findings/judged-alerts.ts';
import type { TrueActivity } from '../verify/activities.ts';

/** What the truth is asked with: the same as the collector, of rows of the ledger and by true time. */
export interface AskedTruth {
  readonly store: AskedStore;
  readonly context: ViewContext;
  readonly request: ViewRequest;
  readonly epochUnixMs: number;
  /** What people really did. */
  activities(): readonly TrueActivity[];
  /** What there is to say of alerts, and what should have been noticed besides. */
  readonly judged: (alerts: readonly Alert[]) => JudgedAlerts;
}

export const asTruth = ({ value }: Sure): Sure => ({ value, sure: 'truth' });
