import fc from 'fast-check';
import type { FieldValue } from '../../../core/ipfix/record-values.ts';
import type { AbstractDataType } from '../../../core/ipfix/registry/information-element.ts';
import { ELEMENT_ROWS } from '../../../core/ipfix/registry/information-elements.generated.ts';
import { VARIABLE_LENGTH, type FieldSpecifier } from '../../../core/ipfix/template.ts';

/** A field and a value it can carry. */
export interface TypedValue {
  readonly field: FieldSpecifier;
  readonly value: FieldValue;
}

/** Lengths on the wire that a type may have (RFC 7011 section 6). */
export const LENGTHS: Readonly<Partial<Record<AbstractDataType, readonly number[]>>> = {
  unsigned8: [1],
  unsigned16: [1, 2],
  unsigned32: [1, 2, 3, 4],
  unsigned64: [1, 2, 3, 4, 5, 6, 7, 8],
  signed8: [1],
  signed16: [1, 2],
  signed32: [1, 2, 3, 4],
  signed64: [1, 2, 3, 4, 5, 6, 7, 8],
  float32: [4],
  float64: [4, 8],
  boolean: [1],
  macAddress: [6],
  ipv4Address: [4],
  ipv6Address: [16],
  dateTimeSeconds: [4],
  dateTimeMilliseconds: [8],
  dateTimeMicroseconds: [8],
  dateTimeNanoseconds: [8],
};

const LAST_NS = (1n << 32n) * 1_000_000_000n - 1n;

const smallest = (value: bigint): FieldValue => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

const integers = (length: number, isSigned: boolean): fc.Arbitrary<FieldValue> => {
  const bits = BigInt(length) * 8n;
  const range = isSigned ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n } : { min: 0n, max: (1n << bits) - 1n };
  // All widths alike, or large numbers would hide the small.
  return fc.bigInt(range).chain((value) => fc.bigInt({ min: 0n, max: bits - 1n }).map((shift) => smallest(value >> shift)));
};

const octets = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });

const macText = octets(6).map((address) => [...address].map((octet) => octet.toString(16).padStart(2, '0')).join(':'));

/** Trailing zeros are taken for what fills a field, and lone surrogates have no UTF-8. */
const texts = fc
  .string({ unit: 'binary', maxLength: 400 })
  .filter((text) => !text.endsWith('\0') && !/\p{Surrogate}/u.test(text));

/** Values of a type in a field of this length. */
export function valuesOf(type: AbstractDataType, length: number): fc.Arbitrary<FieldValue> {
  switch (type) {
    case 'float32':
    case 'float64':
      return length === 4 ? fc.float() : fc.double();
    case 'boolean':
      return fc.oneof(fc.boolean(), fc.constantFrom<FieldValue>(0, 3, 255));
    case 'macAddress':
      return macText;
    case 'ipv6Address':
      return fc
        .ipV6()
        .map((text) => new URL(`http://[${text}]/`).hostname.slice(1, -1))
        .filter((text) => !text.startsWith('::ffff:'));
    case 'dateTimeMicroseconds':
      return fc.bigInt({ min: 0n, max: LAST_NS / 1_000n }).map((us) => us * 1_000n);
    case 'dateTimeNanoseconds':
      return fc.bigInt({ min: 0n, max: LAST_NS });
    case 'string':
      return texts;
    default:
      return type in LENGTHS ? integers(length, type.startsWith('signed')) : octets(length);
  }
}

const fieldsOfRow = (row: (typeof ELEMENT_ROWS)[number]): fc.Arbitrary<TypedValue> => {
  const [enterpriseNumber, elementId, , type] = row;
  const withLength = (length: number): FieldSpecifier => ({ enterpriseNumber, elementId, length });
  const lengths = LENGTHS[type];
  if (lengths !== undefined) {
    return fc
      .constantFrom(...lengths)
      .chain((length) => valuesOf(type, length).map((value) => ({ field: withLength(length), value })));
  }
  if (type === 'string') {
    const fixed = texts.map((value) => ({ field: withLength(new TextEncoder().encode(value).length + 3), value }));
    return fc.oneof(
      fixed,
      texts.map((value) => ({ field: withLength(VARIABLE_LENGTH), value })),
    );
  }
  const lists = fc.uint8Array({ maxLength: 300 });
  return fc.oneof(
    lists.map((value) => ({ field: withLength(VARIABLE_LENGTH), value })),
    lists.map((value) => ({ field: withLength(value.length), value })),
  );
};

const types = [...new Set(ELEMENT_ROWS.map(([, , , type]) => type))];

/** A field of any type, each as often as the others, with a value; unknown enterprise elements carry octets. */
export const typedValues: fc.Arbitrary<TypedValue> = fc.oneof(
  ...types.map((type) => fc.constantFrom(...ELEMENT_ROWS.filter((row) => row[3] === type)).chain(fieldsOfRow)),
  fieldsOfRow([4_294_967_295, 32_767, 'unknown', 'octetArray', 'default']),
);
