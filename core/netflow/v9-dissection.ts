import { fault, type Part } from '../bytes/part.ts';
import { elementOf, numberPart, padding, recordParts, waiting, wordsOf } from '../ipfix/record-parts.ts';
import { FIRST_TEMPLATE_ID, minimumRecordLength, type FieldSpecifier, type Template } from '../ipfix/template.ts';
import { v9Element, v9Scope, type V9Element } from './v9-elements.ts';
import { OPTIONS_TEMPLATE_FLOWSET_ID, TEMPLATE_FLOWSET_ID } from './v9-template-reader.ts';

const HEADER_LENGTH = 20;
const FLOWSET_HEADER_LENGTH = 4;
const FIELD_LENGTH = 4;

/**
 * Takes an Export Packet of NetFlow v9 (RFC 3954) apart, as `dissectMessage` does an IPFIX Message: every octet belongs to one part
 * without parts of its own, and it never throws.
 */
export function dissectV9Packet(view: DataView, templateOf: (id: number) => Template | undefined): Part {
  const { byteLength } = view;
  const whole = (parts: readonly Part[]): Part => ({ from: 0, to: byteLength, kind: 'message', name: 'Export Packet', parts });
  if (byteLength < HEADER_LENGTH)
    return whole(byteLength === 0 ? [] : [fault(0, byteLength, 'no header of an Export Packet (RFC 3954 section 5.1)')]);
  const own = new Map<number, Template>();
  const parts = [header(view)];
  for (let at = HEADER_LENGTH; at < byteLength;) {
    const flowSet = flowSetPart(view, at, own, templateOf);
    parts.push(flowSet);
    at = flowSet.to;
  }
  return whole(parts);
}

function header(view: DataView): Part {
  const parts = [
    numberPart(view, 0, 2, 'Version', '9 is NetFlow v9'),
    numberPart(view, 2, 2, 'Count', 'records of every kind in the packet'),
    numberPart(view, 4, 4, 'sysUpTime', 'how long the exporter has been on, in milliseconds'),
    numberPart(view, 8, 4, 'UNIX Secs', 'when the packet left, in seconds since 1970 by the exporter’s clock'),
    numberPart(view, 12, 4, 'Sequence Number', 'Export Packets sent before this one: a gap tells of lost ones'),
    numberPart(view, 16, 4, 'Source ID', 'which part of the exporter speaks'),
  ];
  return { from: 0, to: HEADER_LENGTH, kind: 'header', name: 'Packet Header', parts };
}

function flowSetPart(
  view: DataView,
  from: number,
  own: Map<number, Template>,
  templateOf: (id: number) => Template | undefined,
): Part {
  const end = view.byteLength;
  if (end - from < FLOWSET_HEADER_LENGTH) return fault(from, end, 'less than the header of a FlowSet');
  const [id, length] = [view.getUint16(from), view.getUint16(from + 2)];
  if (length < FLOWSET_HEADER_LENGTH || from + length > end)
    return fault(from, end, `a FlowSet of length ${length}, ${end - from} octets are left`);
  const to = from + length;
  const body = from + FLOWSET_HEADER_LENGTH;
  const heads = [
    numberPart(view, from, 2, 'FlowSet ID', flowSetWords(id)),
    numberPart(view, from + 2, 2, 'Length', 'octets of the FlowSet'),
  ];
  const set = (name: string, parts: readonly Part[]): Part => ({ from, to, kind: 'set', name, parts: [...heads, ...parts] });
  if (id === TEMPLATE_FLOWSET_ID) return set('Template FlowSet', templates(view, body, to, false, own));
  if (id === OPTIONS_TEMPLATE_FLOWSET_ID) return set('Options Template FlowSet', templates(view, body, to, true, own));
  if (id < FIRST_TEMPLATE_ID) return set('FlowSet', body === to ? [] : [fault(body, to, `FlowSet ID ${id} is reserved`)]);
  const template = own.get(id) ?? templateOf(id);
  const records =
    template === undefined
      ? body === to
        ? []
        : [waiting(body, to, id)]
      : recordParts(template, view, body, to, (field, index) => namedField(field, index < template.scopeFieldCount));
  return { ...set('Data FlowSet', records), templateId: id };
}

function templates(view: DataView, from: number, to: number, isOptions: boolean, own: Map<number, Template>): Part[] {
  const parts: Part[] = [];
  const headLength = isOptions ? 6 : 4;
  let at = from;
  while (to - at >= headLength && view.getUint32(at) !== 0) {
    const template = templatePart(view, at, to, isOptions, own);
    parts.push(template);
    at = template.to;
  }
  if (at < to) parts.push(padding(at, to));
  return parts;
}

function templatePart(view: DataView, from: number, end: number, isOptions: boolean, own: Map<number, Template>): Part {
  const id = view.getUint16(from);
  const headLength = isOptions ? 6 : 4;
  const scopeFieldCount = isOptions ? Math.floor(view.getUint16(from + 2) / FIELD_LENGTH) : 0;
  const fieldCount = isOptions ? scopeFieldCount + Math.floor(view.getUint16(from + 4) / FIELD_LENGTH) : view.getUint16(from + 2);
  const to = from + headLength + FIELD_LENGTH * fieldCount;
  if (to > end) return fault(from, end, `Template ${id} does not end inside its FlowSet`);
  const heads = isOptions
    ? [
        numberPart(view, from + 2, 2, 'Option Scope Length', 'octets that say what the others are about'),
        numberPart(view, from + 4, 2, 'Option Length', 'octets of the other fields'),
      ]
    : [numberPart(view, from + 2, 2, 'Field Count', 'fields of each record')];
  const fields: FieldSpecifier[] = [];
  const specifiers = Array.from({ length: fieldCount }, (_, index): Part => {
    const at = from + headLength + FIELD_LENGTH * index;
    const field = { enterpriseNumber: 0, elementId: view.getUint16(at), length: view.getUint16(at + 2) };
    fields.push(field);
    const { name } = namedField(field, index < scopeFieldCount);
    const value = `${field.length} ${field.length === 1 ? 'octet' : 'octets'}`;
    return { from: at, to: at + FIELD_LENGTH, kind: 'field', name, value, ...wordsOf(name), element: elementOf(field) };
  });
  if (id >= FIRST_TEMPLATE_ID && minimumRecordLength(fields) > 0) own.set(id, { id, fields, scopeFieldCount });
  const idPart = numberPart(view, from, 2, 'Template ID', 'Data FlowSets of this ID are read by it');
  const name = isOptions ? 'Options Template Record' : 'Template Record';
  return { from, to, kind: 'template', name, value: id, templateId: id, parts: [idPart, ...heads, ...specifiers] };
}

function namedField(
  { elementId }: FieldSpecifier,
  isScope: boolean,
): { name: string; dataType: V9Element['dataType'] | undefined } {
  const element = isScope ? v9Scope(elementId) : v9Element(elementId);
  return { name: element?.name ?? String(elementId), dataType: element?.dataType };
}

function flowSetWords(id: number): string {
  if (id === TEMPLATE_FLOWSET_ID) return '0: what follows are Templates';
  if (id === OPTIONS_TEMPLATE_FLOWSET_ID) return '1: what follows are Options Templates';
  return id < FIRST_TEMPLATE_ID ? 'reserved' : 'the Template by which these records are read';
}
