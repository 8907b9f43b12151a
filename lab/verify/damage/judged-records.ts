import type { Holdings } from './holdings.ts';
import type { Pair } from './order.ts';

/**
 * Flow Records beside the truth, as columns: instants are true nanoseconds since the scenario's epoch. What somebody else says of
 * their times is a `Telling`.
 */
export interface JudgedRecords {
  readonly length: number;
  /** First and last packet. */
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  /** When the Message left the router, and when it reached the collector. */
  readonly sentNs: Float64Array;
  readonly arrivedNs: Float64Array;
  readonly octets: Float64Array;
  /** Number of the conversation: twice a connection's, plus the direction. */
  readonly conversation: Uint32Array;
  /** Number of the public endpoint in `holdings`, -1 for what is not translated or was nobody's. */
  readonly endpoint: Int32Array;
  /** Inside address of the record, by which the endpoint was used. */
  readonly holder: Float64Array;
  readonly holdings: Holdings;
  /** Number of the inside address in `leases`, -1 for what has its address for good. */
  readonly lease: Int32Array;
  /** Device it was lent to. */
  readonly device: Uint32Array;
  readonly leases: Holdings;
  readonly pairs: readonly Pair[];
}

/** When the flows began and ended as somebody reads it: nanoseconds since the scenario's epoch, by the clock it was told by. */
export interface Telling {
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  /** When they were received, by the collector's clock. */
  readonly receivedNs: Float64Array;
}

/** Tells of each record with `tell`; `receivedNs` as in `Telling`. */
export function tellingOf(
  records: JudgedRecords,
  receivedNs: Float64Array,
  tell: (row: number, instant: number) => number,
): Telling {
  return {
    startNs: records.startNs.map((instant, row) => tell(row, instant)),
    endNs: records.endNs.map((instant, row) => tell(row, instant)),
    receivedNs,
  };
}
