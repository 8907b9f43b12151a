import type { Slab } from '../../core/bytes/slab.ts';
import type { MeteredBatch } from '../../core/flow/metered-batch.ts';
import type { ExportingConfig } from '../exporting/config.ts';
import { flowTemplatesOf } from '../exporting/encodings.ts';
import { counterLimits } from '../exporting/flow-templates.ts';
import { MOST_OCTETS } from './flow-mix.ts';
import { FlowRing } from './flow-ring.ts';
import { LoadExporter } from './load-exporter.ts';

/**
 * `count` exporters with domains of their own, spread over the flows of `mix`, which they take over. `startMs`: milliseconds since
 * 1970. Throws an Error of one sentence when the Template's counters are too small for the flows.
 */
export function loadExporters(
  count: number,
  exporting: ExportingConfig,
  mix: MeteredBatch,
  startMs: number,
  slab: Slab,
): LoadExporter[] {
  const limits = counterLimits(exporting);
  if (Math.min(limits.octets, limits.packets) < MOST_OCTETS)
    throw new Error('a load needs at least 4 octets for octetDeltaCount and packetDeltaCount');
  const ring = new FlowRing(mix);
  // Compiling them takes longer than all else, and they do not depend on the domain.
  const flows = flowTemplatesOf(exporting);
  return Array.from({ length: count }, (_, index) => {
    const firstRow = Math.floor((index * mix.length) / count);
    return new LoadExporter(ring, { ...exporting, observationDomainId: index + 1 }, flows, firstRow, startMs, slab);
  });
}
