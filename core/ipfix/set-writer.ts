import { Slab } from '../bytes/slab.ts';
import type { Columns, RecordEncoder } from './record-encoder.ts';
import type { FieldValue } from './record-values.ts';
import { VARIABLE_LENGTH, type Template } from './template.ts';
import { encodeValue } from './value-encoder.ts';

const SET_HEADER_LENGTH = 4;
const NO_SET = 0xffff_ffff;

/** How a protocol lays out its Messages. */
export interface MessageLayout {
  readonly maxLength: number;
  /** Octets before the first Set; whoever owns the writer fills them. */
  readonly headerLength: number;
  /** Sets end at a multiple of so many octets: 1 in IPFIX, 4 in NetFlow v9. */
  readonly alignment: number;
}

/**
 * Fills the Sets (FlowSets in NetFlow v9) of one Message after the other: `begin`, records in any order as long as they fit,
 * `finish`. Consecutive records of the same kind share a Set.
 */
export class SetWriter {
  readonly view: DataView;
  readonly #octets: Uint8Array;
  readonly #slab: Slab;
  readonly #layout: MessageLayout;
  /** Where the next octet goes; 0 when no Message is begun. */
  #end = 0;
  /** The Set that is being filled, and where it begins. */
  #setId = NO_SET;
  #setStart = 0;
  #recordCount = 0;
  #dataRecordCount = 0;

  /** Finished Messages are copied into `slab`. */
  constructor(layout: MessageLayout, slab = Slab.endless()) {
    this.#slab = slab;
    this.#layout = layout;
    this.#octets = new Uint8Array(layout.maxLength);
    this.view = new DataView(this.#octets.buffer);
  }

  /** Records of all kinds, Template Records too, in this Message. */
  get recordCount(): number {
    return this.#recordCount;
  }

  /** Data Records, of options too, in this Message. */
  get dataRecordCount(): number {
    return this.#dataRecordCount;
  }

  /** Begins a Message; one that was begun and not finished is given up. */
  begin(): void {
    this.#end = this.#layout.headerLength;
    this.#setId = NO_SET;
    this.#recordCount = 0;
    this.#dataRecordCount = 0;
  }

  /** Where `count` records of `length` octets in all go, in a Set with this ID; `undefined` when they do not fit. */
  reserve(setId: number, length: number, count = 1): number | undefined {
    if (this.#end === 0) throw new Error('no Message is begun');
    const setStart = this.#setId === setId ? this.#setStart : this.#aligned(this.#end);
    const start = this.#setId === setId ? this.#end : setStart + SET_HEADER_LENGTH;
    if (this.#aligned(start + length) > this.#octets.length) return undefined;
    if (this.#setId !== setId) {
      this.#endSet();
      this.view.setUint16(setStart, setId);
      this.#setStart = setStart;
      this.#setId = setId;
    }
    this.#end = start + length;
    this.#recordCount += count;
    return start;
  }

  /** Adds Data Records from `count` rows of the columns, `row` and on; `false` when they do not fit, then nothing is written. */
  addRecord(encoder: RecordEncoder, columns: Columns, row: number, exportTimeMs: number, count = 1): boolean {
    const at = this.reserve(encoder.templateId, encoder.length * count, count);
    if (at === undefined) return false;
    encoder.encode(this.view, at, columns, row, exportTimeMs, count);
    this.#dataRecordCount += count;
    return true;
  }

  /**
   * Adds a Data Record of one value for each field of the Template; `false` when it does not fit, then nothing is written.
   * Throws a RangeError when there are more or fewer values, or one that is not of its field's type and length.
   */
  addValues({ id, fields }: Template, values: readonly FieldValue[]): boolean {
    if (values.length !== fields.length)
      throw new RangeError(`Template ${id} needs ${fields.length} values, not ${values.length}`);
    const parts: Uint8Array[] = [];
    fields.forEach((field, index) => {
      const octets = encodeValue(field, values[index] as FieldValue);
      if (field.length === VARIABLE_LENGTH) parts.push(lengthPrefix(octets.length));
      parts.push(octets);
    });
    let at = this.reserve(
      id,
      parts.reduce((octets, part) => octets + part.length, 0),
    );
    if (at === undefined) return false;
    for (const part of parts) {
      this.#octets.set(part, at);
      at += part.length;
    }
    this.#dataRecordCount++;
    return true;
  }

  /** Ends the last Set and returns the octets of the Message. */
  close(): number {
    if (this.#end === 0) throw new Error('no Message is begun');
    this.#endSet();
    return this.#end;
  }

  /** Ends the Message and returns a copy of its octets. */
  finish(): Uint8Array {
    const message = this.#slab.copy(this.#octets, this.close());
    this.#end = 0;
    return message;
  }

  #endSet(): void {
    if (this.#setId === NO_SET) return;
    const end = this.#aligned(this.#end);
    // What an earlier Message left there is no padding: it is zeros (RFC 3954 section 5.3).
    this.#octets.fill(0, this.#end, end);
    this.#end = end;
    this.view.setUint16(this.#setStart + 2, end - this.#setStart);
    this.#setId = NO_SET;
  }

  #aligned(octets: number): number {
    const { alignment } = this.#layout;
    return Math.ceil(octets / alignment) * alignment;
  }
}

/** RFC 7011 section 7: one octet below 255, else 255 and two octets. */
const lengthPrefix = (length: number): Uint8Array =>
  length < 255 ? Uint8Array.of(length) : Uint8Array.of(255, length >>> 8, length & 255);
