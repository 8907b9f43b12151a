/** What a Message tells of its exporter's clock. */
export interface ClockReading {
  /** Microseconds since 1970 by the collector's clock. */
  readonly receivedAtUs: number;
  /** By the exporter's: as the header has it, rounded down. */
  readonly exportTimeUs: number;
  /** The latest instant the Message tells of: of that second the end of a flow, or the header's own. */
  readonly latestUs: number;
  /** Milliseconds since the device was switched on, modulo 2^32. */
  readonly uptimeMs: number | undefined;
}
