import { readMessage } from '../../core/ipfix/message-reader.ts';
import { decodeRecordValues, type FieldValue } from '../../core/ipfix/record-values.ts';
import { minimumRecordLength, type Template } from '../../core/ipfix/template.ts';

/** A Template that is announced, or a Data Record with its values in the order of its Template. */
export interface Told {
  readonly template: Template;
  /** Absent where the Template itself is told. */
  readonly values?: readonly FieldValue[];
}

/**
 * What the Messages of one Transport Session tell, in its order.
 *
 * @throws Error where they are not well-formed, or a Data Record comes before its Template
 */
export function toldIn(messages: readonly Uint8Array[]): Told[] {
  const known = new Map<number, Template>();
  const told: Told[] = [];
  for (const message of messages) {
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    readMessage(view, {
      template: (_domain, template) => {
        known.set(template.id, template);
        told.push({ template });
      },
      withdrawal: () => undefined,
      dataSet: (_domain, id, offset, end) => {
        const template = known.get(id);
        if (template === undefined) throw new Error(`data of Template ${id} before it`);
        for (let at = offset; at + minimumRecordLength(template.fields) <= end;) {
          const decoded = decodeRecordValues(template, view, at, end);
          if (!('next' in decoded)) throw new Error(decoded.detail);
          at = decoded.next;
          told.push({ template, values: decoded.values });
        }
      },
      issue: ({ detail }) => {
        throw new Error(detail);
      },
    });
  }
  return told;
}

/** Everything a machine has to send. */
export function drained(machine: { poll(): Uint8Array | undefined }): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let message = machine.poll(); message !== undefined; message = machine.poll()) messages.push(message);
  return messages;
}
