import { nameField, type NamedField } from './named-field.ts';
import { plainField, plainFields, type PlainField } from './plain-field.ts';
import { layOutRecord, type FieldPlaces } from './record-layout.ts';
import { minimumRecordLength, type Template } from './template.ts';

/** RFC 6313 section 4.4: how the members of a list stand to each other, by number. */
const SEMANTICS = ['noneOf', 'exactlyOneOf', 'oneOrMoreOf', 'allOf', 'ordered'] as const;
export type ListSemantic = (typeof SEMANTICS)[number] | 'undefined' | number;

/** A list of RFC 6313, as far as it could be read. */
export interface StructuredList {
  readonly semantic: ListSemantic;
  /** Of a basicList: the members, all of one element. */
  readonly members?: readonly PlainField[];
  /** Of the others: records, by the Template of each run of them. */
  readonly records?: readonly { readonly templateId: number; readonly fields: readonly PlainField[] }[];
  /** Why the rest of the octets is not in it. */
  readonly fault?: string;
}

/** What is needed to read lists: the Templates of their domain, and how deep lists may lie in lists. */
export interface ListContext {
  readonly templateOf: (templateId: number) => Template | undefined;
  readonly maxDepth: number;
}

/** Reads the list in `length` octets at `offset`; `undefined` when the element is none. Never throws on any octets. */
export function readList(
  field: NamedField,
  view: DataView,
  offset: number,
  length: number,
  context: ListContext,
): StructuredList | undefined {
  const read = readerOf(field);
  if (read === undefined) return undefined;
  if (context.maxDepth === 0) return { semantic: 'undefined', fault: 'the list lies too deep in other lists' };
  if (length === 0) return { semantic: 'undefined', fault: 'the list has no octets' };
  const semantic = view.getUint8(offset);
  const named = semantic === 255 ? 'undefined' : (SEMANTICS[semantic] ?? semantic);
  return { semantic: named, ...read(view, offset + 1, offset + length, { ...context, maxDepth: context.maxDepth - 1 }) };
}

type Content = Omit<StructuredList, 'semantic'>;
type ReadContent = (view: DataView, offset: number, end: number, context: ListContext) => Content;

function readerOf({ dataType }: NamedField): ReadContent | undefined {
  switch (dataType) {
    case 'basicList':
      return readBasicList;
    case 'subTemplateList':
      return readSubTemplateList;
    case 'subTemplateMultiList':
      return readSubTemplateMultiList;
    default:
      return undefined;
  }
}

/** RFC 6313 section 4.5.1: one element and its length, then values to the end. */
function readBasicList(view: DataView, offset: number, end: number, context: ListContext): Content {
  const isEnterprise = end - offset >= 2 && (view.getUint16(offset) & 0x8000) !== 0;
  let at = offset + (isEnterprise ? 8 : 4);
  if (at > end) return { members: [], fault: 'the head of the basicList is cut' };
  const elementId = view.getUint16(offset) & 0x7fff;
  const length = view.getUint16(offset + 2);
  if (length === 0) return { members: [], fault: 'the members of the basicList have no octets' };
  const field = nameField({ enterpriseNumber: isEnterprise ? view.getUint32(offset + 4) : 0, elementId, length });
  const members: PlainField[] = [];
  const places: FieldPlaces = [];
  while (at < end) {
    const next = layOutRecord([{ enterpriseNumber: 0, elementId, length }], view, at, end, places);
    if (next < 0) return { members, fault: `${end - at} octets are no member of the basicList` };
    members.push(plainField(field, view, places[0] as number, places[1] as number, nested(context)));
    at = next;
  }
  return { members };
}

/** RFC 6313 section 4.5.2: one Template, then records to the end. */
function readSubTemplateList(view: DataView, offset: number, end: number, context: ListContext): Content {
  if (end - offset < 2) return { records: [], fault: 'the head of the subTemplateList is cut' };
  return readRecords(view, view.getUint16(offset), offset + 2, end, context);
}

/** RFC 6313 section 4.5.3: runs of records, each with its Template and its length, the four octets of these included. */
function readSubTemplateMultiList(view: DataView, offset: number, end: number, context: ListContext): Content {
  const records: NonNullable<Content['records']>[number][] = [];
  let fault: string | undefined;
  let at = offset;
  while (at < end) {
    const length = end - at < 4 ? 0 : view.getUint16(at + 2);
    if (length < 4 || at + length > end) return { records, fault: `${end - at} octets are no run of the subTemplateMultiList` };
    const run = readRecords(view, view.getUint16(at), at + 4, at + length, context);
    records.push(...(run.records ?? []));
    fault ??= run.fault;
    at += length;
  }
  return fault === undefined ? { records } : { records, fault };
}

function readRecords(view: DataView, templateId: number, offset: number, end: number, context: ListContext): Content {
  const template = context.templateOf(templateId);
  if (template === undefined) return { records: [], fault: `Template ${templateId} is not known` };
  const names = template.fields.map(nameField);
  const minimumLength = Math.max(1, minimumRecordLength(template.fields));
  const records: { templateId: number; fields: PlainField[] }[] = [];
  const places: FieldPlaces = [];
  let at = offset;
  // Less than a record is padding.
  while (end - at >= minimumLength) {
    const next = layOutRecord(template.fields, view, at, end, places);
    if (next <= at) return { records, fault: `${end - at} octets are no record of Template ${templateId}` };
    records.push({ templateId, fields: plainFields(names, view, places, nested(context)) });
    at = next;
  }
  return { records };
}

const nested =
  (context: ListContext) =>
  (field: NamedField, view: DataView, offset: number, length: number): StructuredList | undefined =>
    readList(field, view, offset, length, context);
