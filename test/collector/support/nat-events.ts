import { NatEventBatch } from '../../../collector/collecting/nat-event-batch.ts';
import type { FieldValue } from '../../../core/ipfix/record-values.ts';
import type { Template } from '../../../core/ipfix/template.ts';

const element = (elementId: number, length: number) => ({ enterpriseNumber: 0, elementId, length });
const START = [element(323, 8), element(230, 1), element(8, 4), element(225, 4)];
const PORTS = [element(4, 1), element(7, 2), element(227, 2)];
const DESTINATION = [element(12, 4), element(226, 4), element(11, 2), element(228, 2)];

/** NAT44 session create and delete with what is optional (RFC 8158 section 4.6.1). */
export const SESSIONS: Template = {
  id: 270,
  scopeFieldCount: 0,
  fields: [...START, ...PORTS, ...DESTINATION, element(234, 4), element(463, 4)],
};
/** NAT44 BIB create and delete (RFC 8158 section 4.6.3). */
export const BIBS: Template = { id: 271, scopeFieldCount: 0, fields: [...START, ...PORTS] };
/** Port block allocation and de-allocation (RFC 8158 section 4.6.10). */
export const BLOCKS: Template = {
  id: 272,
  scopeFieldCount: 0,
  fields: [...START, element(361, 2), element(362, 2), element(363, 2), element(364, 2)],
};
/** Addresses exhausted (RFC 8158 section 4.6.5). */
export const EXHAUSTED: Template = { id: 273, scopeFieldCount: 0, fields: [element(323, 8), element(230, 1), element(283, 4)] };
/** Quota exceeded: entries of a user (RFC 8158 section 4.6.7.3). */
export const QUOTA: Template = {
  id: 274,
  scopeFieldCount: 0,
  fields: [element(323, 8), element(230, 1), element(466, 4), element(473, 4), element(8, 4)],
};
/** Address binding create and delete (RFC 8158 section 4.6.9). */
export const ADDRESS_BINDINGS: Template = { id: 275, scopeFieldCount: 0, fields: START };
export const NAT_EVENT_TEMPLATES = [SESSIONS, BIBS, BLOCKS, EXHAUSTED, QUOTA, ADDRESS_BINDINGS];

/** A NAT event written by hand. */
export interface HandMadeMapping {
  readonly timeMs: number;
  readonly natEvent: number;
  readonly inside: number;
  readonly insidePort: number;
  readonly publicAddress: number;
  readonly publicPort: number;
  readonly protocol?: number;
}

export const bib = (event: HandMadeMapping): readonly [Template, readonly FieldValue[]] => [
  BIBS,
  [event.timeMs, event.natEvent, event.inside, event.publicAddress, event.protocol ?? 6, event.insidePort, event.publicPort],
];

export const session = (
  event: HandMadeMapping & { readonly remote: number; readonly remotePort: number },
): readonly [Template, readonly FieldValue[]] => [
  SESSIONS,
  [...bib(event)[1], event.remote, event.remote, event.remotePort, event.remotePort, 0, 1],
];

export const block = (
  event: Pick<HandMadeMapping, 'timeMs' | 'natEvent' | 'inside' | 'publicAddress'> & {
    readonly first: number;
    readonly last: number;
    readonly step?: number;
    readonly ports?: number;
  },
): readonly [Template, readonly FieldValue[]] => [
  BLOCKS,
  [event.timeMs, event.natEvent, event.inside, event.publicAddress, event.first, event.last, event.step ?? 1, event.ports ?? 0],
];

/** A row of `nat_events` written by hand. */
export type HandMadeEvent = Partial<Record<EventColumn, number>> & { readonly timeMs: number; readonly kind: number };

type EventColumn =
  | 'protocol'
  | 'insideAddress'
  | 'insidePort'
  | 'publicAddress'
  | 'publicPort'
  | 'remoteAddress'
  | 'remotePort'
  | 'portRangeStart'
  | 'portRangeEnd'
  | 'portRangeStepSize';

/** The events as the Collecting Process hands them to the store. */
export function eventBatchOf(events: readonly HandMadeEvent[]): NatEventBatch {
  const batch = new NatEventBatch(Math.max(1, events.length));
  for (const { timeMs, kind, ...columns } of events) {
    const row = batch.length++;
    batch.observationTimeMs[row] = timeMs;
    batch.kind[row] = kind;
    for (const [name, value] of Object.entries(columns)) batch[name as EventColumn][row] = value;
  }
  return batch;
}
