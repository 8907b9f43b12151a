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

/** What is in a Message, or in several. Data Records are Flow Records, options data and NAT events: what sequence numbers count (RFC 7011 section 3.1). */
export interface MessageContent {
  messages: number;
  records: number;
  flows: number;
  options: number;
  natEvents: number;
  /** Of Flow Records. */
  packets: number;
  octets: number;
}

export const nothing = (): MessageContent => ({
  messages: 0,
  records: 0,
  flows: 0,
  options: 0,
  natEvents: 0,
  packets: 0,
  octets: 0,
});

/** Adds `content` to `total`. */
export function addContent(total: MessageContent, content: MessageContent): void {
  for (const [what, amount] of Object.entries(content) as [keyof MessageContent, number][]) total[what] += amount;
}

interface KnownTemplate {
  readonly template: Template;
  readonly decoder: RecordDecoder;
}

/**
 * The truth about what was sent and lost: reads every Message as it left the router, and keeps the Flow Records of those that never arrived. The
 * judge then expects them to be missing, and nothing else.
 */
export class SentMessages {
  readonly sent = nothing();
  readonly lost = nothing();
  /** Data Records lost after the last Message that arrived: no later sequence number shows them. */
  trailingRecords = 0;
  readonly #templates = new Map<string, KnownTemplate>();
  readonly #batch = new FlowBatch(MAX_RECORDS);

  /** A Message that left and will arrive. */
  arrives(message: Uint8Array): MessageContent {
    this.trailingRecords = 0;
    return this.#read(message, undefined);
  }

  /** A Message that left and did not arrive: its Flow Records are added to `records`. */
  loses(message: Uint8Array, records: Records): MessageContent {
    const content = this.#read(message, records);
    addContent(this.lost, content);
    this.trailingRecords += content.records;
    return content;
  }

  #read(message: Uint8Array, lost: Records | undefined): MessageContent {
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    const content = { ...nothing(), messages: 1 };
    const visitor: MessageVisitor = {
      template: (domain, template) => {
        this.#templates.set(`${domain} ${template.id}`, { template, decoder: compileDecoder(template, columnOf) });
      },
      withdrawal: () => undefined,
      dataSet: (domain, templateId, offset, end) => {
        const known = this.#templates.get(`${domain} ${templateId}`);
        if (known === undefined) throw new Error(`the router sent data of Template ${templateId} before the Template`);
        if (known.template.scopeFieldCount > 0) content.options += optionsIn(known, view, offset, end);
        else this.#readRecords(known, view, { offset, end, content, lost });
      },
      issue: ({ detail }) => {
        throw new Error(`the router sent a Message that cannot be read: ${detail}`);
      },
    };
    readMessage(view, visitor);
    content.records = content.flows + content.options + content.natEvents;
    addContent(this.sent, content);
    return content;
  }

  #readRecords(
    { decoder }: KnownTemplate,
    view: DataView,
    { offset, end, content, lost }: { offset: number; end: number; content: MessageContent; lost: Records | undefined },
  ): void {
    const batch = this.#batch;
    batch.length = 0;
    decoder.decode(view, offset, end, batch);
    // Records without a count are NAT events.
    if (!decoder.boundColumns.includes('packetDeltaCount')) content.natEvents += batch.length;
    else {
      content.flows += batch.length;
      for (let row = 0; row < batch.length; row++) {
        content.packets += batch.packetDeltaCount[row] as number;
        content.octets += batch.octetDeltaCount[row] as number;
      }
      batch.ipVersion.fill(decoder.boundColumns.includes('sourceIPv6') ? 6 : 4, 0, batch.length);
      lost?.addFlows(batch, batch.length, undefined);
    }
    clear(batch);
  }
}

function optionsIn({ template, decoder }: KnownTemplate, view: DataView, offset: number, end: number): number {
  let records = 0;
  for (let at = offset; at + decoder.minimumLength <= end; records++) {
    const decoded = decodeRecordValues(template, view, at, end);
    if (!('next' in decoded)) break;
    at = decoded.next;
  }
  return records;
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
