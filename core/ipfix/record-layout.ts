import { VARIABLE_LENGTH, type FieldSpecifier } from './template.ts';

/** Octet and length of each field of a record, by turns. */
export type FieldPlaces = number[];

/**
 * Finds where the fields of the Data Record at `offset` lie and writes it into `places`, which is filled from its start and may be used
 * again and again. Returns where the record ends, or -1 when that is not before `end`. Never throws on any octets.
 */
export function layOutRecord(
  fields: readonly FieldSpecifier[],
  view: DataView,
  offset: number,
  end: number,
  places: FieldPlaces,
): number {
  const limit = Math.min(end, view.byteLength);
  let at = offset;
  for (let index = 0; index < fields.length; index++) {
    let { length } = fields[index] as FieldSpecifier;
    if (length === VARIABLE_LENGTH) {
      // RFC 7011 section 7: one octet of length, or 255 and two.
      if (at + 1 > limit) return -1;
      length = view.getUint8(at++);
      if (length === 255) {
        if (at + 2 > limit) return -1;
        length = view.getUint16(at);
        at += 2;
      }
    }
    if (at + length > limit) return -1;
    places[2 * index] = at;
    places[2 * index + 1] = length;
    at += length;
  }
  return at;
}
