import type { CollectedBatch } from './collected-batch.ts';
import type { CompiledTemplate } from './compiled-template.ts';
import { completeIPVersion } from './ip-version.ts';
import type { DataSet } from './set-decoder.ts';
import { WideBatch } from './wide-batch.ts';

const INGRESS = 0;
const EGRESS = 1;

/** The columns that are completed. */
export const COMPLETED_COLUMNS: readonly string[] = ['ipVersion', 'flowDirection', 'samplingInterval'];

/** Completes the rows from `from` on by what their Template and Message tell and by what options told before. */
export function completeFlows(batch: CollectedBatch, from: number, { known, session, message }: DataSet<CompiledTemplate>): void {
  completeIPVersion(batch, from, known.ipVersion);
  if (known.tellsDirection) completeDirection(batch, from);
  completeSampling(batch, from, known, message.samplingInterval || session.sampling.interval);
  if (known.sampling === undefined && session.sampling.differsByInterface) {
    const { samplingInterval, ingressInterface, egressInterface } = batch;
    for (let row = from; row < batch.length; row++) {
      samplingInterval[row] = session.sampling.between(ingressInterface[row] as number, egressInterface[row] as number);
    }
  }
  if (known.sampling === 'sampler') {
    const { samplingInterval } = batch;
    for (let row = from; row < batch.length; row++) {
      samplingInterval[row] = session.sampling.of(samplingInterval[row] as number);
    }
  }
}

/** 0 and 1 of element 61 become 1 and 2, so that 0 is left for what is not told. */
function completeDirection({ flowDirection, length }: CollectedBatch, from: number): void {
  for (let row = from; row < length; row++) {
    const direction = flowDirection[row] as number;
    flowDirection[row] = direction === INGRESS ? 1 : direction === EGRESS ? 2 : 0;
  }
}

function completeSampling(batch: CollectedBatch, from: number, { sampling }: CompiledTemplate, usual: number): void {
  const { samplingInterval, length } = batch;
  if (sampling === undefined) {
    if (usual > 0) samplingInterval.fill(usual, from, length);
  } else if (sampling === 'pair' && batch instanceof WideBatch) {
    for (let row = from; row < length; row++) {
      samplingInterval[row] = intervalOfPair(samplingInterval[row] as number, batch.samplingPacketSpace[row] as number);
    }
  }
}

/** So many packets are taken, then so many left out (RFC 5477 sections 8.2.2 and 8.2.3): how many stand behind one taken. */
export const intervalOfPair = (taken: number, leftOut: number): number => (taken > 0 ? (taken + leftOut) / taken : 0);
