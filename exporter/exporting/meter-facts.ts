/** How the Metering Process picks packets: each Nth, or one of N by chance. */
export interface Sampling {
  readonly mode: 'count' | 'random';
  /** N; 1 is every packet. */
  readonly interval: number;
}

/** What an Exporting Process tells about its Metering Process, besides the Flow Records. */
export interface MeterFacts {
  readonly activeTimeoutMs: number;
  readonly inactiveTimeoutMs: number;
  readonly sampling: Sampling;
  /** Those with Observation Points; `index` is the ifIndex (RFC 2863). */
  readonly interfaces: readonly { readonly index: number; readonly name: string; readonly description: string }[];
}
