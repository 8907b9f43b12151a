import { elementById, REVERSE_ENTERPRISE_NUMBER } from './registry/registry.ts';
import type { FieldSpecifier } from './template.ts';

/**
 * How a field of fixed length becomes the number in a column. Every time of day is milliseconds since 1970
 * in a column, whatever its unit on the wire, so that columns of several exporters mean the same.
 */
export type NumberForm = 'unsigned' | 'signed' | 'float' | 'seconds' | 'microseconds' | 'nanoseconds';

/** Microseconds before the Export Time, and the milliseconds that the device had been up. */
type RelativeForm = 'delta' | 'uptime';

/** How a number in a column is read. Of milliseconds only those that can be a time. */
export type ReadForm = NumberForm | RelativeForm | 'milliseconds';

/** An IPv6 address is no number: it fills four 32-bit words of its column. */
export type ColumnForm = ReadForm | 'four-words';

const IPV6_OCTETS = 16;

/** Elements that tell a time by another one. Their registry type is only that of a number. */
const RELATIVE_TIMES = new Map<number, { readonly form: RelativeForm; readonly maxLength: number }>([
  [158, { form: 'delta', maxLength: 4 }],
  [159, { form: 'delta', maxLength: 4 }],
  // Some send 64 bits.
  [21, { form: 'uptime', maxLength: 8 }],
  [22, { form: 'uptime', maxLength: 8 }],
]);

/** An unsigned64 does not always fit a column, but its low 53 bits do. */
const MAX_INTEGER_OCTETS = 8;

/**
 * The form of a field, or `undefined` when a column cannot hold it: text, lists, variable length, and lengths that the type does
 * not allow (RFC 7011 section 6.2). Elements the registry does not know are taken as unsigned integers.
 */
export function columnFormOf(field: FieldSpecifier): ColumnForm | undefined {
  const { enterpriseNumber, elementId, length } = field;
  const isOfIana = enterpriseNumber === 0 || enterpriseNumber === REVERSE_ENTERPRISE_NUMBER;
  const relative = isOfIana ? RELATIVE_TIMES.get(elementId) : undefined;
  if (relative !== undefined) return length >= 1 && length <= relative.maxLength ? relative.form : undefined;
  switch (elementById(enterpriseNumber, elementId)?.dataType) {
    case 'ipv6Address':
      return length === IPV6_OCTETS ? 'four-words' : undefined;
    case 'dateTimeMilliseconds':
      return length === 8 ? 'milliseconds' : undefined;
    default:
      return numberFormOf(field);
  }
}

/** The form of a field that is filled from a column of numbers. */
export function numberFormOf({ enterpriseNumber, elementId, length }: FieldSpecifier): NumberForm | undefined {
  if (length < 1 || length > MAX_INTEGER_OCTETS) return undefined;
  switch (elementById(enterpriseNumber, elementId)?.dataType) {
    case 'signed8':
    case 'signed16':
    case 'signed32':
    case 'signed64':
      return 'signed';
    case 'float32':
      return length === 4 ? 'float' : undefined;
    case 'float64':
      return length === 4 || length === 8 ? 'float' : undefined;
    case 'dateTimeSeconds':
      return length === 4 ? 'seconds' : undefined;
    case 'dateTimeMilliseconds':
      return length === 8 ? 'unsigned' : undefined;
    case 'dateTimeMicroseconds':
      return length === 8 ? 'microseconds' : undefined;
    case 'dateTimeNanoseconds':
      return length === 8 ? 'nanoseconds' : undefined;
    case 'boolean':
      return length === 1 ? 'unsigned' : undefined;
    case 'ipv4Address':
      return length === 4 ? 'unsigned' : undefined;
    case 'macAddress':
      return length === 6 ? 'unsigned' : undefined;
    case 'string':
    case 'ipv6Address':
    case 'basicList':
    case 'subTemplateList':
    case 'subTemplateMultiList':
      return undefined;
    default:
      return 'unsigned';
  }
}
