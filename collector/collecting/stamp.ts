import type { CollectedBatch } from './collected-batch.ts';
import type { CollectedRows } from './collected-rows.ts';
import type { CompiledTemplate } from './compiled-template.ts';
import { numberOf } from './export-protocol.ts';
import type { SampleSet } from './set-decoder.ts';

/** Where and when records came from. */
type Origin = Pick<SampleSet<CompiledTemplate>, 'session' | 'message'>;

/** Adds to the rows from `from` on what the Message knows. */
export function stamp(batch: CollectedRows, from: number, { session, message }: Origin, templateId: number): void {
  const to = batch.length;
  const { exporter, key } = session;
  batch.exportTimeS.fill(message.exportTimeS, from, to);
  batch.receivedAtUs.fill(message.receivedAtUs, from, to);
  batch.exporter.fill(exporter.ipv4, from, to);
  if (exporter.ipv6 !== undefined) for (let row = from; row < to; row++) batch.exporterIPv6.set(exporter.ipv6, 4 * row);
  batch.observationDomainId.fill(key.domain, from, to);
  batch.sequenceNumber.fill(message.sequenceNumber, from, to);
  batch.templateId.fill(templateId, from, to);
}

/** The same of Flow Records. */
export function stampFlows(batch: CollectedBatch, from: number, origin: Origin, templateId: number): void {
  stamp(batch, from, origin, templateId);
  batch.exportProtocol.fill(numberOf(origin.session.key.protocol), from, batch.length);
}
