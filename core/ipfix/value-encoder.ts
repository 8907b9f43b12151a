import { parseIPv4 } from '../net/address.ts';
import { parseIPv6 } from '../net/ipv6-text.ts';
import { ntpOfUnixNs } from './ntp-time.ts';
import type { FieldValue } from './record-values.ts';
import type { AbstractDataType } from './registry/information-element.ts';
import { elementById } from './registry/registry.ts';
import { VARIABLE_LENGTH, type FieldSpecifier } from './template.ts';

/** Octets of a type when its field is of variable length; types without an entry have no length of their own. */
const NATURAL_LENGTH: Partial<Record<AbstractDataType, number>> = {
  unsigned8: 1,
  unsigned16: 2,
  unsigned32: 4,
  unsigned64: 8,
  signed8: 1,
  signed16: 2,
  signed32: 4,
  signed64: 8,
  float32: 4,
  float64: 8,
  boolean: 1,
  ipv4Address: 4,
  dateTimeSeconds: 4,
  dateTimeMilliseconds: 8,
  dateTimeMicroseconds: 8,
  dateTimeNanoseconds: 8,
};

const utf8 = new TextEncoder();

/**
 * The octets of a value for a field, without the length a variable-length field begins with. Takes what `FieldValue` describes
 * for the element's type, text for an IPv4 address too, and whole numbers for octets of fixed length (an applicationId). Text
 * shorter than its field is filled with zeros. Throws a RangeError when the value does not fit the field.
 */
export function encodeValue(field: FieldSpecifier, value: FieldValue): Uint8Array {
  const { enterpriseNumber, elementId } = field;
  const dataType = elementById(enterpriseNumber, elementId)?.dataType;
  const length = field.length === VARIABLE_LENGTH ? undefined : field.length;
  const octets = octetsOf(dataType, length, value);
  if (octets === undefined) throw new RangeError(`${describe(value)} is no value of element ${enterpriseNumber}/${elementId}`);
  if (length === undefined ? octets.length < VARIABLE_LENGTH : octets.length === length) return octets;
  if (length !== undefined && octets.length < length && typeof value === 'string' && isText(dataType)) {
    const filled = new Uint8Array(length);
    filled.set(octets);
    return filled;
  }
  throw new RangeError(`${octets.length} octets do not fit element ${enterpriseNumber}/${elementId} of length ${field.length}`);
}

/** `undefined` when the value is not of the type. */
function octetsOf(type: AbstractDataType | undefined, length: number | undefined, value: FieldValue): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return octetsOfText(type, value);
  if (typeof value === 'boolean') return type === 'boolean' ? Uint8Array.of(value ? 1 : 2) : undefined;
  const octets = length ?? (type && NATURAL_LENGTH[type]);
  if (octets === undefined || type === 'string' || type === 'ipv6Address') return undefined;
  if (type === 'float32' || type === 'float64') return octetsOfFloat(Number(value), octets);
  if (typeof value === 'number' && !Number.isInteger(value)) return undefined;
  const integer = BigInt(value);
  if (type === 'dateTimeMicroseconds') return octetsOfInteger(ntpOfUnixNs(integer, 'microseconds'), octets, false);
  if (type === 'dateTimeNanoseconds') return octetsOfInteger(ntpOfUnixNs(integer, 'nanoseconds'), octets, false);
  return octetsOfInteger(integer, octets, type?.startsWith('signed') ?? false);
}

function octetsOfText(type: AbstractDataType | undefined, text: string): Uint8Array | undefined {
  switch (type) {
    case 'ipv6Address':
      return parseIPv6(text);
    case 'ipv4Address': {
      const address = parseIPv4(text);
      return address === undefined ? undefined : octetsOfInteger(BigInt(address), 4, false);
    }
    case 'macAddress': {
      if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined;
      return Uint8Array.from(text.split(':'), (octet) => Number.parseInt(octet, 16));
    }
    default:
      return isText(type) ? utf8.encode(text) : undefined;
  }
}

/** Also octets, and elements the registry does not know: their text is sent as UTF-8. */
const isText = (type: AbstractDataType | undefined): boolean => type === undefined || type === 'string' || type === 'octetArray';

function octetsOfFloat(value: number, length: number): Uint8Array | undefined {
  if (length !== 4 && length !== 8) return undefined;
  const view = new DataView(new ArrayBuffer(length));
  if (length === 4) view.setFloat32(0, value);
  else view.setFloat64(0, value);
  return new Uint8Array(view.buffer);
}

function octetsOfInteger(value: bigint, length: number, isSigned: boolean): Uint8Array | undefined {
  const bits = length * 8;
  if ((isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)) !== value) return undefined;
  const octets = new Uint8Array(length);
  let rest = value;
  for (let index = length - 1; index >= 0; index--) {
    octets[index] = Number(BigInt.asUintN(8, rest));
    rest >>= 8n;
  }
  return octets;
}

const describe = (value: FieldValue): string =>
  value instanceof Uint8Array ? `${value.length} octets` : JSON.stringify(String(value));
