import { formatIPv4 } from '../net/address.ts';
import { formatIPv6Groups } from '../net/ipv6-text.ts';
import type { AbstractDataType } from './registry/information-element.ts';
import { decodeValue } from './value-decoder.ts';

/** What JSON can carry without loss. */
export type PlainValue = number | string | boolean;

/** Control and format characters, lone surrogates, and white space beside the space itself. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/**
 * The value in `length` octets at `offset`, which must lie inside the view, so that a person can read it and nothing is lost:
 *
 * - integers, seconds and milliseconds since 1970: a number, beyond 2^53 - 1 its digits as text
 * - microseconds and nanoseconds: `ntp:SECONDS.FRACTION`, both in hexadecimal as sent (RFC 7011 sections 6.1.9 and 6.1.10)
 * - floats and addresses: text; booleans: true or false
 * - strings: text without the zeros at its end, when it can be printed
 * - all else, elements not known, lengths the type does not allow: the octets as `0x...`
 */
export function plainValue(type: AbstractDataType | undefined, view: DataView, offset: number, length: number): PlainValue {
  if (length === 8 && (type === 'dateTimeMicroseconds' || type === 'dateTimeNanoseconds')) {
    return `ntp:${hexOf(view, offset, 4)}.${hexOf(view, offset + 4, 4)}`;
  }
  if (type === 'ipv6Address' && length === 16) {
    return formatIPv6Groups(new Uint8Array(view.buffer, view.byteOffset + offset, length));
  }
  const value = decodeValue(type, view, offset, length);
  switch (typeof value) {
    case 'object':
      return `0x${hexOf(view, offset, length)}`;
    case 'bigint':
      return value.toString();
    case 'number':
      if (type === 'ipv4Address') return formatIPv4(value);
      return type === 'float32' || type === 'float64' ? String(value) : value;
    case 'string':
      return type === 'string' && UNPRINTABLE.test(value) ? `0x${hexOf(view, offset, length)}` : value;
    case 'boolean':
      return value;
  }
}

function hexOf(view: DataView, offset: number, length: number): string {
  let text = '';
  for (let at = offset; at < offset + length; at++) text += view.getUint8(at).toString(16).padStart(2, '0');
  return text;
}
