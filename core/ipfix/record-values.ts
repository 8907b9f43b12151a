import { decodeValue } from './value-decoder.ts';
import type { IpfixIssue } from './message-reader.ts';
import { elementById } from './registry/registry.ts';
import { VARIABLE_LENGTH, type Template } from './template.ts';

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
  const limit = Math.min(end, view.byteLength);
  const values: FieldValue[] = [];
  let at = offset;
  for (const { enterpriseNumber, elementId, length: fieldLength } of template.fields) {
    let length = fieldLength;
    if (length === VARIABLE_LENGTH) {
      // RFC 7011 section 7: one octet of length, or 255 and two.
      if (at + 1 > limit) return truncated(template, offset);
      length = view.getUint8(at++);
      if (length === 255) {
        if (at + 2 > limit) return truncated(template, offset);
        length = view.getUint16(at);
        at += 2;
      }
    }
    if (at + length > limit) return truncated(template, offset);
    values.push(decodeValue(elementById(enterpriseNumber, elementId)?.dataType, view, at, length));
    at += length;
  }
  if (at === offset) return { code: 'record-empty', offset, detail: `a record of Template ${template.id} has no octets` };
  return { values, next: at };
}

const truncated = (template: Template, offset: number): IpfixIssue => ({
  code: 'record-truncated',
  offset,
  detail: `a record of Template ${template.id} does not end inside its Set`,
});
