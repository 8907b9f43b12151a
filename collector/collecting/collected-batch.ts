import { FlowBatch, ownMemory, type Allocate } from '../../core/flow/flow-batch.ts';
import type { CollectedRows, WrittenColumns } from './collected-rows.ts';

/** Flow Records with where and when they came from. */
export class CollectedBatch extends FlowBatch implements CollectedRows {
  readonly exportTimeS: Uint32Array;
  readonly receivedAtUs: Float64Array;
  readonly exporter: Uint32Array;
  readonly exporterIPv6: Uint32Array;
  readonly observationDomainId: Uint32Array;
  readonly sequenceNumber: Uint32Array;
  readonly templateId: Uint16Array;
  /** What the Message spoke: the version of NetFlow or IPFIX (1, 5, 7, 9, 10), 255 for sFlow. */
  readonly exportProtocol: Uint8Array;
  /** One of so many packets was looked at; 0 when nobody said. Counts are as sent: what multiplies them is a question's business. */
  readonly samplingInterval: Float64Array;
  /** Halves of a biflow (RFC 5103) are two rows: 1 as sent, 2 turned round with the reverse counts; 0 for a flow of one direction. */
  readonly biflowHalf: Uint8Array;
  /** flowDirection (element 61) and 1: 1 ingress, 2 egress; 0 when not told. */
  readonly flowDirection: Uint8Array;
  readonly sourceAs: Uint32Array;
  readonly destinationAs: Uint32Array;
  readonly vlanId: Uint16Array;
  readonly ingressVrf: Uint32Array;
  readonly egressVrf: Uint32Array;
  readonly writtenColumns: WrittenColumns | undefined;

  constructor(capacity: number, writtenColumns?: WrittenColumns, allocate: Allocate = ownMemory) {
    super(capacity, allocate);
    this.writtenColumns = writtenColumns;
    // Rows that nothing was decoded into yet.
    this.ipVersion.fill(0);
    this.exportTimeS = new Uint32Array(allocate(4 * capacity));
    this.receivedAtUs = new Float64Array(allocate(8 * capacity));
    this.exporter = new Uint32Array(allocate(4 * capacity));
    this.exporterIPv6 = new Uint32Array(allocate(16 * capacity));
    this.observationDomainId = new Uint32Array(allocate(4 * capacity));
    this.sequenceNumber = new Uint32Array(allocate(4 * capacity));
    this.templateId = new Uint16Array(allocate(2 * capacity));
    this.exportProtocol = new Uint8Array(allocate(capacity));
    this.samplingInterval = new Float64Array(allocate(8 * capacity));
    this.biflowHalf = new Uint8Array(allocate(capacity));
    this.flowDirection = new Uint8Array(allocate(capacity));
    this.sourceAs = new Uint32Array(allocate(4 * capacity));
    this.destinationAs = new Uint32Array(allocate(4 * capacity));
    this.vlanId = new Uint16Array(allocate(2 * capacity));
    this.ingressVrf = new Uint32Array(allocate(4 * capacity));
    this.egressVrf = new Uint32Array(allocate(4 * capacity));
  }
}
