import type { Columns, RecordEncoder } from './record-encoder.ts';
import type { FieldValue } from './record-values.ts';
import { OPTIONS_TEMPLATE_SET_ID, TEMPLATE_SET_ID, VARIABLE_LENGTH, type Template } from './template.ts';
import { encodeValue } from './value-encoder.ts';

const VERSION = 10;
const MESSAGE_HEADER_LENGTH = 16;
const SET_HEADER_LENGTH = 4;
/** The length field of a Message has 16 bits (RFC 7011 section 3.1). */
const MAX_MESSAGE_LENGTH = 65_535;
const ENTERPRISE_BIT = 0x8000;
const NO_SET = 0;

/** What a Message says of itself (RFC 7011 section 3.1). */
export interface MessageStart {
  readonly observationDomainId: number;
  /** Data Records sent before this Message, modulo 2^32. */
  readonly sequenceNumber: number;
  /** Seconds since 1970. */
  readonly exportTimeS: number;
}

/**
 * Fills one IPFIX Message after the other: `begin`, then records in any order as long as they fit, then `finish`. Consecutive
 * records of the same kind share a Set.
 */
export class MessageWriter {
  readonly #view: DataView;
  readonly #octets: Uint8Array;
  /** Where the next octet goes; 0 when no Message is begun. */
  #end = 0;
  /** The Set that is being filled, and where it begins. */
  #setId = NO_SET;
  #setStart = 0;
  #dataRecordCount = 0;

  /** Throws a RangeError unless `maxMessageLength` is from 16 to 65535 octets. */
  constructor(options: { readonly maxMessageLength: number }) {
    const { maxMessageLength } = options;
    if (!(maxMessageLength >= MESSAGE_HEADER_LENGTH && maxMessageLength <= MAX_MESSAGE_LENGTH)) {
      throw new RangeError(`a Message cannot have ${maxMessageLength} octets`);
    }
    this.#octets = new Uint8Array(maxMessageLength);
    this.#view = new DataView(this.#octets.buffer);
  }

  /** Data Records, of options too, in this Message: what the sequence number grows by. */
  get dataRecordCount(): number {
    return this.#dataRecordCount;
  }

  /** Whether there is neither a Template nor a Data Record in this Message. */
  get isEmpty(): boolean {
    return this.#end <= MESSAGE_HEADER_LENGTH;
  }

  /** Begins a Message; one that was begun and not finished is given up. */
  begin({ observationDomainId, sequenceNumber, exportTimeS }: MessageStart): void {
    const view = this.#view;
    view.setUint16(0, VERSION);
    view.setUint32(4, exportTimeS);
    view.setUint32(8, sequenceNumber);
    view.setUint32(12, observationDomainId);
    this.#end = MESSAGE_HEADER_LENGTH;
    this.#setId = NO_SET;
    this.#dataRecordCount = 0;
  }

  /** Adds a Template Record or an Options Template Record; `false` when it does not fit, then nothing is written. */
  addTemplate({ id, fields, scopeFieldCount }: Template): boolean {
    const isOptions = scopeFieldCount > 0;
    const length = fields.reduce((octets, field) => octets + (field.enterpriseNumber === 0 ? 4 : 8), isOptions ? 6 : 4);
    let at = this.#reserve(isOptions ? OPTIONS_TEMPLATE_SET_ID : TEMPLATE_SET_ID, length);
    if (at === undefined) return false;
    const view = this.#view;
    view.setUint16(at, id);
    view.setUint16(at + 2, fields.length);
    if (isOptions) view.setUint16(at + 4, scopeFieldCount);
    at += isOptions ? 6 : 4;
    for (const { enterpriseNumber, elementId, length: fieldLength } of fields) {
      view.setUint16(at, enterpriseNumber === 0 ? elementId : elementId | ENTERPRISE_BIT);
      view.setUint16(at + 2, fieldLength);
      at += 4;
      if (enterpriseNumber === 0) continue;
      view.setUint32(at, enterpriseNumber);
      at += 4;
    }
    return true;
  }

  /** Adds a Data Record from row `row` of the columns; `false` when it does not fit, then nothing is written. */
  addRecord(encoder: RecordEncoder, columns: Columns, row: number): boolean {
    const at = this.#reserve(encoder.templateId, encoder.length);
    if (at === undefined) return false;
    encoder.encode(this.#view, at, columns, row);
    this.#dataRecordCount++;
    return true;
  }

  /**
   * Adds a Data Record of one value for each field of the Template; `false` when it does not fit, then nothing is written.
   * Throws a RangeError when there are more or fewer values, or one that is not of its field's type and length.
   */
  addValues(template: Template, values: readonly FieldValue[]): boolean {
    const { id, fields } = template;
    if (values.length !== fields.length)
      throw new RangeError(`Template ${id} needs ${fields.length} values, not ${values.length}`);
    const parts: Uint8Array[] = [];
    fields.forEach((field, index) => {
      const octets = encodeValue(field, values[index] as FieldValue);
      if (field.length === VARIABLE_LENGTH) parts.push(lengthPrefix(octets.length));
      parts.push(octets);
    });
    let at = this.#reserve(
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

  /** Ends the Message and returns a copy of its octets. */
  finish(): Uint8Array {
    if (this.#end === 0) throw new Error('no Message is begun');
    this.#endSet();
    this.#view.setUint16(2, this.#end);
    const message = this.#octets.slice(0, this.#end);
    this.#end = 0;
    return message;
  }

  /** Where a record of `length` octets goes, in a Set with this ID; `undefined` when it does not fit. */
  #reserve(setId: number, length: number): number | undefined {
    if (this.#end === 0) throw new Error('no Message is begun');
    const start = this.#setId === setId ? this.#end : this.#end + SET_HEADER_LENGTH;
    if (start + length > this.#octets.length) return undefined;
    if (this.#setId !== setId) {
      this.#endSet();
      this.#view.setUint16(this.#end, setId);
      this.#setStart = this.#end;
      this.#setId = setId;
    }
    this.#end = start + length;
    return start;
  }

  #endSet(): void {
    if (this.#setId !== NO_SET) this.#view.setUint16(this.#setStart + 2, this.#end - this.#setStart);
    this.#setId = NO_SET;
  }
}

/** RFC 7011 section 7: one octet below 255, else 255 and two octets. */
const lengthPrefix = (length: number): Uint8Array =>
  length < 255 ? Uint8Array.of(length) : Uint8Array.of(255, length >>> 8, length & 255);
