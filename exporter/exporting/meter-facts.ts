/** How the Metering Process picks packets: each Nth, some of so many by chance, or each with the same probability. */
export interface Sampling {
  readonly mode: 'count' | 'random' | 'uniform';
  /** Packets that pass for one that is picked; 1 is every packet. */
  readonly interval: number;
  /** Packets picked of each `size * interval`; 1 unless told. */
  readonly size?: number;
}

/** Packets of which `size` are picked. */
export const populationOf = ({ interval, size = 1 }: Sampling): number => Math.round(interval * size);

/** Packets a Metering Process did not process; times are milliseconds since 1970 by the router's clock, 0 when there were none. */
export interface Ignored {
  readonly packets: number;
  readonly octets: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What an Exporting Process tells about its Metering Process, besides the Flow Records. */
export interface MeterFacts {
  readonly activeTimeoutMs: number;
  readonly inactiveTimeoutMs: number;
  readonly sampling: Sampling;
  /** Names of the Information Elements that the Metering Process tells flows apart by. */
  readonly keys: ReadonlySet<string>;
  /** So far. */
  readonly ignored: () => Ignored;
  /** Those with Observation Points; `index` is the ifIndex (RFC 2863). */
  readonly interfaces: readonly { readonly index: number; readonly name: string; readonly description: string }[];
}
