import {
  readMessage,
  type IpfixIssue,
  type MessageHeader,
  type MessageVisitor,
  type TemplateKind,
} from '../../../core/ipfix/message-reader.ts';
import { decodeRecordValues, type FieldValue } from '../../../core/ipfix/record-values.ts';
import type { Template } from '../../../core/ipfix/template.ts';

/** Keeps all it is told. */
export class RecordingVisitor implements MessageVisitor {
  readonly templates: Template[] = [];
  readonly withdrawals: { domainId: number; templateId: number; kind: TemplateKind }[] = [];
  readonly dataSets: { domainId: number; templateId: number; offset: number; end: number }[] = [];
  readonly issues: IpfixIssue[] = [];

  template(_domainId: number, template: Template): void {
    this.templates.push(template);
  }

  withdrawal(domainId: number, templateId: number, kind: TemplateKind): void {
    this.withdrawals.push({ domainId, templateId, kind });
  }

  dataSet(domainId: number, templateId: number, offset: number, end: number): void {
    this.dataSets.push({ domainId, templateId, offset, end });
  }

  issue(issue: IpfixIssue): void {
    this.issues.push(issue);
  }
}

export interface ReadResult {
  readonly header: MessageHeader | undefined;
  readonly visitor: RecordingVisitor;
  /** Values of all records of all Data Sets whose Template is known or in the Message, in order. */
  readonly records: FieldValue[][];
}

export const viewOf = (octets: Uint8Array): DataView => new DataView(octets.buffer, octets.byteOffset, octets.byteLength);

/** Reads a Message and the Data Sets of Templates it brings along or that are known before. */
export function readAll(octets: Uint8Array, known: readonly Template[] = []): ReadResult {
  const visitor = new RecordingVisitor();
  const view = viewOf(octets);
  const header = readMessage(view, visitor);
  const records: FieldValue[][] = [];
  for (const { templateId, offset, end } of visitor.dataSets) {
    const template = [...known, ...visitor.templates].find(({ id }) => id === templateId);
    let at = offset;
    while (template !== undefined && at < end) {
      const result = decodeRecordValues(template, view, at, end);
      if (!('values' in result)) break;
      records.push(result.values);
      at = result.next;
    }
  }
  return { header, visitor, records };
}

/** Octets of hexadecimal text; white space does not count. */
export const octetsOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.replace(/\s/g, '').match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));
