import type { MessageVisitor } from './message-reader.ts';
import { FIRST_TEMPLATE_ID, minimumRecordLength, OPTIONS_TEMPLATE_SET_ID, TEMPLATE_SET_ID } from './template.ts';
import type { FieldSpecifier } from './template.ts';

const SET_HEADER_LENGTH = 4;
const ENTERPRISE_BIT = 0x8000;
/** Template ID and Field Count, all there is of a withdrawal. */
const WITHDRAWAL_LENGTH = 4;

/** The Template Records of a Set, with what is told to whom. */
interface TemplateSet {
  readonly view: DataView;
  readonly end: number;
  readonly domainId: number;
  readonly isOptions: boolean;
  readonly visitor: MessageVisitor;
}

/**
 * Reads the Template Set or Options Template Set from `offset` to `end`, its header included (RFC 7011 sections 3.4.1, 3.4.2
 * and 8.1). A record that ends outside the Set ends the reading; every other faulty one is an issue and the next is read.
 */
export function readTemplateSet(view: DataView, offset: number, end: number, domainId: number, visitor: MessageVisitor): void {
  const set = { view, end, domainId, isOptions: view.getUint16(offset) === OPTIONS_TEMPLATE_SET_ID, visitor };
  let at = offset + SET_HEADER_LENGTH;
  // Less than a record is padding.
  while (end - at >= WITHDRAWAL_LENGTH) {
    if (view.getUint32(at) === 0) return readPadding(set, at);
    at = readTemplate(set, at);
  }
}

/** Some exporters pad with more zeros than they may; no record begins with four of them. */
function readPadding({ view, end, visitor }: TemplateSet, offset: number): void {
  for (let at = offset; at < end; at++) {
    if (view.getUint8(at) === 0) continue;
    return visitor.issue({ code: 'template-id', offset, detail: 'Template ID 0 is reserved' });
  }
}

/** Returns where the next record begins: `end` when that cannot be told. */
function readTemplate(set: TemplateSet, offset: number): number {
  const { view, end, isOptions, visitor } = set;
  const id = view.getUint16(offset);
  const fieldCount = view.getUint16(offset + 2);
  const refuse = (code: string, detail: string): void => visitor.issue({ code, offset, detail });
  if (fieldCount === 0) {
    readWithdrawal(set, offset, id);
    return offset + WITHDRAWAL_LENGTH;
  }
  const headerLength = isOptions ? 6 : 4;
  const fields: FieldSpecifier[] = [];
  const next = end - offset < headerLength ? undefined : readFields(view, offset + headerLength, end, fieldCount, fields);
  if (next === undefined) {
    refuse('template-truncated', `Template ${id} with ${fieldCount} fields does not end inside its Set`);
    return end;
  }
  const scopeFieldCount = isOptions ? view.getUint16(offset + 4) : 0;
  if (id < FIRST_TEMPLATE_ID) {
    refuse('template-id', `Template ID ${id} is reserved`);
  } else if (isOptions && (scopeFieldCount === 0 || scopeFieldCount > fieldCount)) {
    refuse('template-scope', `Options Template ${id} has ${scopeFieldCount} scope fields of ${fieldCount}`);
  } else if (minimumRecordLength(fields) === 0) {
    // Any number of such records would fit into any Data Set.
    refuse('template-empty', `records of Template ${id} have no octets`);
  } else {
    visitor.template(set.domainId, { id, fields, scopeFieldCount });
  }
  return next;
}

function readWithdrawal({ isOptions, domainId, visitor }: TemplateSet, offset: number, id: number): void {
  const all = isOptions ? OPTIONS_TEMPLATE_SET_ID : TEMPLATE_SET_ID;
  if (id >= FIRST_TEMPLATE_ID || id === all) {
    visitor.withdrawal(domainId, id, isOptions ? 'options-template' : 'template');
  } else {
    visitor.issue({ code: 'template-id', offset, detail: `Template ID ${id} is reserved and cannot be withdrawn` });
  }
}

/** Reads Field Specifiers (RFC 7011 section 3.2) into `fields`; returns where they end, `undefined` when that is after `end`. */
function readFields(view: DataView, offset: number, end: number, count: number, fields: FieldSpecifier[]): number | undefined {
  let at = offset;
  for (let index = 0; index < count; index++) {
    if (end - at < 4) return undefined;
    const element = view.getUint16(at);
    const length = view.getUint16(at + 2);
    at += 4;
    if ((element & ENTERPRISE_BIT) === 0) {
      fields.push({ enterpriseNumber: 0, elementId: element, length });
      continue;
    }
    if (end - at < 4) return undefined;
    fields.push({ enterpriseNumber: view.getUint32(at), elementId: element & ~ENTERPRISE_BIT, length });
    at += 4;
  }
  return at;
}
