import type { FieldValue } from '../../core/ipfix/record-values.ts';
import type { Template } from '../../core/ipfix/template.ts';
import { populationOf, type MeterFacts } from './meter-facts.ts';

/** A name in the router's table of applications. */
export interface ApplicationName {
  readonly id: number;
  readonly name: string;
}

/** What has been exported; `dataRecords` counts options data too, `flows` does not. */
export interface Exported {
  messages: number;
  messageOctets: number;
  dataRecords: number;
  flows: number;
  packets: number;
  octets: number;
}

/** What the protocol could not carry or the transport could not take. */
export interface NotSent {
  /** Of any kind, that the protocol could not carry. */
  records: number;
  /** Flow Records with a start or end beyond the reach of its field, which tells the nearest time it can. */
  times: number;
  /** Flow Records, and what they counted; of one that was split into too many records only what is beyond these. */
  flows: number;
  packets: number;
  octets: number;
  /** When the first and the last Flow Record was given up: milliseconds since 1970; 0 when none was. */
  firstMs: number;
  lastMs: number;
}

/** What the values of options records are taken from. */
export interface ExporterState {
  readonly exported: Exported;
  readonly notSent: NotSent;
  readonly meter: MeterFacts;
  /** Those that have been announced in this Transport Session. */
  readonly templates: readonly Template[];
  readonly applications: readonly ApplicationName[];
  /** Which name DNS gave for which address. */
  readonly names: ReadonlyMap<number, string>;
  /** When the device was switched on, by its wall clock: milliseconds since 1970. */
  readonly systemInitMs: number;
}

/** A value an options record can tell: the element, its octets and where it comes from. */
interface OptionValue {
  readonly element: string;
  readonly length: number;
  readonly of: (state: ExporterState) => FieldValue;
}

const value = (element: string, length: number, of: OptionValue['of']): OptionValue => ({ element, length, of });
/** RFC 5476 section 6.5.2: count-based with 305 and 306, n out of N with 309 and 310, uniform with 311. */
const SELECTOR_ALGORITHM = { count: 1, random: 3, uniform: 4 } as const;
/** Elements 36 and 37 are seconds in two octets. */
const seconds = (ms: number): number => Math.min(0xffff, Math.round(ms / 1_000));

/** By name; that of the element but for the two times of RFC 7011 sections 4.2 and 4.3, which share one. */
const VALUES = {
  exportedMessageTotalCount: value('exportedMessageTotalCount', 8, ({ exported }) => exported.messages),
  exportedFlowRecordTotalCount: value('exportedFlowRecordTotalCount', 8, ({ exported }) => exported.flows),
  exportedOctetTotalCount: value('exportedOctetTotalCount', 8, ({ exported }) => exported.messageOctets),
  notSentFlowTotalCount: value('notSentFlowTotalCount', 8, ({ notSent }) => notSent.flows),
  notSentPacketTotalCount: value('notSentPacketTotalCount', 8, ({ notSent }) => notSent.packets),
  notSentOctetTotalCount: value('notSentOctetTotalCount', 8, ({ notSent }) => notSent.octets),
  ignoredPacketTotalCount: value('ignoredPacketTotalCount', 8, ({ meter }) => meter.ignored().packets),
  ignoredOctetTotalCount: value('ignoredOctetTotalCount', 8, ({ meter }) => meter.ignored().octets),
  firstIgnored: value('observationTimeMilliseconds', 8, ({ meter }) => meter.ignored().firstMs),
  lastIgnored: value('observationTimeMilliseconds', 8, ({ meter }) => meter.ignored().lastMs),
  firstNotSent: value('observationTimeMilliseconds', 8, ({ notSent }) => notSent.firstMs),
  lastNotSent: value('observationTimeMilliseconds', 8, ({ notSent }) => notSent.lastMs),
  systemInitTimeMilliseconds: value('systemInitTimeMilliseconds', 8, ({ systemInitMs }) => systemInitMs),
  flowActiveTimeout: value('flowActiveTimeout', 2, ({ meter }) => seconds(meter.activeTimeoutMs)),
  flowIdleTimeout: value('flowIdleTimeout', 2, ({ meter }) => seconds(meter.inactiveTimeoutMs)),
  selectorAlgorithm: value('selectorAlgorithm', 2, ({ meter }) => SELECTOR_ALGORITHM[meter.sampling.mode]),
  samplingPacketInterval: value('samplingPacketInterval', 4, ({ meter }) => meter.sampling.size ?? 1),
  samplingPacketSpace: value('samplingPacketSpace', 4, ({ meter }) => populationOf(meter.sampling) - (meter.sampling.size ?? 1)),
  samplingSize: value('samplingSize', 4, ({ meter }) => meter.sampling.size ?? 1),
  samplingPopulation: value('samplingPopulation', 4, ({ meter }) => populationOf(meter.sampling)),
  samplingProbability: value('samplingProbability', 8, ({ meter }) => 1 / meter.sampling.interval),
  // RFC 3954 section 8: 1 is deterministic, 2 random; other numbers than those of element 304.
  samplingInterval: value('samplingInterval', 4, ({ meter }) => Math.round(meter.sampling.interval)),
  samplingAlgorithm: value('samplingAlgorithm', 1, ({ meter }) => (meter.sampling.mode === 'count' ? 1 : 2)),
  samplerId: value('samplerId', 1, () => 1),
  samplerMode: value('samplerMode', 1, ({ meter }) => (meter.sampling.mode === 'count' ? 1 : 2)),
  samplerRandomInterval: value('samplerRandomInterval', 4, ({ meter }) => Math.round(meter.sampling.interval)),
} as const satisfies Record<string, OptionValue>;

export type OptionName = keyof typeof VALUES;
export const OPTION_VALUES: Readonly<Record<OptionName, OptionValue>> = VALUES;
