import { formatIPv6 } from '../net/ipv6-text.ts';
import { unixNsOfNtp } from './ntp-time.ts';
import type { FieldValue } from './record-values.ts';
import type { AbstractDataType } from './registry/information-element.ts';

/** Octets of an integer that a number holds exactly. */
const EXACT_OCTETS = 6;
const MAX_INTEGER_OCTETS = 8;

// A byte order mark is a character like others here: what was sent is what is read.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The value in `length` octets at `offset`, which must lie inside the view, as `FieldValue` describes; a type of `undefined`
 * is one the registry does not know.
 */
export function decodeValue(dataType: AbstractDataType | undefined, view: DataView, offset: number, length: number): FieldValue {
  const value = dataType && decodeTyped(dataType, view, offset, length);
  return value ?? octetsAt(view, offset, length).slice();
}

/** `undefined` when the type does not allow the length or the octets. */
function decodeTyped(type: AbstractDataType, view: DataView, offset: number, length: number): FieldValue | undefined {
  switch (type) {
    case 'unsigned8':
    case 'unsigned16':
    case 'unsigned32':
    case 'unsigned64':
      return integer(view, offset, length, false);
    case 'signed8':
    case 'signed16':
    case 'signed32':
    case 'signed64':
      return integer(view, offset, length, true);
    case 'float32':
      return length === 4 ? view.getFloat32(offset) : undefined;
    case 'float64':
      return length === 8 ? view.getFloat64(offset) : length === 4 ? view.getFloat32(offset) : undefined;
    case 'boolean':
      return length === 1 ? truthValue(view.getUint8(offset)) : undefined;
    case 'string':
      return text(octetsAt(view, offset, length));
    case 'macAddress':
      return length === 6 ? macText(octetsAt(view, offset, length)) : undefined;
    case 'ipv4Address':
    case 'dateTimeSeconds':
      return length === 4 ? view.getUint32(offset) : undefined;
    case 'ipv6Address':
      return length === 16 ? formatIPv6(octetsAt(view, offset, length)) : undefined;
    case 'dateTimeMilliseconds':
      return length === 8 ? integer(view, offset, length, false) : undefined;
    case 'dateTimeMicroseconds':
      return length === 8 ? unixNsOfNtp(view.getBigUint64(offset), 'microseconds') : undefined;
    case 'dateTimeNanoseconds':
      return length === 8 ? unixNsOfNtp(view.getBigUint64(offset), 'nanoseconds') : undefined;
    default:
      return undefined;
  }
}

/** Of any length from one octet to eight (RFC 7011 section 6.2). */
function integer(view: DataView, offset: number, length: number, isSigned: boolean): number | bigint | undefined {
  if (length < 1 || length > MAX_INTEGER_OCTETS) return undefined;
  let high = isSigned ? view.getInt8(offset) : view.getUint8(offset);
  const exact = Math.min(length, EXACT_OCTETS);
  for (let index = 1; index < exact; index++) high = high * 256 + view.getUint8(offset + index);
  if (length <= EXACT_OCTETS) return high;
  let value = BigInt(high);
  for (let index = EXACT_OCTETS; index < length; index++) value = value * 256n + BigInt(view.getUint8(offset + index));
  const rounded = Number(value);
  return Number.isSafeInteger(rounded) ? rounded : value;
}

const truthValue = (octet: number): boolean | number => (octet === 1 ? true : octet === 2 ? false : octet);

/**
 * Text without the zeros that fill a field of fixed length; `undefined` when it is not UTF-8, which is to be detected and not
 * taken for text (RFC 7011 section 6.1.6).
 */
function text(octets: Uint8Array): string | undefined {
  let length = octets.length;
  while (length > 0 && octets[length - 1] === 0) length--;
  try {
    return utf8.decode(octets.subarray(0, length));
  } catch {
    return undefined;
  }
}

const macText = (octets: Uint8Array): string => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(':');

const octetsAt = (view: DataView, offset: number, length: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + offset, length);
