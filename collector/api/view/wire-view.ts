import type { Part } from '../../../core/bytes/part.ts';
import { dissectMessage } from '../../../core/ipfix/dissection.ts';
import { exporterAddress } from '../../collecting/exporter-address.ts';
import type { Exporter } from '../../store/flow-store.ts';
import { hexOf } from './hex-of.ts';
import type { KeptMessage, MessageRing } from './message-ring.ts';

export type { Part };

/** A Message in the list. */
export interface WireMessage {
  readonly index: number;
  readonly receivedMs: number;
  readonly exporter: string;
  readonly domain: number;
  readonly exportTimeS: number;
  readonly sequence: number;
  readonly octets: number;
  readonly records: number;
  readonly templates: number;
  /** `waiting`: a Set of it has no Template; `malformed`: octets that nobody can read. */
  readonly state: 'decoded' | 'waiting' | 'malformed';
}

/** Topic `wire`. */
export interface WireView {
  /** Messages since the beginning; the oldest of them are not kept. */
  readonly count: number;
  /** The newest first. */
  readonly messages: readonly WireMessage[];
  /** The one that is taken apart, as long as it is kept. */
  readonly message?: {
    readonly head: WireMessage;
    readonly hex: string;
    readonly tree: Part;
    /** The Message that told each Template its Data Sets are read by. */
    readonly toldIn: Readonly<Record<string, number>>;
  };
}

/** Puts beside the fields of a Message what is so in truth. */
export type TellTruth = (message: KeptMessage, tree: Part) => Part;

/** What is asked for. */
export interface WireRequest {
  /** The Message to be taken apart; the newest of the list without it. */
  readonly index?: number | undefined;
  /** Messages in the list at most, and the number before which they lie. */
  readonly limit: number;
  readonly before?: number | undefined;
  /** Only what was received by then; microseconds since 1970 by the collector's clock. */
  readonly untilUs?: number | undefined;
  /** Whose Messages are listed; everybody's without it. */
  readonly exporter?: Exporter | undefined;
  /** Templates that are to be taken for not known, so that it can be seen what waits for them. */
  readonly forgotten: ReadonlySet<number>;
}

/** The newest Messages, and one of them taken apart; `tellTruth` only where somebody knows it. */
export function wireView(ring: MessageRing, request: WireRequest, tellTruth: TellTruth = (_, tree) => tree): WireView {
  const { limit, before = Infinity, untilUs = Infinity, exporter } = request;
  const listed: WireMessage[] = [];
  for (let at = ring.messages.length - 1; at >= 0 && listed.length < limit; at--) {
    const message = ring.messages[at] as KeptMessage;
    const isAsked = message.index < before && message.receivedAtUs <= untilUs && isOf(message, exporter);
    if (isAsked) listed.push(headOf(message, treeOf(ring, message, request)));
  }
  const index = request.index ?? listed[0]?.index;
  const asked = index === undefined ? undefined : ring.at(index);
  if (asked === undefined) return { count: ring.count, messages: listed };
  const tree = treeOf(ring, asked, request);
  const toldIn: Record<string, number> = {};
  for (const { templateId } of tree.parts ?? []) {
    const told = templateId === undefined ? undefined : ring.templateFor(asked, templateId);
    if (told !== undefined) toldIn[told.template.id] = told.message;
  }
  return {
    count: ring.count,
    messages: listed,
    message: { head: headOf(asked, tree), hex: hexOf(asked.payload), tree: tellTruth(asked, tree), toldIn },
  };
}

const isOf = ({ source, observationDomainId }: KeptMessage, exporter: Exporter | undefined): boolean =>
  exporter === undefined ||
  (exporter.observationDomainId === observationDomainId && exporter.address === exporterAddress(source).ipv4);

function treeOf(ring: MessageRing, message: KeptMessage, { forgotten }: WireRequest): Part {
  const { buffer, byteOffset, byteLength } = message.payload;
  return dissectMessage(new DataView(buffer, byteOffset, byteLength), (id) =>
    forgotten.has(id) ? undefined : ring.templateFor(message, id)?.template,
  );
}

function headOf(message: KeptMessage, tree: Part): WireMessage {
  const counts = new Map<Part['kind'], number>();
  const count = ({ kind, parts = [] }: Part): void => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    parts.forEach(count);
  };
  count(tree);
  return {
    index: message.index,
    receivedMs: message.receivedAtUs / 1_000,
    exporter: message.source,
    domain: message.observationDomainId,
    exportTimeS: message.exportTimeS,
    sequence: message.sequenceNumber,
    octets: message.payload.length,
    records: counts.get('record') ?? 0,
    templates: counts.get('template') ?? 0,
    state: counts.has('fault') ? 'malformed' : counts.has('waiting') ? 'waiting' : 'decoded',
  };
}
