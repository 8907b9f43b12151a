import type { Slab } from '../bytes/slab.ts';
import type { Columns, RecordEncoder } from '../ipfix/record-encoder.ts';
import type { FieldValue } from '../ipfix/record-values.ts';
import { SetWriter } from '../ipfix/set-writer.ts';
import { VARIABLE_LENGTH, type Template } from '../ipfix/template.ts';
import { OPTIONS_TEMPLATE_FLOWSET_ID, TEMPLATE_FLOWSET_ID } from './v9-template-reader.ts';

const VERSION = 9;
const HEADER_LENGTH = 20;
/** The largest payload of a UDP datagram over IPv4. */
const MAX_PACKET_LENGTH = 65_507;
/** FlowSets begin at multiples of so many octets (RFC 3954 section 5.3). */
const ALIGNMENT = 4;
const FIELD_LENGTH = 4;

/** What an Export Packet says of itself (RFC 3954 section 5.1). */
export interface V9PacketStart {
  readonly sourceId: number;
  /** Export Packets sent before this one, modulo 2^32. */
  readonly sequenceNumber: number;
  /** Seconds since 1970. */
  readonly unixS: number;
  /** Milliseconds since the device was switched on; the field has 32 bits and begins anew after 49.7 days. */
  readonly uptimeMs: number;
}

/**
 * Fills one NetFlow v9 Export Packet after the other, as `MessageWriter` does with IPFIX Messages. The scope fields of an
 * Options Template carry v9's own numbers in `elementId`: 1 System, 2 Interface, 3 Line Card, 4 Cache, 5 Template (RFC 3954
 * section 6.1).
 */
export class V9Writer {
  readonly #flowSets: SetWriter;
  #exportTimeMs = 0;

  /** Throws a RangeError unless `maxPacketLength` is from 20 to 65507 octets. */
  constructor(options: { readonly maxPacketLength: number }, slab?: Slab) {
    const { maxPacketLength } = options;
    if (!(maxPacketLength >= HEADER_LENGTH && maxPacketLength <= MAX_PACKET_LENGTH)) {
      throw new RangeError(`an Export Packet cannot have ${maxPacketLength} octets`);
    }
    this.#flowSets = new SetWriter({ maxLength: maxPacketLength, headerLength: HEADER_LENGTH, alignment: ALIGNMENT }, slab);
  }

  /** Flow and options records in this Export Packet. */
  get dataRecordCount(): number {
    return this.#flowSets.dataRecordCount;
  }

  /** Begins an Export Packet; one that was begun and not finished is given up. */
  begin({ sourceId, sequenceNumber, unixS, uptimeMs }: V9PacketStart): void {
    this.#flowSets.begin();
    this.#exportTimeMs = unixS * 1_000;
    const { view } = this.#flowSets;
    view.setUint16(0, VERSION);
    view.setUint32(4, uptimeMs);
    view.setUint32(8, unixS);
    view.setUint32(12, sequenceNumber);
    view.setUint32(16, sourceId);
  }

  /**
   * Adds a Template Record or an Options Template Record; `false` when it does not fit. Throws a RangeError for what v9 has no
   * room for: a field of an enterprise or of variable length.
   */
  addTemplate({ id, fields, scopeFieldCount }: Template): boolean {
    for (const { enterpriseNumber, elementId, length } of fields) {
      if (enterpriseNumber === 0 && length !== VARIABLE_LENGTH) continue;
      throw new RangeError(`Template ${id}: NetFlow v9 cannot carry element ${enterpriseNumber}/${elementId}`);
    }
    const isOptions = scopeFieldCount > 0;
    const length = (isOptions ? 6 : 4) + FIELD_LENGTH * fields.length;
    const at = this.#flowSets.reserve(isOptions ? OPTIONS_TEMPLATE_FLOWSET_ID : TEMPLATE_FLOWSET_ID, length);
    if (at === undefined) return false;
    const { view } = this.#flowSets;
    view.setUint16(at, id);
    if (isOptions) {
      // In octets of field definitions, not in fields (RFC 3954 section 6.1).
      view.setUint16(at + 2, FIELD_LENGTH * scopeFieldCount);
      view.setUint16(at + 4, FIELD_LENGTH * (fields.length - scopeFieldCount));
    } else {
      view.setUint16(at + 2, fields.length);
    }
    fields.forEach((field, index) => {
      const fieldAt = at + (isOptions ? 6 : 4) + FIELD_LENGTH * index;
      view.setUint16(fieldAt, field.elementId);
      view.setUint16(fieldAt + 2, field.length);
    });
    return true;
  }

  /** Adds flow records from `count` rows of the columns, `row` and on; `false` when they do not fit, then nothing is written. */
  addRecord(encoder: RecordEncoder, columns: Columns, row: number, count = 1): boolean {
    return this.#flowSets.addRecord(encoder, columns, row, this.#exportTimeMs, count);
  }

  /** Adds a record of one value for each field; `false` when it does not fit. Throws as `MessageWriter.addValues` does. */
  addValues(template: Template, values: readonly FieldValue[]): boolean {
    return this.#flowSets.addValues(template, values);
  }

  /** Ends the Export Packet and returns a copy of its octets. */
  finish(): Uint8Array {
    // RFC 3954 section 5.1: records of every kind, not FlowSets.
    this.#flowSets.view.setUint16(2, this.#flowSets.recordCount);
    return this.#flowSets.finish();
  }
}
