import type { ExportProtocol } from './record.ts';

/** The Message a record came in, as far as it is needed to read it, perhaps later. */
export interface MessageContext {
  /** Its number in the input. */
  readonly index: number;
  readonly source: string;
  readonly domain: number;
  readonly protocol: ExportProtocol;
  readonly receivedAtS: number;
  /** Microseconds since 1970 by the exporter's clock. */
  readonly exportTimeUs: number;
  /** Milliseconds since the device was switched on, modulo 2^32, when the header says it. */
  readonly uptimeMs: number | undefined;
  readonly sequenceNumber: number;
  /** Data Records counted so far. */
  counted: number;
  /** Whether the sequence numbers know of `counted`; until then it can still grow. */
  settled: boolean;
}
