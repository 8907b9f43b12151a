import { FlowBatch } from '../../core/flow/flow-batch.ts';
import type { CollectedRows } from './collected-rows.ts';

/** Flow Records with where and when they came from. */
export class CollectedBatch extends FlowBatch implements CollectedRows {
  readonly exportTimeS: Uint32Array;
  readonly receivedAtUs: Float64Array;
  readonly exporter: Uint32Array;
  readonly exporterIPv6: Uint32Array;
  readonly observationDomainId: Uint32Array;
  readonly sequenceNumber: Uint32Array;
  readonly templateId: Uint16Array;

  constructor(capacity: number) {
    super(capacity);
    // Rows that nothing was decoded into yet.
    this.ipVersion.fill(0);
    this.exportTimeS = new Uint32Array(capacity);
    this.receivedAtUs = new Float64Array(capacity);
    this.exporter = new Uint32Array(capacity);
    this.exporterIPv6 = new Uint32Array(4 * capacity);
    this.observationDomainId = new Uint32Array(capacity);
    this.sequenceNumber = new Uint32Array(capacity);
    this.templateId = new Uint16Array(capacity);
  }
}
