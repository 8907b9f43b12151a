import type { Part } from '../../../core/bytes/part.ts';
import { askedAddress, exporterAddress } from '../../collecting/exporter-address.ts';
import { sequenceUnitOf } from '../../collecting/export-protocol.ts';
import { wordNumber } from '../../query/wording.ts';
import type { Exporter } from '../../store/flow-store.ts';
import { dissectDatagram } from './export-datagram.ts';
import { hexOf } from './hex-of.ts';
import type { KeptMessage, MessageRing } from './message-ring.ts';
import { pageBefore, type PageTurns } from './numbered-page.ts';

export type { Part };

/** A Message, or a datagram of another protocol, in the list. */
export interface WireMessage {
  readonly index: number;
  readonly receivedMs: number;
  /** `ipfix`, `netflow-v9`; `unknown` for octets of none that is known. */
  readonly protocol: string;
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
  /** Messages that were looked at since the run or the collector began; the oldest of them are not kept. */
  readonly count: number;
  /** All whose Messages are kept, to choose from. */
  readonly senders: readonly string[];
  /** The newest first, of those that were asked for. */
  readonly messages: readonly WireMessage[];
  readonly turns: PageTurns;
  /** Where the list has no older ones though there may have been some: which are kept. */
  readonly end?: string;
  /** The one that is taken apart, as long as it is kept. */
  readonly message?: {
    readonly head: WireMessage;
    readonly hex: string;
    readonly tree: Part;
    /** The Message that told each Template its Data Sets are read by. */
    readonly toldIn: Readonly<Record<string, number>>;
    /** Of each Template it tells, the newest Messages with Data Sets that are read by it, and how many there are. */
    readonly reads: Readonly<Record<string, { readonly newest: readonly number[]; readonly count: number }>>;
    /** What its sequence number says of those before it; absent where that cannot be told. */
    readonly sequence?: string;
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
  /** Only those of one sender. */
  readonly sender?: string | undefined;
  /** Only what was received by then; microseconds since 1970 by the collector's clock. */
  readonly untilUs?: number | undefined;
  /** Whose Messages are listed; everybody's without it. */
  readonly exporter?: Exporter | undefined;
  /** Templates that are to be taken for not known, so that it can be seen what waits for them. */
  readonly forgotten: ReadonlySet<number>;
}

/** The newest Messages, and one of them taken apart; `tellTruth` only where somebody knows it. */
export function wireView(ring: MessageRing, request: WireRequest, tellTruth: TellTruth = (_, tree) => tree): WireView {
  const { limit, before, untilUs = Infinity, exporter, sender } = request;
  const kept = ring.messages.filter(
    (message) => message.receivedAtUs <= untilUs && (sender ?? message.source) === message.source && isOf(message, exporter),
  );
  const { items, turns } = pageBefore(kept, limit, before);
  const index = request.index ?? items[0]?.index;
  const asked = index === undefined ? undefined : ring.at(index);
  const senders = [...new Set(ring.messages.map(({ source }) => source))].sort();
  const list = {
    count: ring.count,
    senders,
    messages: items.map((message) => headOf(message, treeOf(ring, message, request))),
    turns,
    ...(turns.older === undefined && endOf(ring)),
  };
  return asked === undefined ? list : { ...list, message: takenApart(ring, asked, request, tellTruth) };
}

/** Says which are kept, where that may not be all. */
function endOf({ messages, count, earlier, limits }: MessageRing): Pick<WireView, 'end'> {
  const oldest = messages[0]?.index ?? count;
  if (oldest === 0 && earlier === undefined) return {};
  const kept = `only the newest are, ${wordNumber(limits.maxMessages)} and ${wordNumber(limits.maxOctets)} octets at most`;
  const since = earlier === undefined ? '' : ', from when somebody looks until nobody does';
  const what = oldest === 0 ? 'What came before somebody looked' : `What came before Message ${oldest}`;
  return { end: `${what} is not kept: ${kept}${since}.` };
}

/** Messages a Template is linked to. */
const LINKS = 12;

function takenApart(
  ring: MessageRing,
  asked: KeptMessage,
  request: WireRequest,
  tellTruth: TellTruth,
): NonNullable<WireView['message']> {
  const tree = treeOf(ring, asked, request);
  const toldIn: Record<string, number> = {};
  for (const { templateId } of tree.parts ?? []) {
    const told = templateId === undefined ? undefined : ring.toldFor(asked, templateId);
    if (told !== undefined) toldIn[told.template.id] = told.message;
  }
  const reads: Record<string, { newest: number[]; count: number }> = {};
  for (const { kind, templateId } of (tree.parts ?? []).flatMap(({ parts = [] }) => parts)) {
    if (kind !== 'template' || templateId === undefined) continue;
    const messages = ring.readBy(asked.index, templateId);
    reads[templateId] = { newest: messages.slice(-LINKS).reverse(), count: messages.length };
  }
  const sequence = sequenceWords(ring, asked, request);
  return {
    head: headOf(asked, tree),
    hex: hexOf(asked.payload),
    tree: tellTruth(asked, tree),
    toldIn,
    reads,
    ...(sequence === undefined ? {} : { sequence }),
  };
}

const isOf = ({ source, observationDomainId }: KeptMessage, exporter: Exporter | undefined): boolean =>
  exporter === undefined ||
  (exporter.observationDomainId === observationDomainId && exporter.address === askedAddress(exporterAddress(source)));

const treeOf = (ring: MessageRing, message: KeptMessage, { forgotten }: WireRequest): Part =>
  dissectDatagram(message.protocol, message.payload, (id) => (forgotten.has(id) ? undefined : ring.templateFor(message, id)));

const TWO_32 = 2 ** 32;

/** Compares the sequence number with what the Message before it of the same session lets expect, modulo 2^32. */
function sequenceWords(ring: MessageRing, message: KeptMessage, request: WireRequest): string | undefined {
  const { source, observationDomainId, protocol, sequenceNumber, index } = message;
  const unit = protocol === undefined ? 'none' : sequenceUnitOf(protocol);
  if (unit === 'none') return undefined;
  const first = ring.messages[0]?.index ?? 0;
  const before = ring.messages
    .slice(0, index - first)
    .findLast((one) => one.source === source && one.observationDomainId === observationDomainId && one.protocol === protocol);
  if (before === undefined) return undefined;
  const { records, state } = headOf(before, treeOf(ring, before, { ...request, forgotten: new Set() }));
  // What cannot be read cannot be counted.
  if (unit === 'records' && state !== 'decoded') return undefined;
  const expected = before.sequenceNumber + (unit === 'records' ? records : 1);
  const gap = (((sequenceNumber - expected) % TWO_32) + TWO_32) % TWO_32;
  if (gap === 0) return `It follows on Message ${before.index}: nothing was lost between them.`;
  if (gap > TWO_32 / 2) return `It comes after Message ${before.index}, which was sent later, or twice.`;
  return `Between Message ${before.index} and this one ${gap} ${unit} are missing: lost, or still to come.`;
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
    protocol: message.protocol ?? 'unknown',
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
