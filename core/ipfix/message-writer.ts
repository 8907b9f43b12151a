import type { Slab } from '../bytes/slab.ts';
import type { Columns, RecordEncoder } from './record-encoder.ts';
import type { FieldValue } from './record-values.ts';
import { SetWriter } from './set-writer.ts';
import { OPTIONS_TEMPLATE_SET_ID, TEMPLATE_SET_ID, type Template } from './template.ts';

const VERSION = 10;
const MESSAGE_HEADER_LENGTH = 16;
/** The length field of a Message has 16 bits (RFC 7011 section 3.1). */
const MAX_MESSAGE_LENGTH = 65_535;
const ENTERPRISE_BIT = 0x8000;

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
  readonly #sets: SetWriter;
  #exportTimeS = 0;

  /** Throws a RangeError unless `maxMessageLength` is from 16 to 65535 octets. */
  constructor(options: { readonly maxMessageLength: number }, slab?: Slab) {
    const { maxMessageLength } = options;
    if (!(maxMessageLength >= MESSAGE_HEADER_LENGTH && maxMessageLength <= MAX_MESSAGE_LENGTH)) {
      throw new RangeError(`a Message cannot have ${maxMessageLength} octets`);
    }
    this.#sets = new SetWriter({ maxLength: maxMessageLength, headerLength: MESSAGE_HEADER_LENGTH, alignment: 1 }, slab);
  }

  /** Data Records, of options too, in this Message: what the sequence number grows by. */
  get dataRecordCount(): number {
    return this.#sets.dataRecordCount;
  }

  /** Whether there is neither a Template nor a Data Record in this Message. */
  get isEmpty(): boolean {
    return this.#sets.recordCount === 0;
  }

  /** Begins a Message; one that was begun and not finished is given up. */
  begin({ observationDomainId, sequenceNumber, exportTimeS }: MessageStart): void {
    this.#sets.begin();
    this.#exportTimeS = exportTimeS;
    const { view } = this.#sets;
    view.setUint16(0, VERSION);
    view.setUint32(4, exportTimeS);
    view.setUint32(8, sequenceNumber);
    view.setUint32(12, observationDomainId);
  }

  /** Adds a Template Record or an Options Template Record; `false` when it does not fit, then nothing is written. */
  addTemplate({ id, fields, scopeFieldCount }: Template): boolean {
    const isOptions = scopeFieldCount > 0;
    const length = fields.reduce((octets, field) => octets + (field.enterpriseNumber === 0 ? 4 : 8), isOptions ? 6 : 4);
    let at = this.#sets.reserve(isOptions ? OPTIONS_TEMPLATE_SET_ID : TEMPLATE_SET_ID, length);
    if (at === undefined) return false;
    const { view } = this.#sets;
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

  /** Adds Data Records from `count` rows of the columns, `row` and on; `false` when they do not fit, then nothing is written. */
  addRecord(encoder: RecordEncoder, columns: Columns, row: number, count = 1): boolean {
    return this.#sets.addRecord(encoder, columns, row, this.#exportTimeS * 1_000, count);
  }

  /**
   * Adds a Data Record of one value for each field of the Template; `false` when it does not fit, then nothing is written.
   * Throws a RangeError when there are more or fewer values, or one that is not of its field's type and length.
   */
  addValues(template: Template, values: readonly FieldValue[]): boolean {
    return this.#sets.addValues(template, values);
  }

  /** Ends the Message and returns a copy of its octets. */
  finish(): Uint8Array {
    this.#sets.view.setUint16(2, this.#sets.close());
    return this.#sets.finish();
  }
}
