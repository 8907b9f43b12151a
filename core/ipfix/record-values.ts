import { decodeValue } from './value-decoder.ts';
import type { IpfixIssue } from './message-reader.ts';
import { elementById } from './registry/registry.ts';
import { layOutRecord, type FieldPlaces } from './record-layout.ts';
import type { Template } from './template.ts';

/**
 * A field's value, by the type the registry gives its element:
 *
 * - integers, and times in seconds or milliseconds since 1970: number, beyond 2^53 - 1 bigint
 * - times in microseconds or nanoseconds: bigint, nanoseconds since 1970 in both cases
 * - floats: number
 * - IPv4 addresses: number; IPv6 addresses: text of RFC 5952; MAC addresses: text, `00:00:5e:00:53:01`
 * - booleans: boolean, or the octet as number when it is neither 1 nor 2 (RFC 7011 section 6.1.5)
 * - strings: text
 * - all else, elements the registry does not know, lengths the type does not allow, ill-formed UTF-8: the octets
 */
export type FieldValue = number | bigint | string | boolean | Uint8Array;

/** A record's values in the order of its Template, and where the record ends. */
export interface RecordValues {
  readonly values: FieldValue[];
  readonly next: number;
}

/**
 * The Data Record at `offset`, or an issue when it does not end before `end` or has no octets, so a loop that stops at an
 * issue ends. Never throws on any octets; the octets in the values are copies.
 */
export function decodeRecordValues(template: Template, view: DataView, offset: number, end: number): RecordValues | IpfixIssue {
  const places: FieldPlaces = [];
  const next = layOutRecord(template.fields, view, offset, end, places);
  if (next < 0) {
    return { code: 'record-truncated', offset, detail: `a record of Template ${template.id} does not end inside its Set` };
  }
  if (next === offset) return { code: 'record-empty', offset, detail: `a record of Template ${template.id} has no octets` };
  const values = template.fields.map(({ enterpriseNumber, elementId }, index) =>
    decodeValue(
      elementById(enterpriseNumber, elementId)?.dataType,
      view,
      places[2 * index] as number,
      places[2 * index + 1] as number,
    ),
  );
  return { values, next };
}
