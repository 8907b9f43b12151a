import type { FieldValue } from '../../core/ipfix/record-values.ts';
import type { Template } from '../../core/ipfix/template.ts';
import type { MeteredBatch } from '../../core/flow/metered-batch.ts';

/** The instant a Message leaves, as the exporter sees it. */
export interface ExportInstant {
  /** Seconds since 1970 by its wall clock. */
  readonly unixS: number;
  /** Nanoseconds beyond `unixS`. */
  readonly unixNs: number;
  /** Since it was switched on, whole milliseconds. */
  readonly uptimeMs: number;
}

/**
 * An export protocol: how Messages are begun, numbered, filled and ended. What is added goes into the Message that was begun;
 * `false` says that it is full, then nothing was written.
 */
export interface Encoding {
  /** Whether it has Templates, and so options. */
  readonly isTemplated: boolean;
  /** How many Flow Records of IPv4 one Message holds. */
  readonly flowsPerMessage: number;
  /** Whether it can tell of this flow at all. */
  carries(batch: MeteredBatch, row: number): boolean;
  /** Whether the field of a flow's start or end does not reach it from the Export Time of the Message. */
  clampsTimes(batch: MeteredBatch, row: number): boolean;
  /** Numbers begin at 0 again. */
  beginSession(): void;
  begin(at: ExportInstant): void;
  addTemplate(template: Template): boolean;
  /** Adds `count` rows, `row` and on, all of one IP version; one unless told. */
  addFlow(batch: MeteredBatch, row: number, count?: number): boolean;
  addValues(template: Template, values: readonly FieldValue[]): boolean;
  /** Data Records, of options too, in the Message. */
  readonly dataRecordCount: number;
  /** Ends the Message; the next one is numbered after it. */
  finish(): Uint8Array;
}
