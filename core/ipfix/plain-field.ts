import type { NamedField } from './named-field.ts';
import { plainValue, type PlainValue } from './plain-value.ts';
import type { FieldPlaces } from './record-layout.ts';
import type { StructuredList } from './structured-data.ts';

/** A field of a record as JSON has it. */
export interface PlainField {
  /** Private Enterprise Number, 0 for IANA; `null` for what is of no registry of IPFIX. */
  readonly pen: number | null;
  readonly id: number;
  readonly name: string;
  readonly value: PlainValue;
  /** What the octets of a list say. */
  readonly list?: StructuredList;
}

/** Reads the list in a field, or says `undefined` when the field is none. */
export type ReadList = (field: NamedField, view: DataView, offset: number, length: number) => StructuredList | undefined;

/** The fields of a record that lie at `places`. */
export const plainFields = (
  fields: readonly NamedField[],
  view: DataView,
  places: Readonly<FieldPlaces>,
  readList: ReadList,
): PlainField[] =>
  fields.map((field, index) => plainField(field, view, places[2 * index] as number, places[2 * index + 1] as number, readList));

export function plainField(field: NamedField, view: DataView, offset: number, length: number, readList: ReadList): PlainField {
  const { enterpriseNumber, elementId, name, dataType } = field;
  const plain = { pen: enterpriseNumber, id: elementId, name, value: plainValue(dataType, view, offset, length) };
  const list = readList(field, view, offset, length);
  return list === undefined ? plain : { ...plain, list };
}
