import { fault, type Part } from '../bytes/part.ts';
import { nameField } from './named-field.ts';
import { elementOf, numberPart, padding, recordParts, waiting, wordsOf } from './record-parts.ts';
import {
  FIRST_TEMPLATE_ID,
  minimumRecordLength,
  OPTIONS_TEMPLATE_SET_ID,
  TEMPLATE_SET_ID,
  VARIABLE_LENGTH,
  type FieldSpecifier,
  type Template,
} from './template.ts';

const HEADER_LENGTH = 16;
const SET_HEADER_LENGTH = 4;
const ENTERPRISE_BIT = 0x8000;

/**
 * Takes an IPFIX Message apart: every octet belongs to one part without parts of its own. `templateOf`: the Template that a Data Set of
 * this ID is to be read by, `undefined` when none is known; Templates of the Message itself count from where they stand (RFC 7011
 * section 8.1). Never throws, whatever the octets: what cannot be told apart is a part of
 * kind `fault`, and of kind `waiting` what has no Template.
 */
export function dissectMessage(view: DataView, templateOf: (id: number) => Template | undefined): Part {
  return new Dissection(view, templateOf).message();
}

class Dissection {
  readonly #view: DataView;
  readonly #templateOf: (id: number) => Template | undefined;
  /** Of this Message. */
  readonly #own = new Map<number, Template>();

  constructor(view: DataView, templateOf: (id: number) => Template | undefined) {
    this.#view = view;
    this.#templateOf = templateOf;
  }

  message(): Part {
    const { byteLength } = this.#view;
    const node = (parts: readonly Part[]): Part => ({ from: 0, to: byteLength, kind: 'message', name: 'Message', parts });
    if (byteLength < HEADER_LENGTH || this.#view.getUint16(0) !== 10)
      return node(byteLength === 0 ? [] : [fault(0, byteLength, 'no header of an IPFIX Message (RFC 7011 section 3.1)')]);
    const parts = [this.#header()];
    const end = Math.max(HEADER_LENGTH, Math.min(byteLength, this.#view.getUint16(2)));
    let at = HEADER_LENGTH;
    while (at < end) {
      const set = this.#set(at, end);
      parts.push(set);
      at = set.to;
    }
    if (end < byteLength) parts.push(fault(end, byteLength, 'octets after the length of the Message'));
    return node(parts);
  }

  #header(): Part {
    const parts = [
      this.#number(0, 2, 'Version Number', '10 is IPFIX'),
      this.#number(2, 2, 'Length', 'octets of the whole Message'),
      this.#number(4, 4, 'Export Time', 'when the Message left, in seconds since 1970 by the exporter’s clock'),
      this.#number(8, 4, 'Sequence Number', 'records sent before this Message: a gap tells of lost ones'),
      this.#number(12, 4, 'Observation Domain ID', 'which part of the exporter speaks'),
    ];
    return { from: 0, to: HEADER_LENGTH, kind: 'header', name: 'Message Header', parts };
  }

  #set(from: number, end: number): Part {
    if (end - from < SET_HEADER_LENGTH) return fault(from, end, 'less than the header of a Set');
    const id = this.#view.getUint16(from);
    const length = this.#view.getUint16(from + 2);
    if (length < SET_HEADER_LENGTH || from + length > end)
      return fault(from, end, `a Set of length ${length}, ${end - from} octets are left`);
    const to = from + length;
    const header = [this.#number(from, 2, 'Set ID', setWords(id)), this.#number(from + 2, 2, 'Length', 'octets of the Set')];
    const [name, parts] = this.#body(id, from + SET_HEADER_LENGTH, to);
    return {
      from,
      to,
      kind: 'set',
      name,
      ...(id >= FIRST_TEMPLATE_ID ? { templateId: id } : {}),
      parts: [...header, ...parts],
    };
  }

  #body(id: number, from: number, to: number): [string, Part[]] {
    if (id === TEMPLATE_SET_ID) return ['Template Set', this.#templates(from, to, false)];
    if (id === OPTIONS_TEMPLATE_SET_ID) return ['Options Template Set', this.#templates(from, to, true)];
    if (id < FIRST_TEMPLATE_ID) return ['Set', from === to ? [] : [fault(from, to, `Set ID ${id} is reserved`)]];
    const template = this.#own.get(id) ?? this.#templateOf(id);
    if (template === undefined) return ['Data Set', from === to ? [] : [waiting(from, to, id)]];
    return ['Data Set', recordParts(template, this.#view, from, to, nameField)];
  }

  #templates(from: number, to: number, isOptions: boolean): Part[] {
    const parts: Part[] = [];
    let at = from;
    while (to - at >= 4 && this.#view.getUint32(at) !== 0) {
      const template = this.#template(at, to, isOptions);
      parts.push(template);
      at = template.to;
    }
    if (at < to) parts.push(padding(at, to));
    return parts;
  }

  #template(from: number, end: number, isOptions: boolean): Part {
    const id = this.#view.getUint16(from);
    const count = this.#view.getUint16(from + 2);
    const parts = [
      this.#number(from, 2, 'Template ID', 'Data Sets of this ID are read by it'),
      this.#number(from + 2, 2, 'Field Count', count === 0 ? 'no fields: the Template is withdrawn' : 'fields of each record'),
    ];
    let at = from + 4;
    if (isOptions && count > 0) {
      if (end - at < 2) return fault(from, end, `Template ${id} does not end inside its Set`);
      parts.push(this.#number(at, 2, 'Scope Field Count', 'how many of the fields say what the others are about'));
      at += 2;
    }
    const fields: FieldSpecifier[] = [];
    for (let index = 0; index < count; index++) {
      const specifier = this.#specifier(at, end, fields);
      if (specifier === undefined) return fault(from, end, `Template ${id} does not end inside its Set`);
      parts.push(specifier);
      at = specifier.to;
    }
    const scopeFieldCount = isOptions && count > 0 ? this.#view.getUint16(from + 4) : 0;
    if (id >= FIRST_TEMPLATE_ID && minimumRecordLength(fields) > 0) this.#own.set(id, { id, fields, scopeFieldCount });
    const name = isOptions ? 'Options Template Record' : 'Template Record';
    return { from, to: at, kind: 'template', name, value: id, templateId: id, parts };
  }

  /** RFC 7011 section 3.2. */
  #specifier(from: number, end: number, fields: FieldSpecifier[]): Part | undefined {
    if (end - from < 4) return undefined;
    const element = this.#view.getUint16(from);
    const length = this.#view.getUint16(from + 2);
    const isEnterprise = (element & ENTERPRISE_BIT) !== 0;
    const to = from + (isEnterprise ? 8 : 4);
    if (to > end) return undefined;
    const enterpriseNumber = isEnterprise ? this.#view.getUint32(from + 4) : 0;
    const field = { enterpriseNumber, elementId: element & ~ENTERPRISE_BIT, length };
    fields.push(field);
    const { name } = nameField(field);
    const lengthWords =
      length === VARIABLE_LENGTH ? 'each record says how long' : `${length} ${length === 1 ? 'octet' : 'octets'}`;
    return { from, to, kind: 'field', name, value: lengthWords, ...wordsOf(name), element: elementOf(field) };
  }

  #number(from: number, length: 2 | 4, name: string, words: string): Part {
    return numberPart(this.#view, from, length, name, words);
  }
}

function setWords(id: number): string {
  if (id === TEMPLATE_SET_ID) return '2: what follows are Templates';
  if (id === OPTIONS_TEMPLATE_SET_ID) return '3: what follows are Options Templates';
  return id < FIRST_TEMPLATE_ID ? 'reserved' : 'the Template by which these records are read';
}
