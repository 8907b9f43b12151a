import { fault, type Part } from '../bytes/part.ts';
import { fieldWords, valueWords } from './field-words.ts';
import type { NamedField } from './named-field.ts';
import { plainValue, type PlainValue } from './plain-value.ts';
import { layOutRecord, type FieldPlaces } from './record-layout.ts';
import { minimumRecordLength, type FieldSpecifier, type Template } from './template.ts';

/** A field of a Template with its place in it, by name. */
type NameField = (field: FieldSpecifier, index: number) => Pick<NamedField, 'name' | 'dataType'>;

/** The records of a Template from `from` to `to`, and what fills the rest. Less than a record is padding (RFC 7011 section 3.3.1). */
export function recordParts(template: Template, view: DataView, from: number, to: number, nameField: NameField): Part[] {
  const parts: Part[] = [];
  const places: FieldPlaces = [];
  const least = minimumRecordLength(template.fields);
  let at = from;
  while (to - at >= least && least > 0) {
    const next = layOutRecord(template.fields, view, at, to, places);
    if (next <= at) return [...parts, fault(at, to, `a record of Template ${template.id} does not end inside its Set`)];
    parts.push(recordPart(template, view, at, next, places, nameField));
    at = next;
  }
  if (at < to) parts.push(padding(at, to));
  return parts;
}

function recordPart(
  { id, fields, scopeFieldCount }: Template,
  view: DataView,
  from: number,
  to: number,
  places: Readonly<FieldPlaces>,
  nameField: NameField,
): Part {
  let at = from;
  const parts = fields.map((field, index): Part => {
    const offset = places[2 * index] as number;
    const length = places[2 * index + 1] as number;
    const { name, dataType } = nameField(field, index);
    const value = plainValue(dataType, view, offset, length);
    // The length of a variable field stands before it and is part of it.
    const part: Part = {
      from: at,
      to: offset + length,
      kind: 'field',
      name,
      value,
      ...wordsOf(name, value),
      element: elementOf(field),
    };
    at = part.to;
    return part;
  });
  return { from, to, kind: 'record', name: scopeFieldCount > 0 ? 'Options Data Record' : 'Data Record', templateId: id, parts };
}

/** A whole number of a header, most significant octet first. */
export function numberPart(view: DataView, from: number, length: 1 | 2 | 4, name: string, words: string): Part {
  const value = length === 1 ? view.getUint8(from) : length === 2 ? view.getUint16(from) : view.getUint32(from);
  return { from, to: from + length, kind: 'field', name, value, words };
}

/** Records whose Template is not known. */
export const waiting = (from: number, to: number, templateId: number): Part => ({
  from,
  to,
  kind: 'waiting',
  name: 'not read yet',
  templateId,
  words: `Template ${templateId} is not known yet: these records wait for it`,
});

export const padding = (from: number, to: number): Part => ({
  from,
  to,
  kind: 'padding',
  name: 'padding',
  words: 'fills the Set up to a multiple of 4 or 8 octets',
});

export const elementOf = ({ enterpriseNumber, elementId }: FieldSpecifier): NonNullable<Part['element']> => ({
  enterpriseNumber,
  elementId,
});

/** What an element means, and what its value does. */
export function wordsOf(name: string, value?: PlainValue): Pick<Part, 'words'> {
  const said = [fieldWords(name), value === undefined ? undefined : valueWords(name, value)].filter((text) => text !== undefined);
  return said.length === 0 ? {} : { words: said.join(': ') };
}
