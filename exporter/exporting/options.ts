import type { FieldValue } from '../../core/ipfix/record-values.ts';
import type { FieldSpecifier, Template } from '../../core/ipfix/template.ts';
import { isIPv6 } from '../../core/net/address-book.ts';
import type { Protocol } from './choices.ts';
import type { ExportingConfig } from './config.ts';
import type { FlowTemplate } from './flow-templates.ts';
import type { MeterFacts } from './meter-facts.ts';
import { OPTION_VALUES, type ExporterState, type OptionName } from './option-values.ts';
import { APPLICATION_TEMPLATE, DNS_NAME_IPV6_TEMPLATE, DNS_NAME_TEMPLATE, dnsNameRecord, field } from './templates.ts';

/** Options records that go out with the Templates. */
export interface OptionsTable {
  readonly template: Template;
  /** Whether there is more to tell when another Template is announced. */
  readonly isAboutTemplates?: true;
  records(state: ExporterState): readonly (readonly FieldValue[])[];
}

/** A table of one record. */
export interface SingleRecord {
  readonly templateId: number;
  readonly scope: Scope;
  readonly names: readonly OptionName[];
}

/**
 * Scopes by the name of their element; NetFlow v9 has numbers of its own for them: 1 System, 2 Interface, 5 Template (RFC 3954
 * section 6.1).
 */
const SCOPES = {
  observationDomainId: { octets: 4, v9: 1 },
  meteringProcessId: { octets: 4, v9: 1 },
  exportingProcessId: { octets: 4, v9: 1 },
  selectorId: { octets: 8, v9: 1 },
  ingressInterface: { octets: 4, v9: 2 },
  templateId: { octets: 2, v9: 5 },
} as const;
type Scope = keyof typeof SCOPES;

/** RFC 7011 sections 4.1 to 4.3, and what collectors ask for besides. */
const SINGLE_RECORDS = {
  statistics: {
    templateId: 512,
    scope: 'observationDomainId',
    names: ['exportedMessageTotalCount', 'exportedFlowRecordTotalCount', 'exportedOctetTotalCount'],
  },
  meteringReliability: {
    templateId: 521,
    scope: 'observationDomainId',
    names: ['ignoredPacketTotalCount', 'ignoredOctetTotalCount', 'firstIgnored', 'lastIgnored'],
  },
  reliability: {
    templateId: 513,
    scope: 'exportingProcessId',
    names: ['notSentFlowTotalCount', 'notSentPacketTotalCount', 'notSentOctetTotalCount', 'firstNotSent', 'lastNotSent'],
  },
  systemInitTime: { templateId: 514, scope: 'observationDomainId', names: ['systemInitTimeMilliseconds'] },
  timeouts: { templateId: 515, scope: 'observationDomainId', names: ['flowActiveTimeout', 'flowIdleTimeout'] },
} as const satisfies Record<string, SingleRecord>;

const SELECTOR_ID = 516;
const SAMPLING_ID = 517;
const INTERFACES_ID = 518;
const FLOW_KEYS_ID = 519;
const INTERFACE_NAME_OCTETS = 16;
const INTERFACE_DESCRIPTION_OCTETS = 32;

/** The tables the configuration asks for, in the order they are sent; `flows` are the Templates of Flow Records. */
export function optionsTablesOf(
  config: ExportingConfig,
  flows: readonly FlowTemplate[],
  applications: boolean,
  meter: MeterFacts,
): OptionsTable[] {
  const { options, protocol } = config;
  const singles = [
    ...config.profileRecords,
    ...(['statistics', 'meteringReliability', 'reliability', 'systemInitTime', 'timeouts'] as const)
      .filter((name) => options[name])
      .map((name) => SINGLE_RECORDS[name]),
    ...(options.sampler ? samplerRecords(protocol, meter) : []),
  ];
  return [
    ...(applications ? [applicationTable(protocol)] : []),
    ...(config.dnsNames ? DNS_NAMES : []),
    ...singles.map((single) => tableOf(config, single)),
    ...(options.interfaces ? [interfaceTable(protocol)] : []),
    ...(options.flowKeys ? [flowKeyTable(protocol, flows)] : []),
  ];
}

function tableOf({ protocol, observationDomainId }: ExportingConfig, { templateId, scope, names }: SingleRecord): OptionsTable {
  const values = names.map((name) => OPTION_VALUES[name]);
  // A domain by its number; of processes and selectors there is one of each kind.
  const scopeValue = scope === 'observationDomainId' ? observationDomainId : 1;
  const fields = values.map(({ element, length }) => field(element, length));
  return {
    template: { id: templateId, scopeFieldCount: 1, fields: [scopeField(protocol, scope), ...fields] },
    records: (state) => [[scopeValue, ...values.map(({ of }) => of(state))]],
  };
}

/** RFC 5476 section 6.5.2, where the algorithm decides what follows; NetFlow v9 has two ways to say it (RFC 3954 section 8). */
function samplerRecords(protocol: Protocol, { sampling }: MeterFacts): SingleRecord[] {
  const record = (templateId: number, ...names: OptionName[]): SingleRecord => ({ templateId, scope: 'selectorId', names });
  if (protocol === 'netflow-v9') {
    return [
      record(SELECTOR_ID, 'samplerId', 'samplerMode', 'samplerRandomInterval'),
      record(SAMPLING_ID, 'samplingInterval', 'samplingAlgorithm'),
    ];
  }
  switch (sampling.mode) {
    case 'count':
      return [record(SELECTOR_ID, 'selectorAlgorithm', 'samplingPacketInterval', 'samplingPacketSpace')];
    case 'random':
      return [record(SELECTOR_ID, 'selectorAlgorithm', 'samplingSize', 'samplingPopulation')];
    case 'uniform':
      return [record(SELECTOR_ID, 'selectorAlgorithm', 'samplingProbability')];
  }
}

/** RFC 6759 section 4; NetFlow v9 has no scope for applications, so there it is the System's table. */
const applicationTable = (protocol: Protocol): OptionsTable =>
  protocol === 'netflow-v9'
    ? {
        template: {
          ...APPLICATION_TEMPLATE,
          fields: [scopeField(protocol, 'observationDomainId'), ...APPLICATION_TEMPLATE.fields],
        },
        records: ({ applications }) => applications.map(({ id, name }) => [1, id, name]),
      }
    : {
        template: APPLICATION_TEMPLATE,
        records: ({ applications }) => applications.map(({ id, name }) => [id, name]),
      };

const DNS_NAMES = [DNS_NAME_TEMPLATE, DNS_NAME_IPV6_TEMPLATE].map((template): OptionsTable => ({
  template,
  records: ({ names }) =>
    [...names]
      .filter(([address]) => isIPv6(address) === (template === DNS_NAME_IPV6_TEMPLATE))
      .map(([address, name]) => dnsNameRecord(address, name).values),
}));

/** ifIndex, ifName and ifDescr of each interface (RFC 2863). */
const interfaceTable = (protocol: Protocol): OptionsTable => ({
  template: {
    id: INTERFACES_ID,
    scopeFieldCount: 1,
    fields: [
      scopeField(protocol, 'ingressInterface'),
      field('interfaceName', INTERFACE_NAME_OCTETS),
      field('interfaceDescription', INTERFACE_DESCRIPTION_OCTETS),
    ],
  },
  records: ({ meter }) => meter.interfaces.map(({ index, name, description }) => [index, name, description]),
});

/** RFC 7011 section 4.4; of a Template the collector does not know there is nothing to say yet. */
const flowKeyTable = (protocol: Protocol, flows: readonly FlowTemplate[]): OptionsTable => ({
  isAboutTemplates: true,
  template: { id: FLOW_KEYS_ID, scopeFieldCount: 1, fields: [scopeField(protocol, 'templateId'), field('flowKeyIndicator', 8)] },
  records: ({ templates, meter }) =>
    flows
      .filter(({ template }) => templates.includes(template))
      .map(({ template, elements }) => [template.id, flowKeyIndicator(elements, meter.keys)]),
});

/** Bit `i` is set when field `i` of the Template is a Flow Key. */
const flowKeyIndicator = (elements: readonly string[], keys: ReadonlySet<string>): bigint =>
  elements.reduce((bits, element, index) => (keys.has(element) ? bits | (1n << BigInt(index)) : bits), 0n);

function scopeField(protocol: Protocol, scope: Scope): FieldSpecifier {
  const { octets, v9 } = SCOPES[scope];
  return protocol === 'netflow-v9' ? { enterpriseNumber: 0, elementId: v9, length: octets } : field(scope, octets);
}
