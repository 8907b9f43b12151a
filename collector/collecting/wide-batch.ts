import { CollectedBatch } from './collected-batch.ts';

/** Flow Records that tell more than a row can hold, on their way to rows. */
export class WideBatch extends CollectedBatch {
  /** Of the other direction (RFC 5103). */
  readonly reverseOctetDeltaCount: Float64Array;
  readonly reversePacketDeltaCount: Float64Array;
  readonly reverseFlowStartMs: Float64Array;
  readonly reverseFlowEndMs: Float64Array;
  readonly reverseTcpControlBits: Uint16Array;
  readonly reverseClassOfService: Uint8Array;
  readonly reverseFlowEndReason: Uint8Array;
  /** Packets left out after `samplingInterval` that were taken (element 306). */
  readonly samplingPacketSpace: Float64Array;

  constructor(capacity: number) {
    super(capacity);
    this.reverseOctetDeltaCount = new Float64Array(capacity);
    this.reversePacketDeltaCount = new Float64Array(capacity);
    this.reverseFlowStartMs = new Float64Array(capacity);
    this.reverseFlowEndMs = new Float64Array(capacity);
    this.reverseTcpControlBits = new Uint16Array(capacity);
    this.reverseClassOfService = new Uint8Array(capacity);
    this.reverseFlowEndReason = new Uint8Array(capacity);
    this.samplingPacketSpace = new Float64Array(capacity);
  }
}

/** Whether a decoder that fills these columns needs a `WideBatch`. */
export const needsWideBatch = (columns: readonly string[]): boolean =>
  columns.some((column) => column.startsWith('reverse') || column === 'samplingPacketSpace');
