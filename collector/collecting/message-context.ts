import type { ExportProtocol } from './export-protocol.ts';

/** The Message a record came in, as far as it is needed to read it, perhaps later. */
export interface MessageContext {
  /** Its number in the input. */
  readonly index: number;
  readonly protocol: ExportProtocol;
  /** Microseconds since 1970 by the collector's clock. */
  readonly receivedAtUs: number;
  /** Since 1970 by the exporter's clock: as the header has it, and with the era it can only mean. In sFlow, which has no such clock, the time of receipt. */
  readonly exportTimeS: number;
  readonly exportTimeUs: number;
  /** Whether both are what two clocks said: sFlow has no clock, and a file of Messages none of its reader. */
  readonly tellsTime: boolean;
  /** Milliseconds since the device was switched on, modulo 2^32, when the header says it. */
  readonly uptimeMs: number | undefined;
  readonly sequenceNumber: number;
  /** NetFlow v5: one of so many packets was looked at; 0 when the header does not say. */
  readonly samplingInterval: number;
  /** Whether it was counted in an earlier run. */
  readonly isRemembered?: boolean | undefined;
  /** Data Records counted so far. */
  counted: number;
  /** Whether the sequence numbers know of `counted`; until then it can still grow. */
  settled: boolean;
}
