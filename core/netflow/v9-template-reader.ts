import type { MessageVisitor } from '../ipfix/message-reader.ts';
import { FIRST_TEMPLATE_ID, minimumRecordLength, type FieldSpecifier } from '../ipfix/template.ts';

/** RFC 3954 sections 5.2 and 6.1. */
export const TEMPLATE_FLOWSET_ID = 0;
export const OPTIONS_TEMPLATE_FLOWSET_ID = 1;

const FLOWSET_HEADER_LENGTH = 4;
const FIELD_LENGTH = 4;

/** What the head of a Template Record says. */
interface TemplateHead {
  readonly id: number;
  readonly scopeFieldCount: number;
  readonly fieldCount: number;
  readonly length: number;
}

/**
 * Reads the Template FlowSet or Options Template FlowSet from `offset` to `end`, its header included. A record that ends outside it
 * or has no fields ends the reading, because where the next begins is unknown; every other faulty one is an issue and the next is read.
 * An Options Template without scope, which RFC 3954 does not forbid, is told as a Template.
 */
export function readV9Templates(view: DataView, offset: number, end: number, domainId: number, visitor: MessageVisitor): void {
  const isOptions = view.getUint16(offset) === OPTIONS_TEMPLATE_FLOWSET_ID;
  const headLength = isOptions ? 6 : 4;
  let at = offset + FLOWSET_HEADER_LENGTH;
  // Less than a record's head is padding, and so are zeros: no Template has the ID 0.
  while (end - at >= headLength && view.getUint32(at) !== 0) {
    const { id, scopeFieldCount, fieldCount, length } = isOptions ? readOptionsHead(view, at) : readHead(view, at);
    const refuse = (code: string, detail: string): void => visitor.issue({ code, offset: at, detail });
    // There is no withdrawal in v9 (RFC 3954 section 9).
    if (fieldCount === 0) return refuse('template-empty', `Template ${id} has no fields`);
    if (at + length > end)
      return refuse('template-truncated', `Template ${id} with ${fieldCount} fields does not end inside its FlowSet`);
    const fields = readFields(view, at + headLength, fieldCount);
    if (id < FIRST_TEMPLATE_ID) refuse('template-id', `Template ID ${id} is reserved`);
    // Any number of such records would fit into any Data FlowSet.
    else if (minimumRecordLength(fields) === 0) refuse('template-empty', `records of Template ${id} have no octets`);
    else visitor.template(domainId, { id, fields, scopeFieldCount });
    at += length;
  }
}

/** RFC 3954 section 5.2. */
function readHead(view: DataView, at: number): TemplateHead {
  const fieldCount = view.getUint16(at + 2);
  return { id: view.getUint16(at), scopeFieldCount: 0, fieldCount, length: 4 + FIELD_LENGTH * fieldCount };
}

/** RFC 3954 section 6.1: lengths in octets of field definitions, not numbers of fields. */
function readOptionsHead(view: DataView, at: number): TemplateHead {
  const scopeLength = view.getUint16(at + 2);
  const optionLength = view.getUint16(at + 4);
  return {
    id: view.getUint16(at),
    scopeFieldCount: Math.floor(scopeLength / FIELD_LENGTH),
    fieldCount: Math.floor((scopeLength + optionLength) / FIELD_LENGTH),
    length: 6 + scopeLength + optionLength,
  };
}

const readFields = (view: DataView, offset: number, count: number): FieldSpecifier[] =>
  Array.from({ length: count }, (_, index) => {
    const at = offset + FIELD_LENGTH * index;
    return { enterpriseNumber: 0, elementId: view.getUint16(at), length: view.getUint16(at + 2) };
  });
