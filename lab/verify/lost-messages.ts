import { FlowBatch } from '../../core/flow/flow-batch.ts';
import { readMessage, type MessageVisitor } from '../../core/ipfix/message-reader.ts';
import { compileDecoder, type RecordDecoder } from '../../core/ipfix/record-decoder.ts';
import { elementById } from '../../core/ipfix/registry/registry.ts';
import { decodeRecordValues } from '../../core/ipfix/record-values.ts';
import type { FieldSpecifier, Template } from '../../core/ipfix/template.ts';
import type { FlowColumns, Records } from './records.ts';

const COLUMN_OF: Readonly<Record<string, keyof FlowColumns>> = {
  sourceIPv4Address: 'sourceAddress',
  destinationIPv4Address: 'destinationAddress',
  sourceIPv6Address: 'sourceIPv6',
  destinationIPv6Address: 'destinationIPv6',
  postNATSourceIPv6Address: 'postNatSourceIPv6',
  postNATDestinationIPv6Address: 'postNatDestinationIPv6',
  sourceTransportPort: 'sourcePort',
  destinationTransportPort: 'destinationPort',
  protocolIdentifier: 'protocol',
  octetDeltaCount: 'octetDeltaCount',
  packetDeltaCount: 'packetDeltaCount',
  flowStartMilliseconds: 'flowStartMs',
  flowEndMilliseconds: 'flowEndMs',
  flowEndReason: 'flowEndReason',
  postNATSourceIPv4Address: 'postNatSourceAddress',
  postNATDestinationIPv4Address: 'postNatDestinationAddress',
  postNAPTSourceTransportPort: 'postNaptSourcePort',
  postNAPTDestinationTransportPort: 'postNaptDestinationPort',
};

/** No Message holds more records than octets. */
const MAX_RECORDS = 65_535;

/**
 * The truth about loss: reads every Message as it left the router, and the records of those that never arrived. The judge
 * then expects them to be missing, and nothing else.
 */
export class LostMessages {
  messages = 0;
  /** Data Records, options data too: what sequence numbers count (RFC 7011 section 3.1). */
  dataRecords = 0;
  /** Of these, lost after the last Message that arrived: no later sequence number shows them. */
  trailingRecords = 0;
  readonly #templates = new Map<string, { readonly template: Template; readonly decoder: RecordDecoder }>();
  readonly #batch = new FlowBatch(MAX_RECORDS);

  /** A Message that left and will arrive: its Templates are learnt. */
  arrives(message: Uint8Array): void {
    this.trailingRecords = 0;
    this.#read(message, undefined);
  }

  /** A Message that left and did not arrive: its Flow Records are added to `records`. */
  lost(message: Uint8Array, records: Records): void {
    const before = this.dataRecords;
    this.messages++;
    this.#read(message, records);
    this.trailingRecords += this.dataRecords - before;
  }

  #read(message: Uint8Array, records: Records | undefined): void {
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    const visitor: MessageVisitor = {
      template: (domain, template) => {
        this.#templates.set(`${domain} ${template.id}`, { template, decoder: compileDecoder(template, columnOf) });
      },
      withdrawal: () => undefined,
      dataSet: (domain, templateId, offset, end) => {
        if (records !== undefined) this.#count(`${domain} ${templateId}`, view, offset, end, records);
      },
      issue: ({ detail }) => {
        throw new Error(`the router sent a Message that cannot be read: ${detail}`);
      },
    };
    readMessage(view, visitor);
  }

  #count(key: string, view: DataView, offset: number, end: number, records: Records): void {
    const known = this.#templates.get(key);
    if (known === undefined) throw new Error(`the router sent data of Template ${key} before the Template`);
    const { template, decoder } = known;
    if (template.scopeFieldCount > 0) {
      for (let at = offset; at + decoder.minimumLength <= end; this.dataRecords++) {
        const decoded = decodeRecordValues(template, view, at, end);
        if (!('next' in decoded)) return;
        at = decoded.next;
      }
      return;
    }
    this.#batch.length = 0;
    decoder.decode(view, offset, end, this.#batch);
    this.dataRecords += this.#batch.length;
    // Records without a count, such as NAT events, are no Flow Records.
    if (decoder.boundColumns.includes('packetDeltaCount')) {
      this.#batch.ipVersion.fill(decoder.boundColumns.includes('sourceIPv6') ? 6 : 4, 0, this.#batch.length);
      records.addFlows(this.#batch, this.#batch.length, undefined);
    }
    clear(this.#batch);
  }
}

/** Columns another Template would leave as they are. */
function clear(batch: FlowBatch): void {
  for (const column of Object.values(batch)) {
    if (ArrayBuffer.isView(column))
      (column as Uint32Array).fill(0, 0, ((column as Uint32Array).length / batch.capacity) * batch.length);
  }
}

const columnOf = ({ enterpriseNumber, elementId }: FieldSpecifier): string | undefined =>
  COLUMN_OF[elementById(enterpriseNumber, elementId)?.name ?? ''];
