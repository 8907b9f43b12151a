/** What an administrator may be told of. */
export const ALERT_KINDS = [
  'port-scan',
  'host-scan',
  'inbound-scan',
  'brute-force',
  'syn-flood',
  'port-exhaustion',
  'unknown-device',
  'forbidden-service',
  'file-sharing',
  'beacon',
  'dns-tunnel',
  'exfiltration',
  'mining',
  'unusual-volume',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** What a detector knows of what it found, in words. */
export interface Telling {
  /** Name of the person or device, else its address; of whoever is to look into it, where the doer is a stranger. */
  readonly who: string;
  /** Text of the address of who did it, or to whom it was done when that is nobody inside. */
  readonly address: string;
  /** Whom it was done to: an address, an endpoint, a network, a name; empty when there is nobody in particular. */
  readonly target: string;
  readonly sentence: string;
  /** Facts from the flows that carry the sentence. */
  readonly evidence: readonly string[];
  /** 0 to 1: how far from what an innocent could do as well. */
  readonly confidence: number;
  /** Milliseconds since 1970 by the router's clock. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** Rows of the store that show it, some of them; empty when they had no ids yet. */
  readonly flowIds: readonly number[];
}

/** What holds of every alert of a kind. */
export interface Advice {
  /** What would explain it and be no harm, the likeliest first. */
  readonly innocent: readonly string[];
  /** What to check next, in this order. */
  readonly next: readonly string[];
}

/** Something an administrator should look at, in words, with the facts that carry them. */
export interface Alert extends Telling, Advice {
  /** Unique in a `Detection`, and the same whoever else is watched: `beacon-1@192.0.2.1/0`. */
  readonly id: string;
  readonly kind: AlertKind;
  /** Text of the address of the router whose records tell it, and their Observation Domain: behind two there may be the same addresses. */
  readonly exporter: string;
  readonly observationDomainId: number;
  /** Milliseconds since 1970 by the collector's clock: when the record came that settled it. */
  readonly raisedAtMs: number;
}

/** The order they were raised in. */
export const byRaise = (one: Raised, other: Raised): number => one.raisedAtMs - other.raisedAtMs || (one.id < other.id ? -1 : 1);
type Raised = Pick<Alert, 'id' | 'raisedAtMs'>;
