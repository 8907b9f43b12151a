import type { CollectedBatch } from './collected-batch.ts';
import type { CollectedRows } from './collected-rows.ts';
import type { CompiledTemplate } from './compiled-template.ts';
import { numberOf } from './export-protocol.ts';
import type { SampleSet } from './set-decoder.ts';

/** Where and when records came from. */
type Origin = Pick<SampleSet<CompiledTemplate>, 'session' | 'message'>;

/** The columns that are stamped. */
export const STAMPED_COLUMNS: readonly string[] = [
  'exportTimeS',
  'receivedAtUs',
  'exporter',
  'exporterIPv6',
  'observationDomainId',
  'sequenceNumber',
  'templateId',
  'exportProtocol',
];

/** Adds to the rows from `from` on what the Message knows. One loop over all columns: a call of `fill` for each takes longer than the few rows of a Set. */
export function stamp(batch: CollectedRows, from: number, { session, message }: Origin, templateId: number): void {
  const { exportTimeS: exportTimes, receivedAtUs: receivedAt, exporter: exporters, observationDomainId, sequenceNumber } = batch;
  const { templateId: templateIds, length } = batch;
  const { exporter, key } = session;
  const { ipv4 } = exporter;
  const { domain } = key;
  const { exportTimeS, receivedAtUs, sequenceNumber: sequence } = message;
  for (let row = from; row < length; row++) {
    exportTimes[row] = exportTimeS;
    receivedAt[row] = receivedAtUs;
    exporters[row] = ipv4;
    observationDomainId[row] = domain;
    sequenceNumber[row] = sequence;
    templateIds[row] = templateId;
  }
  if (exporter.ipv6 !== undefined) for (let row = from; row < length; row++) batch.exporterIPv6.set(exporter.ipv6, 4 * row);
}

/** The same of Flow Records. */
export function stampFlows(batch: CollectedBatch, from: number, origin: Origin, templateId: number): void {
  stamp(batch, from, origin, templateId);
  const { exportProtocol, length } = batch;
  const protocol = numberOf(origin.session.key.protocol);
  for (let row = from; row < length; row++) exportProtocol[row] = protocol;
}
