import { Slab } from '../bytes/slab.ts';
import type { Columns, RecordEncoder } from '../ipfix/record-encoder.ts';

const VERSION = 5;
const HEADER_LENGTH = 24;
const RECORD_LENGTH = 48;
/** Cisco's export never has more flows in a datagram, and collectors take more for damage. */
const MAX_RECORDS = 30;
/** The sampling mode has the upper 2 of 16 bits, the interval the others. */
const SAMPLING_INTERVAL_BITS = 14;

/** 0 none, 1 each Nth packet, 2 one of N by chance. */
export interface V5Sampling {
  readonly mode: 0 | 1 | 2;
  /** N, up to 16383. */
  readonly interval: number;
}

/** What a datagram says of itself. */
export interface V5DatagramStart {
  /** Flows sent before this datagram, modulo 2^32. */
  readonly flowSequence: number;
  readonly unixS: number;
  /** Nanoseconds beyond `unixS`. */
  readonly unixNs: number;
  /** Milliseconds since the device was switched on, by 32 bits as in NetFlow v9. */
  readonly uptimeMs: number;
  readonly engineType: number;
  readonly engineId: number;
  readonly sampling: V5Sampling;
}

/** Fills one NetFlow v5 datagram after the other: `begin`, flows as long as they fit, `finish`. */
export class V5Writer {
  readonly maxRecords: number;
  readonly #view: DataView;
  readonly #octets: Uint8Array;
  readonly #slab: Slab;
  #records = 0;

  /** Throws a RangeError when `maxLength` has no room for a flow. */
  constructor(options: { readonly maxLength: number }, slab = Slab.endless()) {
    this.#slab = slab;
    this.maxRecords = Math.min(MAX_RECORDS, Math.floor((options.maxLength - HEADER_LENGTH) / RECORD_LENGTH));
    if (this.maxRecords < 1) throw new RangeError(`a NetFlow v5 datagram cannot have ${options.maxLength} octets`);
    this.#octets = new Uint8Array(HEADER_LENGTH + this.maxRecords * RECORD_LENGTH);
    this.#view = new DataView(this.#octets.buffer);
  }

  /** Flows in this datagram: what the flow sequence grows by. */
  get recordCount(): number {
    return this.#records;
  }

  /** Begins a datagram; one that was begun and not finished is given up. */
  begin({ flowSequence, unixS, unixNs, uptimeMs, engineType, engineId, sampling }: V5DatagramStart): void {
    const view = this.#view;
    view.setUint16(0, VERSION);
    view.setUint32(4, uptimeMs);
    view.setUint32(8, unixS);
    view.setUint32(12, unixNs);
    view.setUint32(16, flowSequence);
    view.setUint8(20, engineType);
    view.setUint8(21, engineId);
    view.setUint16(22, (sampling.mode << SAMPLING_INTERVAL_BITS) | sampling.interval);
    this.#records = 0;
  }

  /** Adds `count` rows from row `row` on by an encoder of `V5_RECORD`; `false` when they do not fit, then nothing is written. */
  addRecord(encoder: RecordEncoder, columns: Columns, row: number, count = 1): boolean {
    if (this.#records + count > this.maxRecords) return false;
    encoder.encode(this.#view, HEADER_LENGTH + RECORD_LENGTH * this.#records, columns, row, 0, count);
    this.#records += count;
    return true;
  }

  /** Ends the datagram and returns a copy of its octets. */
  finish(): Uint8Array {
    this.#view.setUint16(2, this.#records);
    return this.#slab.copy(this.#octets, HEADER_LENGTH + RECORD_LENGTH * this.#records);
  }
}
