import { FlowBatch } from '../../core/flow/flow-batch.ts';

/** Flow Records with where and when they came from. */
export class CollectedBatch extends FlowBatch {
  /** Export Time of the Message, seconds since 1970 by the exporter's clock. */
  readonly exportTimeS: Uint32Array;
  /** Microseconds since 1970 by the collector's clock. */
  readonly receivedAtUs: Float64Array;
  /** IPv4 address of the exporter, 0 when the source is not one. */
  readonly exporter: Uint32Array;
  readonly observationDomainId: Uint32Array;
  /** Sequence number of the Message. */
  readonly sequenceNumber: Uint32Array;
  readonly templateId: Uint16Array;

  constructor(capacity: number) {
    super(capacity);
    this.exportTimeS = new Uint32Array(capacity);
    this.receivedAtUs = new Float64Array(capacity);
    this.exporter = new Uint32Array(capacity);
    this.observationDomainId = new Uint32Array(capacity);
    this.sequenceNumber = new Uint32Array(capacity);
    this.templateId = new Uint16Array(capacity);
  }

  /** Empties the batch; columns a Template does not name must read 0, not what an earlier record left. */
  clear(): void {
    for (const column of this.#columns()) column.fill(0);
    this.length = 0;
  }

  /** Undoes the first half of a record that turned out to be malformed. */
  clearRow(row: number): void {
    for (const column of this.#columns()) column[row] = 0;
  }

  #columns(): (Float64Array | Uint32Array | Uint16Array | Uint8Array)[] {
    return Object.values(this).filter((value) => ArrayBuffer.isView(value)) as Uint32Array[];
  }
}
