import { MessageWriter } from '../../../core/ipfix/message-writer.ts';
import type { FieldValue } from '../../../core/ipfix/record-values.ts';
import { VARIABLE_LENGTH, type Template } from '../../../core/ipfix/template.ts';

const element = (elementId: number, length: number, enterpriseNumber = 0) => ({ enterpriseNumber, elementId, length });

/** sourceIPv4Address, destinationIPv4Address, octetDeltaCount, packetDeltaCount in reduced size. */
export const FLOWS: Template = {
  id: 256,
  scopeFieldCount: 0,
  fields: [element(8, 4), element(12, 4), element(1, 8), element(2, 4)],
};
export const APPLICATIONS: Template = { id: 257, scopeFieldCount: 1, fields: [element(95, 4), element(96, VARIABLE_LENGTH)] };
export const NAMES: Template = { id: 258, scopeFieldCount: 1, fields: [element(12, 4), element(1, VARIABLE_LENGTH, 32_473)] };
/** Nothing a flow is made of: ingressVRFID. */
export const VRFS: Template = { id: 259, scopeFieldCount: 0, fields: [element(234, 4)] };

export interface MessageOptions {
  readonly sequenceNumber?: number;
  readonly observationDomainId?: number;
  readonly exportTimeS?: number;
  readonly templates?: readonly Template[];
  readonly records?: readonly (readonly [Template, readonly FieldValue[]])[];
}

/** One IPFIX Message of an exporter made up for a test. */
export function message({
  sequenceNumber = 0,
  observationDomainId = 1,
  exportTimeS = 1_772_442_000,
  templates = [],
  records = [],
}: MessageOptions): Uint8Array {
  const writer = new MessageWriter({ maxMessageLength: 65_000 });
  writer.begin({ observationDomainId, sequenceNumber, exportTimeS });
  for (const template of templates) if (!writer.addTemplate(template)) throw new RangeError('the Template does not fit');
  for (const [template, values] of records)
    if (!writer.addValues(template, values)) throw new RangeError('the record does not fit');
  return writer.finish();
}

/** A flow of one octet for each number: `[source, destination, octets, packets]`. */
export const flow = (octets: number, packets = 1): readonly [Template, readonly FieldValue[]] => [
  FLOWS,
  [0x0a000005, 0xc6120101, octets, packets],
];
