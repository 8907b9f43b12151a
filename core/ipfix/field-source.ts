/**
 * How a column's number is changed before it is written:
 *
 * - `clamped`: one that is too large for its field becomes the field's largest
 * - `us-before-export`: milliseconds since 1970 become microseconds before the Message's Export Time (elements 158 and 159),
 *   0 for what lies after it
 * - `high-octet`: the upper of two octets
 * - `dscp`: the upper six bits of an octet (RFC 2474)
 * - `four-words`: the row is four 32-bit words, written as they are (an IPv6 address)
 */
export type ColumnChange = 'clamped' | 'us-before-export' | 'high-octet' | 'dscp' | 'four-words';

/** Where an encoder takes a field from: a column by its name, a column changed, or the same whole number in every record. */
export type FieldSource =
  string | { readonly column: string; readonly change: ColumnChange } | { readonly column?: never; readonly constant: number };

const IPV6_OCTETS = 16;
const WORD_OCTETS = 4;
const MAX_UNSIGNED32 = 2 ** 32 - 1;

/**
 * Statements that read a source into `x`, from column `c` and `index` at row `r`; `t` is the Export Time. `isWritten` when they
 * also write it, at octet `p + offset` of `v`. Put together from this file's own text and from integers only.
 */
export function readSource(
  source: FieldSource,
  index: number,
  length: number,
  offset: number,
): { readonly code: string; readonly isWritten: boolean } {
  const column = `c${index}`;
  if (typeof source === 'string') return { code: `x=${column}[r];`, isWritten: false };
  if (!('change' in source)) return { code: `x=${Math.trunc(source.constant)};`, isWritten: false };
  switch (source.change) {
    case 'clamped':
      return { code: `x=Math.min(${column}[r],${2 ** (8 * length) - 1});`, isWritten: false };
    case 'us-before-export':
      return { code: `x=Math.min(${MAX_UNSIGNED32},Math.max(0,Math.round((t-${column}[r])*1e3)));`, isWritten: false };
    case 'high-octet':
      return { code: `x=${column}[r]>>>8;`, isWritten: false };
    case 'dscp':
      return { code: `x=${column}[r]>>>2;`, isWritten: false };
    case 'four-words':
      if (length !== IPV6_OCTETS) throw new Error(`four words are ${IPV6_OCTETS} octets, not ${length}`);
      return { code: `x=${column};s=4*r;${fourWords(offset)}`, isWritten: true };
  }
}

const fourWords = (offset: number): string =>
  [0, 1, 2, 3].map((word) => `v.setUint32(p+${offset + WORD_OCTETS * word},x[s+${word}]);`).join('');
