import { compileEncoder } from '../../../core/ipfix/record-encoder.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { MessageWriter } from '../../../core/ipfix/message-writer.ts';
import { V5_FIELDS, V5_RECORD } from '../../../core/netflow/v5-record.ts';
import { V5Writer } from '../../../core/netflow/v5-writer.ts';
import { V9Writer } from '../../../core/netflow/v9-writer.ts';
import type { Random } from '../../../core/random/random.ts';
import { FLOWS } from '../support/exporter.ts';

export type WireProtocol = 'ipfix' | 'netflow-v9' | 'netflow-v5';

/** A Message as it was sent: each flow has a number of its own, which it carries as its octets. */
export interface Sent {
  readonly payload: Uint8Array;
  readonly flows: readonly number[];
  /** Options records in it. */
  readonly options: number;
}

export interface SendOptions {
  readonly messages: number;
  /** A Template comes with each so many Messages, and what the exporter says it sent with each so many. */
  readonly templateEvery: number;
  readonly statementEvery: number;
  /** Whether its figure counts the Message that tells it. */
  readonly countsOwn: boolean;
}

const EXPORT_TIME_S = 1_772_442_000;
const field = (elementId: number, length: number) => ({ enterpriseNumber: 0, elementId, length });
/** exportedMessageTotalCount, exportedFlowRecordTotalCount (RFC 7011 section 4.1); the scope of v9 is System (RFC 3954 section 6.1). */
const statisticsOf = (scope: number): Template => ({
  id: 512,
  scopeFieldCount: 1,
  fields: [field(scope, 4), field(41, 8), field(42, 8)],
});
const V5_ENCODER = compileEncoder(
  V5_RECORD,
  V5_FIELDS.map((_, index) => (index === 6 ? 'octets' : 'zero')),
);

/** What an exporter sends, by a count of its own of everything. */
export function send(
  protocol: WireProtocol,
  random: Random,
  { messages, templateEvery, statementEvery, countsOwn }: SendOptions,
): Sent[] {
  const statistics = statisticsOf(protocol === 'ipfix' ? 149 : 1);
  let [flowsSent, recordsSent] = [0, 0];
  return Array.from({ length: messages }, (_, index) => {
    const flows = Array.from({ length: random.int(1, 20) }, (__, flow) => flowsSent + flow + 1);
    const tells = protocol !== 'netflow-v5' && (index % statementEvery === statementEvery - 1 || index === messages - 1);
    const figure = flowsSent + (countsOwn ? flows.length : 0);
    const records = [
      ...(tells ? [[statistics, [1, index, figure]] as const] : []),
      ...flows.map((octets) => [FLOWS, [0x0a000005, 0xc6120101, octets, 1]] as const),
    ];
    const templates = index % templateEvery === 0 ? [FLOWS, statistics] : [];
    const sequenceNumber = protocol === 'netflow-v9' ? index : recordsSent;
    const payload = encode(protocol, sequenceNumber, templates, records);
    flowsSent += flows.length;
    recordsSent += records.length;
    return { payload, flows, options: tells ? 1 : 0 };
  });
}

type Records = readonly (readonly [Template, readonly number[]])[];

function encode(protocol: WireProtocol, sequenceNumber: number, templates: readonly Template[], records: Records): Uint8Array {
  if (protocol === 'netflow-v5') return encodeV5(sequenceNumber, records);
  const writer = protocol === 'ipfix' ? new MessageWriter({ maxMessageLength: 9_000 }) : new V9Writer({ maxPacketLength: 9_000 });
  if (writer instanceof MessageWriter) writer.begin({ observationDomainId: 1, sequenceNumber, exportTimeS: EXPORT_TIME_S });
  else writer.begin({ sourceId: 1, sequenceNumber, unixS: EXPORT_TIME_S, uptimeMs: 1_000_000 });
  for (const template of templates) writer.addTemplate(template);
  for (const [template, values] of records) writer.addValues(template, values);
  return writer.finish();
}

function encodeV5(flowSequence: number, records: Records): Uint8Array {
  const writer = new V5Writer({ maxLength: 1_472 });
  const sampling = { mode: 0, interval: 0 } as const;
  writer.begin({ flowSequence, unixS: EXPORT_TIME_S, unixNs: 0, uptimeMs: 1_000_000, engineType: 0, engineId: 1, sampling });
  const octets = records.map(([, values]) => values[2] as number);
  octets.forEach((_, row) => writer.addRecord(V5_ENCODER, { octets, zero: octets.map(() => 0) }, row));
  return writer.finish();
}

export interface Wire {
  readonly lost: number;
  readonly doubled: number;
  readonly heldBack: number;
}

/** The numbers of the Messages in the order they arrive: some never, some twice, some after up to 20 others. */
export function arrivalsOf(count: number, random: Random, { lost, doubled, heldBack }: Wire): number[] {
  const arrivals: { readonly index: number; readonly at: number }[] = [];
  for (let index = 0; index < count; index++) {
    if (random.chance(lost)) continue;
    const copies = random.chance(doubled) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++)
      arrivals.push({ index, at: index + (random.chance(heldBack) ? random.int(1, 20) : 0) });
  }
  return arrivals.sort((one, other) => one.at - other.at).map(({ index }) => index);
}
