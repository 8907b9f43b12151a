import { readingSchema, type ReadingConfig } from '../../../collector/reading/config.ts';
import { ExportReader } from '../../../collector/reading/export-reader.ts';
import type { Datagram } from '../../../collector/collecting/datagram.ts';
import type { ReadRecord } from '../../../collector/reading/record.ts';

/** A reader that keeps what it reads. */
export function readerOf(config: Partial<ReadingConfig> = {}) {
  const records: ReadRecord[] = [];
  const reader = new ExportReader({ ...readingSchema.parse({}), ...config }, (record) => records.push(record));
  const read = (
    payload: Uint8Array,
    { receivedAtS = 1_772_442_000, ...from }: Partial<Datagram> & { readonly receivedAtS?: number } = {},
  ): void => reader.handle({ payload, source: '192.0.2.1:4739', receivedAtUs: receivedAtS * 1e6, ...from });
  return { reader, records, read };
}

/** Values of each record, and in which Message and Set it was. */
export const valuesOf = (records: readonly ReadRecord[]): unknown[] =>
  records.map(({ message, set, fields }) => [message, set, ...fields.map(({ value }) => value)]);
