import type { FieldValue } from '../../core/ipfix/record-values.ts';
import type { Template } from '../../core/ipfix/template.ts';
import { parseStored, type StoredAddress } from '../../core/net/stored-address.ts';
import type { LabelKind } from './label.ts';
import type { ReportedTotals } from './session-summary.ts';

const SYSTEM_INIT_TIME_MILLISECONDS = 160;
/** RFC 5612: the enterprise number for documentation; its element 1 is the name DNS gave. */
const DOCUMENTATION_ENTERPRISE = 32_473;
const DNS_NAME = 1;
/** RFC 3954 section 6.1: a Scope Field Type of NetFlow v9. */
const V9_SCOPE_INTERFACE = 2;

/** Longest name that is kept: what DNS allows (RFC 1035 section 3.1). */
const MAX_NAME_LENGTH = 255;

/** Elements of a number and of its name, the best first: applicationId, interfaces, VRFs. */
const LABELS: readonly { readonly kind: LabelKind; readonly keys: readonly number[]; readonly names: readonly number[] }[] = [
  { kind: 'application', keys: [95], names: [96] },
  { kind: 'interface', keys: [10, 14], names: [82, 83] },
  { kind: 'vrf', keys: [234, 235], names: [236] },
];
const ADDRESSES = [12, 28];
const INGRESS_INTERFACE = 10;
const EGRESS_INTERFACE = 14;

/** samplerId, selectorId. */
const SAMPLERS = [48, 302];
/** samplingInterval, samplerRandomInterval. */
const INTERVALS = [34, 50];
/** samplingPacketInterval and samplingPacketSpace; samplingSize and samplingPopulation (RFC 5477 section 8.2). */
const PAIRS = [
  [305, 306],
  [309, 310],
] as const;

/** samplingProbability (RFC 5477 section 8.2). */
const PROBABILITY = 311;

/** RFC 7011 sections 4.1 and 4.2. */
const REPORTED: readonly (readonly [elementId: number, total: keyof ReportedTotals])[] = [
  [40, 'octets'],
  [41, 'messages'],
  [42, 'flows'],
  [164, 'ignoredPackets'],
  [165, 'ignoredOctets'],
  [166, 'notSentFlows'],
  [167, 'notSentPackets'],
  [168, 'notSentOctets'],
];

/** What records of an Options Template say, by places of their fields; -1 for one that is not there. */
export interface OptionsTable {
  readonly labels: readonly { readonly kind: LabelKind; readonly key: number; readonly name: number }[];
  readonly sampler: number;
  /** In its scope: the interface whose sampling it tells, of what comes in there, or goes out. */
  readonly ingress: number;
  readonly egress: number;
  readonly interval: number;
  /** Of such a pair: packets taken, and those left out, or all those among which they are. */
  readonly taken: number;
  readonly leftOut: number;
  readonly population: number;
  readonly probability: number;
  readonly initTime: number;
  readonly reported: readonly { readonly total: keyof ReportedTotals; readonly index: number }[];
  /** Information Elements of the scope, and how many. */
  readonly scopeKind: string;
  readonly scopeFieldCount: number;
}

/** NetFlow v9 has numbers of its own for scopes. */
export function optionsTableOf({ fields, scopeFieldCount }: Template, isV9: boolean): OptionsTable {
  const indexOf = (elementId: number, enterpriseNumber = 0): number =>
    fields.findIndex(
      (field, index) =>
        field.enterpriseNumber === enterpriseNumber &&
        field.elementId === elementId &&
        field.length > 0 &&
        (!isV9 || index >= scopeFieldCount),
    );
  const firstOf = (elementIds: readonly number[]): number =>
    elementIds.map((id) => indexOf(id)).find((index) => index >= 0) ?? -1;
  const labels = LABELS.map(({ kind, keys, names }) => ({ kind, key: firstOf(keys), name: firstOf(names) }));
  const scope = isV9 ? fields.findIndex(({ elementId }, at) => at < scopeFieldCount && elementId === V9_SCOPE_INTERFACE) : -1;
  const inScope = (index: number): number => (index < scopeFieldCount ? index : -1);
  labels.push({ kind: 'interface', key: scope, name: firstOf([82, 83]) });
  const address = firstOf(ADDRESSES);
  if (address < scopeFieldCount)
    labels.push({ kind: 'address', key: address, name: indexOf(DNS_NAME, DOCUMENTATION_ENTERPRISE) });
  const [[taken, leftOut], [size, population]] = PAIRS;
  return {
    labels: labels.filter(({ key, name }) => key >= 0 && name >= 0),
    sampler: firstOf(SAMPLERS),
    ingress: isV9 ? scope : inScope(indexOf(INGRESS_INTERFACE)),
    egress: isV9 ? -1 : inScope(indexOf(EGRESS_INTERFACE)),
    interval: firstOf(INTERVALS),
    taken: firstOf([taken, size]),
    leftOut: indexOf(leftOut),
    population: indexOf(population),
    probability: indexOf(PROBABILITY),
    initTime: isV9 ? -1 : indexOf(SYSTEM_INIT_TIME_MILLISECONDS),
    reported: REPORTED.map(([elementId, total]) => ({ total, index: indexOf(elementId) })).filter(({ index }) => index >= 0),
    scopeKind: fields.slice(0, scopeFieldCount).map(({ enterpriseNumber, elementId }) => `${enterpriseNumber}/${elementId}`).join(), // prettier-ignore
    scopeFieldCount,
  };
}

/** The interval a record of options tells; `undefined` when it tells none. */
export function intervalOf(table: OptionsTable, values: readonly FieldValue[]): number | undefined {
  const interval = numberIn(values[table.interval]);
  if (interval !== undefined) return interval;
  const probability = numberIn(values[table.probability]);
  if (probability !== undefined && probability > 0 && probability <= 1) return 1 / probability;
  const taken = numberIn(values[table.taken]);
  if (taken === undefined || taken === 0) return undefined;
  const leftOut = numberIn(values[table.leftOut]);
  const population = numberIn(values[table.population]) ?? (leftOut === undefined ? undefined : taken + leftOut);
  return population === undefined ? undefined : population / taken;
}

/** A count, however large; `undefined` for what is none. */
export function numberIn(value: FieldValue | undefined): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && number >= 0 ? number : undefined;
}

/** A key as a number: an address or an application id, however the codec shows it. */
export function keyOf(value: FieldValue | undefined): StoredAddress | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value <= 0xffffffff ? value : undefined;
  if (typeof value === 'bigint') return value >= 0n && value <= 0xffffffffn ? Number(value) : undefined;
  if (typeof value === 'string') return parseStored(value);
  if (value instanceof Uint8Array && value.length === 4) return new DataView(value.buffer, value.byteOffset, 4).getUint32(0);
  return undefined;
}

/** A name without what a fixed-length field is padded with (RFC 7011 section 6.1.6 leaves that open; exporters send zeros). */
export function nameOf(value: FieldValue | undefined): string | undefined {
  const text = typeof value === 'string' ? value : value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined;
  const name = text?.replace(/\0+$/, '');
  return name === undefined || name === '' || name.length > MAX_NAME_LENGTH ? undefined : name;
}
