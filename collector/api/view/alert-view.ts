import type { Alert } from '../../detect/alert.ts';

/** Something an administrator should look at. Instants are milliseconds since 1970. */
export interface AlertView {
  /** The same for the same event, however often it is asked for: for links. */
  readonly id: string;
  readonly kind: string;
  /** Name of the person, or the address of the device. */
  readonly who: string;
  /** The person of the view `person`, when there is one. */
  readonly personId?: string;
  readonly address: string;
  /** Text of the address of the router whose records tell it, and their Observation Domain. */
  readonly exporter: string;
  readonly observationDomainId: number;
  readonly sentence: string;
  /** By the exporter's clock. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** By the collector's clock, when it was told. */
  readonly raisedAtMs: number;
  /** When it began by three clocks, as far as they are known. */
  readonly times?: { readonly truthMs?: number; readonly routerMs: number; readonly collectorMs: number };
  /** Facts from the flows that carry the sentence. */
  readonly evidence: readonly string[];
  /** What would explain it without harm. */
  readonly innocent: readonly string[];
  /** What to look at next. */
  readonly next: readonly string[];
  /** 0 to 1. */
  readonly confidence?: number;
  /** Where the truth is known. */
  readonly truth?: AlertTruth;
}

/** What the truth says of an alert: it is about something that happened, about something told already, about nothing, or nobody can say. */
export interface AlertTruth {
  readonly verdict: 'hit' | 'doubled' | 'false-alarm' | 'unlabelled';
  /** What that means, as words that go on after it. */
  readonly meaning: string;
  /** What a hit is about. */
  readonly event?: TrueEventView;
}

/** Something that really happened and that an administrator should be told of. Times are true, in milliseconds since 1970. */
export interface TrueEventView {
  readonly kind: string;
  readonly who: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly flows: number;
  readonly octets: number;
  /** Why nobody could have seen it in the records. */
  readonly unseen?: string;
}

/** An alert as the page has it. */
export const alertViewOf = ({ flowIds: _, target: _target, ...alert }: Alert): AlertView => ({
  ...alert,
  personId: alert.who,
  times: { routerMs: alert.firstSeenMs, collectorMs: alert.raisedAtMs },
});
