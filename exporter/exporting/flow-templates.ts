import type { FieldSource } from '../../core/ipfix/field-source.ts';
import { compileEncoder, type RecordEncoder } from '../../core/ipfix/record-encoder.ts';
import type { Template } from '../../core/ipfix/template.ts';
import { V5_FIELDS, V5_RECORD } from '../../core/netflow/v5-record.ts';
import type { ExportingConfig } from './config.ts';
import { parseField, wireFieldsOf, type ListedField } from './field-list.ts';
import { FLOW_FIELDS, PLAIN_IPV4, wireFieldOf, type FlowFieldName, type FlowKind } from './flow-fields.ts';
import { field } from './templates.ts';

/** Where NAT64 is seen from IPv4 and from IPv6. */
const NAT64_TEMPLATE_IDS = { 4: 530, 6: 531 } as const;

/** The Template of one kind of Flow Records and what writes them. */
export interface FlowTemplate {
  readonly template: Template;
  readonly encoder: RecordEncoder;
  /** Names of its elements, in their order. */
  readonly elements: readonly string[];
}

/** Builds the Template of a kind of flows from the list of fields. */
export function flowTemplateOf(config: ExportingConfig, kind: FlowKind): FlowTemplate {
  const fields = wireFieldsOf(config.fields.map(listed), kind, config.timestamps);
  const { flows, ipv6Flows } = config.templateIds;
  const template: Template = {
    id: kind.isNat64 ? NAT64_TEMPLATE_IDS[kind.ipVersion] : kind.ipVersion === 4 ? flows : ipv6Flows,
    scopeFieldCount: 0,
    fields: fields.map(({ element, length }) => field(element, length)),
  };
  const sources = fields.map(({ source, element, length }) => clampedIf(config, element, length, source));
  return { template, encoder: compileEncoder(template, sources), elements: fields.map(({ element }) => element) };
}

/** Writes the records of NetFlow v5. */
export function v5EncoderOf(config: ExportingConfig): RecordEncoder {
  const names: Readonly<Record<string, FlowFieldName>> = {
    sourceIPv4Address: 'sourceAddress',
    destinationIPv4Address: 'destinationAddress',
    flowStartSysUpTime: 'flowStart',
    flowEndSysUpTime: 'flowEnd',
  };
  const sources = V5_FIELDS.map(([element, length]): FieldSource => {
    const name = names[element] ?? element;
    if (!Object.hasOwn(FLOW_FIELDS, name)) return { constant: 0 };
    const wire = wireFieldOf(name as FlowFieldName, PLAIN_IPV4, 'sys-uptime');
    return wire === undefined ? { constant: 0 } : clampedIf(config, element, length, wire.source);
  });
  return compileEncoder(V5_RECORD, sources);
}

/** The largest octetDeltaCount and packetDeltaCount of a record, where larger ones are to be split. */
export function counterLimits({ protocol, fields, counterOverflow }: ExportingConfig): {
  readonly octets: number;
  readonly packets: number;
} {
  const limit = (element: string): number => {
    const octets = protocol === 'netflow-v5' ? 4 : fields.map(listed).find(({ name }) => name === element)?.octets;
    return octets === undefined || counterOverflow !== 'split' ? Infinity : 2 ** (8 * octets) - 1;
  };
  return { octets: limit('octetDeltaCount'), packets: limit('packetDeltaCount') };
}

/** `config.fields` was checked when the configuration was read. */
const listed = (text: string): ListedField => parseField(text) as ListedField;

function clampedIf({ counterOverflow }: ExportingConfig, element: string, length: number, source: FieldSource): FieldSource {
  const isCounter = /(Delta|Total)Count$|Octets$/.test(element) && element !== 'paddingOctets';
  return isCounter && counterOverflow === 'clamp' && typeof source === 'string' && length < 8
    ? { column: source, change: 'clamped' }
    : source;
}
