import type { OptionSwitch, Protocol } from './choices.ts';
import type { Timestamps } from './flow-fields.ts';
import type { SingleRecord } from './options.ts';

/** What a profile decides about the Exporting Process. */
export interface ProfileExporting {
  readonly protocol?: Protocol;
  readonly fields?: readonly string[];
  readonly timestamps?: Timestamps;
  readonly maxMessageLength?: number;
  readonly templateRefreshS?: number;
  readonly templateRefreshMessages?: number;
  readonly applicationIds?: boolean;
  /** The switches of `exporting.options` that are on. */
  readonly options?: readonly OptionSwitch[];
  readonly templateIds?: { readonly flows: number; readonly ipv6Flows: number };
  /** Options records of its own, by protocol. */
  readonly records?: Partial<Record<Protocol, readonly SingleRecord[]>>;
}

/** What a profile decides about the Metering Process: defaults under what is written down. */
export interface ProfileMetering {
  readonly activeTimeoutMs?: number;
  readonly inactiveTimeoutMs?: number;
  readonly tcpLingerMs?: number;
  readonly maxEntries?: number;
}

/** Both halves of somebody's export. */
export interface Profile {
  readonly exporting: ProfileExporting;
  readonly metering: ProfileMetering;
}
