import type { KeptMessage } from '../../collector/api/view/message-ring.ts';
import type { TellTruth } from '../../collector/api/view/wire-view.ts';
import type { Part, PartValue } from '../../core/bytes/part.ts';
import { flowTimeUs } from '../../core/ipfix/flow-time.ts';
import { formatEndpoint } from '../../core/net/endpoint.ts';
import { NS_PER_MS, NS_PER_S, NS_PER_US, trueNs, type TrueNs } from '../../core/time/instant.ts';
import type { Count } from '../verify/count.ts';
import { aheadWords, instantWords, toldParts } from './told-parts.ts';
import { trueFlows, type NamedLedger, type ToldFlow, type TrueFlow } from './ledger-flows.ts';

/** What is known in truth about a device that exports. */
export interface ExporterTruth {
  /** `router`, `probe berlin`. */
  readonly device: string;
  /** How fast its clock was. */
  errorNs(at: TrueNs): number;
  /** `undefined` where nobody wrote down what it saw. */
  ledger(): NamedLedger | undefined;
}

type Known = ExporterTruth & { readonly epochUnixMs: number };

const US_PER_MS = 1_000;
const MS_PER_S = 1_000;
const SYSTEM_INIT_TIME = 160;
/** What elements of flow-time.ts are exact to; those that are not here, to a microsecond. */
const RESOLUTION_NS: Readonly<Record<number, number>> = {
  150: NS_PER_S,
  151: NS_PER_S,
  322: NS_PER_S,
  152: NS_PER_MS,
  153: NS_PER_MS,
  323: NS_PER_MS,
  // An uptime is milliseconds, but what it is counted from is reckoned with a header's whole seconds.
  21: NS_PER_S,
  22: NS_PER_S,
};
const STARTS = new Set([150, 152, 154, 156, 158, 22]);
const ENDS = new Set([151, 153, 155, 157, 159, 21]);
const EVENTS = new Set([322, 323, 324, 325]);
/** Readings are rounded down, and a flow's times may come from a clock that is read with noise. */
const TOLERANCE_NS = NS_PER_MS;
const NOTHING: Count = { packets: 0, octets: 0 };

/**
 * Puts the truth beside the times, counts and addresses of a Message's records. `exporterOf`: what is known of who sent it, `undefined` for
 * a stranger, whose Message stays as it is.
 */
export const messageTruth =
  (epochUnixMs: number, exporterOf: (message: KeptMessage) => ExporterTruth | undefined): TellTruth =>
  (message, tree) => {
    const exporter = exporterOf(message);
    if (exporter === undefined) return tree;
    const known: Known = { ...exporter, errorNs: (at) => exporter.errorNs(at), ledger: () => exporter.ledger(), epochUnixMs };
    const records = new Map(recordsIn(tree).map((part) => [part, new ToldRecord(part, message, epochUnixMs)]));
    const flows = flowsOf([...records.values()], known);
    return toldParts(tree, (leaf, within) => {
      const record = records.get(within);
      const truth = record === undefined ? headerTruth(leaf, known) : truthOf(leaf, record, flows.get(record), known);
      return truth === undefined ? undefined : { truth };
    });
  };

const recordsIn = (part: Part): Part[] => (part.kind === 'record' ? [part] : (part.parts ?? []).flatMap(recordsIn));

/** A record by the names of its fields. */
class ToldRecord {
  readonly part: Part;
  readonly #message: KeptMessage;
  readonly #epochUnixMs: number;

  constructor(part: Part, message: KeptMessage, epochUnixMs: number) {
    this.part = part;
    this.#message = message;
    this.#epochUnixMs = epochUnixMs;
  }

  value(...names: readonly string[]): PartValue | undefined {
    return this.part.parts?.find(({ name }) => names.includes(name))?.value;
  }

  /** The exporter's wall clock at what a field tells, in nanoseconds since the epoch; `undefined` when it tells no time. */
  wallNs({ from, to, element }: Part): number | undefined {
    if (element?.enterpriseNumber !== 0) return undefined;
    const { payload, exportTimeS, uptimeMs } = this.#message;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const base = { exportTimeUs: exportTimeS * 1e6, uptimeMs };
    const { elementId } = element;
    const us =
      elementId === SYSTEM_INIT_TIME && to - from === 8
        ? Number(view.getBigUint64(from)) * US_PER_MS
        : flowTimeUs(elementId, view, from, to - from, base);
    return us === undefined ? undefined : (us - this.#epochUnixMs * US_PER_MS) * NS_PER_US;
  }

  /** When the flow began and the first instant after it, by that clock. */
  get span(): { readonly from: number; readonly to: number; readonly resolution: number } | undefined {
    const fieldOf = (ids: ReadonlySet<number>): Part | undefined =>
      this.part.parts?.find(({ element }) => element?.enterpriseNumber === 0 && ids.has(element.elementId));
    const [start, end] = [fieldOf(STARTS), fieldOf(ENDS)];
    const [from, to] = [start && this.wallNs(start), end && this.wallNs(end)];
    if (from === undefined || to === undefined) return undefined;
    const resolution = RESOLUTION_NS[end?.element?.elementId ?? 0] ?? NS_PER_US;
    return { from, to: to + resolution, resolution };
  }

  /** Whom it is about if it tells of what left, and if it tells of what came in. */
  get candidates(): readonly [ToldFlow, ToldFlow] | undefined {
    const endpoint = (side: 'source' | 'destination'): string | undefined =>
      endpointText(this.value(`${side}IPv4Address`, `${side}IPv6Address`), this.value(`${side}TransportPort`));
    const [source, destination] = [endpoint('source'), endpoint('destination')];
    const protocol = this.value('protocolIdentifier');
    if (source === undefined || destination === undefined || typeof protocol !== 'number') return undefined;
    const translated = endpointText(
      this.value('postNATDestinationIPv4Address', 'postNATDestinationIPv6Address'),
      this.value('postNAPTDestinationTransportPort'),
    );
    return [
      { protocol, direction: 'up', inside: source, server: destination },
      { protocol, direction: 'down', inside: translated ?? destination, server: source },
    ];
  }
}

function endpointText(address: PartValue | undefined, port: PartValue | undefined): string | undefined {
  const isTold = typeof address === 'string' && address !== '0.0.0.0' && typeof port === 'number';
  return isTold ? formatEndpoint({ address, port }) : undefined;
}

/** What the ledger has of a record, and which way it went. */
interface FoundFlow {
  readonly flow: TrueFlow;
  readonly direction: 'up' | 'down';
  /** What of it was between the times the record tells; `undefined` when it tells none, or nothing was. */
  readonly happened: Happened | undefined;
}

function flowsOf(records: readonly ToldRecord[], known: Known): Map<ToldRecord, FoundFlow> {
  const asked = records.flatMap((record) => record.candidates?.map((flow) => ({ record, flow })) ?? []);
  const ledger = asked.length === 0 ? undefined : known.ledger();
  const found = new Map<ToldRecord, FoundFlow>();
  if (ledger === undefined) return found;
  for (const [index, flow] of trueFlows(
    ledger,
    asked.map((each) => each.flow),
  ).entries()) {
    const each = asked[index];
    if (flow === undefined || each === undefined || found.has(each.record)) continue;
    found.set(each.record, { flow, direction: each.flow.direction, happened: happenedIn(each.record, flow, known) });
  }
  return found;
}

/** The true instant at which the clock showed `wallNs`: its error changes so slowly that guessing thrice is exact, but at a step. */
function trueOf(wallNs: number, { errorNs }: Known): number {
  let at = wallNs;
  for (let round = 0; round < 3; round++) at = wallNs - errorNs(trueNs(Math.max(0, Math.round(at))));
  return at;
}

/** Of the Message's header: what holds for every protocol that tells when it left. */
function headerTruth({ name, value }: Part, known: Known): string | undefined {
  if (name !== 'Export Time' && name !== 'unix_secs' && name !== 'UNIX Secs') return undefined;
  const wallNs = (Number(value) * MS_PER_S - known.epochUnixMs) * NS_PER_MS;
  return `this second of its clock began in truth at ${clockWords(trueOf(wallNs, known), known)}`;
}

const clockWords = (atNs: number, { device, epochUnixMs, errorNs }: Known): string =>
  `${instantWords(epochUnixMs, atNs)}: the ${device}’s clock was ${aheadWords(errorNs(trueNs(Math.max(0, Math.round(atNs)))))}`;

const UNKNOWN = 'not known: the ledger has no such flow';

function truthOf(leaf: Part, record: ToldRecord, found: FoundFlow | undefined, known: Known): string | undefined {
  const { name, element, value } = leaf;
  const id = element?.enterpriseNumber === 0 ? element.elementId : 0;
  const isCount = name === 'octetDeltaCount' || name === 'packetDeltaCount';
  const happened = found?.happened;
  if (STARTS.has(id) || ENDS.has(id)) {
    if (happened === undefined || !happened.isSure) return timeTruth(leaf, record, known);
    return `in truth ${clockWords(STARTS.has(id) ? happened.firstNs : happened.lastNs, known)}`;
  }
  if (EVENTS.has(id) || id === SYSTEM_INIT_TIME) return timeTruth(leaf, record, known);
  if (isCount)
    return happened === undefined
      ? UNKNOWN
      : countWords(name === 'octetDeltaCount' ? 'octets' : 'packets', happened, Number(value));
  const side = /^(postNAT)?(source|destination)IPv[46]Address$/i.exec(name);
  if (side === null) return undefined;
  return found === undefined ? UNKNOWN : holderWords(side[1] !== undefined, side[2] as string, found);
}

type Happened = NonNullable<ReturnType<TrueFlow['between']>> & {
  /** Without the first and the last moment that the record's times can tell apart: what is in them may be told by a neighbour. */
  readonly certain: Count;
  /** Whether its first and last packet are the record's own. */
  readonly isSure: boolean;
};

/** The packets of a flow between the times a record tells. */
function happenedIn(record: ToldRecord, flow: TrueFlow, known: Known): Happened | undefined {
  const { span } = record;
  if (span === undefined) return undefined;
  const [from, to] = [trueOf(span.from, known), trueOf(span.to, known)];
  const all = flow.between(from, to) ?? flow.between(from - TOLERANCE_NS, to + TOLERANCE_NS);
  if (all === undefined) return undefined;
  const { resolution } = span;
  return {
    ...all,
    certain: flow.between(from + resolution, to - resolution) ?? NOTHING,
    isSure: resolution <= NS_PER_MS || record.value('packetDeltaCount') === all.packets,
  };
}

function timeTruth(leaf: Part, record: ToldRecord, known: Known): string {
  const wallNs = record.wallNs(leaf);
  if (wallNs === undefined) return 'not known: it takes another time that the Message does not tell';
  return `in truth ${clockWords(trueOf(wallNs, known), known)}`;
}

function countWords(unit: keyof Count, { certain, ...happened }: Happened, told: number): string {
  const truth = happened[unit];
  if (truth === told) return `in truth ${truth} ${unit} too`;
  if (told < truth && told >= certain[unit])
    return `in truth ${truth} ${unit} from the first to the last moment, of which ${truth - told} may be in the record before or after`;
  return `in truth ${truth} ${unit}, ${Math.abs(truth - told)} ${truth > told ? 'more' : 'fewer'} than told`;
}

/** Whose an address is: the inside end's holder, the server's name, or who was behind the public one. */
function holderWords(isAfter: boolean, side: string, { flow, direction }: FoundFlow): string {
  const isOwn = (side.toLowerCase() === 'source') === (direction === 'up');
  if (!isOwn) return flow.serverName === '' ? 'in truth a server without a name' : `in truth ${flow.serverName}`;
  if (flow.holder === undefined) return 'in truth nobody inside';
  // Before the translation of what leaves, and after that of what comes in, the address is the holder's own.
  const isInside = isAfter === (direction === 'down');
  return isInside ? `in truth ${flow.holder}` : `in truth the router, and behind ${flow.publicEndpoint} ${flow.holder}`;
}
