import type { Exporter, IPv4Exporter } from '../../store/flow-store.ts';

/** When a Message truly left and first came, in milliseconds since 1970, and how often it came. */
export interface MessageFate {
  readonly sentMs: number;
  /** Absent when it never came. */
  readonly arrivedMs?: number | undefined;
  readonly copies: number;
}

/** A Flow Record of a Message that never came: what was in it, seen from inside. */
export interface LostRecord extends MessageFate {
  /** `lost-` and the numbers of its Message and of the record in it. */
  readonly id: string;
  readonly exporter: Exporter;
  readonly sequenceNumber: number;
  readonly exportTimeS: number;
  /** As the router tells them. */
  readonly startMs: number;
  readonly endMs: number;
  /** As they were; absent while the run goes on. */
  readonly trueStartMs?: number | undefined;
  readonly trueEndMs?: number | undefined;
  readonly endReason: number;
  readonly isUp: boolean;
  readonly inside: string;
  readonly server: string;
  readonly serverPort: number;
  readonly protocol: number;
  readonly packets: number;
  readonly octets: number;
}

/** What only whoever made the traffic knows of records. */
export interface RecordTruth {
  /** First and last packet of a stored record, in milliseconds since 1970; `undefined` while they are not known. */
  packetsOf(record: number): { readonly startMs: number; readonly endMs: number } | undefined;
  messageOf(exporter: Exporter, sequenceNumber: number): MessageFate | undefined;
  /** Messages that came more than once, the latest first. */
  readonly doubled: readonly { readonly exporter: IPv4Exporter; readonly sequenceNumber: number }[];
  /** Row ids of records that lie in another five minutes than they were in, in their order. */
  readonly mistimed: ReadonlySet<number>;
  /** The latest first. */
  readonly lost: readonly LostRecord[];
  /** The number of a Message in the topic `wire`, as long as it is kept there. */
  wireOf(exporter: Exporter, sequenceNumber: number): number | undefined;
}
