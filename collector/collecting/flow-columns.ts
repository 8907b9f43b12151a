import { columnFormOf } from '../../core/ipfix/column-form.ts';
import { REVERSE_ENTERPRISE_NUMBER } from '../../core/ipfix/registry/registry.ts';
import type { FieldSpecifier, Template } from '../../core/ipfix/template.ts';

/** An element, and the longest form its column can hold. */
type Source = readonly [elementId: number, maxLength: number];
/** What can fill a column, the best first: a record may tell the same twice, and deltas are to be believed before totals. */
type Binding = readonly [column: string, ...sources: readonly Source[]];

const BINDINGS: readonly Binding[] = [
  ['ipVersion', [60, 1]],
  ['sourceAddress', [8, 4]],
  ['destinationAddress', [12, 4]],
  ['sourceIPv6', [27, 16]],
  ['destinationIPv6', [28, 16]],
  ['sourcePort', [7, 2]],
  ['destinationPort', [11, 2]],
  ['protocol', [4, 1]],
  ['classOfService', [5, 1]],
  ['tcpControlBits', [6, 2]],
  ['ingressInterface', [10, 4]],
  ['egressInterface', [14, 4]],
  // Deltas, totals, those of the initiator of a connection, and what was counted behind the Observation Point.
  ['octetDeltaCount', [1, 8], [85, 8], [231, 8], [23, 8]],
  ['packetDeltaCount', [2, 8], [86, 8], [298, 8], [24, 8]],
  ['flowEndReason', [136, 1]],
  // Beside the elements of IPFIX those of Cisco's ASA in NetFlow v9.
  ['postNatSourceAddress', [225, 4], [40_001, 4]],
  ['postNatDestinationAddress', [226, 4], [40_002, 4]],
  ['postNatSourceIPv6', [281, 16]],
  ['postNatDestinationIPv6', [282, 16]],
  ['postNaptSourcePort', [227, 2], [40_003, 2]],
  ['postNaptDestinationPort', [228, 2], [40_004, 2]],
  ['applicationId', [95, 4]],
  ['flowDirection', [61, 1]],
  ['sourceAs', [16, 4]],
  ['destinationAs', [17, 4]],
  ['vlanId', [58, 2]],
  ['ingressVrf', [234, 4]],
  ['egressVrf', [235, 4]],
  // samplingInterval, samplerRandomInterval and samplingPacketInterval; or by whom was sampled: samplerId, selectorId.
  ['samplingInterval', [34, 8], [50, 8], [305, 8], [48, 8], [302, 8]],
  ['samplingPacketSpace', [306, 8]],
  ['reverseOctetDeltaCount', [232, 8]],
  ['reversePacketDeltaCount', [299, 8]],
];

/** Times in any unit, of which the decoder takes the one to believe, and turns it into milliseconds since 1970. */
const STARTS = [152, 150, 154, 156, 158, 22];
const ENDS = [153, 151, 155, 157, 159, 21];

/** Elements of the other direction (RFC 5103 section 6.1). */
const REVERSE_BINDINGS: readonly Binding[] = [
  ['reverseOctetDeltaCount', [1, 8], [85, 8]],
  ['reversePacketDeltaCount', [2, 8], [86, 8]],
  ['reverseTcpControlBits', [6, 2]],
  ['reverseClassOfService', [5, 1]],
  ['reverseFlowEndReason', [136, 1]],
];

/** A shorter one is another value: RFC 6759 section 4 puts the engine into the first octet. */
const APPLICATION_ID = 95;

/** What the responder sent is the other half of what the initiator sent, a space that of an interval: they mean nothing beside others. */
const HALVES = [
  { column: 'reverseOctetDeltaCount', elementId: 232, other: 'octetDeltaCount', otherElementId: 231 },
  { column: 'reversePacketDeltaCount', elementId: 299, other: 'packetDeltaCount', otherElementId: 298 },
  { column: 'samplingPacketSpace', elementId: 306, other: 'samplingInterval', otherElementId: 305 },
] as const;

interface Bound {
  readonly column: string;
  readonly maxLength: number;
  readonly rank: number;
}

const boundBy = (bindings: readonly Binding[], prefix: string): ReadonlyMap<number, Bound> =>
  new Map([
    ...bindings.flatMap(([column, ...sources]) =>
      sources.map(([elementId, maxLength], rank) => [elementId, { column, maxLength, rank }] as const),
    ),
    ...STARTS.map((elementId) => [elementId, { column: `${prefix}StartMs`, maxLength: 8, rank: 0 }] as const),
    ...ENDS.map((elementId) => [elementId, { column: `${prefix}EndMs`, maxLength: 8, rank: 0 }] as const),
  ]);

const FORWARD = boundBy(BINDINGS, 'flow');
const REVERSE = boundBy(REVERSE_BINDINGS, 'reverseFlow');

function boundOf(field: FieldSpecifier): Bound | undefined {
  const { enterpriseNumber, elementId, length } = field;
  const bound =
    enterpriseNumber === 0
      ? FORWARD.get(elementId)
      : enterpriseNumber === REVERSE_ENTERPRISE_NUMBER
        ? REVERSE.get(elementId)
        : undefined;
  if (bound === undefined || length > bound.maxLength || columnFormOf(field) === undefined) return undefined;
  return elementId === APPLICATION_ID && length !== bound.maxLength ? undefined : bound;
}

/** How the column samplingInterval is to be read: as it is, as the first half of a pair, or as the number of a sampler. */
export type Sampling = 'interval' | 'pair' | 'sampler';

/** Which column of a `CollectedBatch`, or of a `WideBatch`, each field of a Template fills. */
export class FlowColumns {
  readonly #best = new Map<string, Bound & { readonly elementId: number }>();

  constructor({ fields }: Template) {
    for (const field of fields) this.#consider(field);
    for (const { column, elementId, other, otherElementId } of HALVES) {
      const isHalf = this.#best.get(column)?.elementId === elementId;
      if (isHalf && this.#best.get(other)?.elementId !== otherElementId) this.#best.delete(column);
    }
  }

  /** `undefined` when no column can hold it, or another field fills the column better: it is skipped. */
  readonly of = (field: FieldSpecifier): string | undefined => {
    const bound = boundOf(field);
    return bound !== undefined && this.#best.get(bound.column)?.rank === bound.rank ? bound.column : undefined;
  };

  /** `undefined` when records do not tell. */
  get sampling(): Sampling | undefined {
    switch (this.#best.get('samplingInterval')?.elementId) {
      case undefined:
        return undefined;
      case 305:
        return 'pair';
      case 48:
      case 302:
        return 'sampler';
      default:
        return 'interval';
    }
  }

  #consider(field: FieldSpecifier): void {
    const bound = boundOf(field);
    if (bound === undefined) return;
    const rival = this.#best.get(bound.column);
    if (rival === undefined || bound.rank < rival.rank) {
      this.#best.set(bound.column, { ...bound, elementId: field.elementId });
    }
  }
}
