import { formatAddress } from '../../../core/net/address-book.ts';
import { parseStored, type StoredAddress } from '../../../core/net/stored-address.ts';
import { NS_PER_MS } from '../../../core/time/instant.ts';
import { addBetween, lastInstant } from '../count.ts';
import type { Ledger } from '../ledger.ts';
import type { EventRecords } from './event-records.ts';
import type { EventKind, TrueEvent, UnseenReason } from './true-event.ts';

/** What was to happen: an activity of the scenario, or a device that is in no inventory. */
export interface ScriptedEvent {
  readonly kind: EventKind;
  readonly who: string;
  readonly subjects: readonly string[];
  /** Whether strangers did it: an alert may name them or whom they did it to. */
  readonly isFromOutside: boolean;
  /** By which number the ledger knows it. */
  readonly of: { readonly activity: number } | { readonly device: number };
  /** True milliseconds since 1970 at which it was to begin. */
  readonly plannedMs: number;
  /** Why the router cannot see it, if it saw nothing. */
  readonly hiddenBecause: UnseenReason;
}

/** How the router tells of running out of public ports. */
export interface ExhaustionReports {
  /** The public addresses, and who else may be named. */
  readonly subjects: readonly string[];
  /** Whether NAT events are exported. */
  readonly areExported: boolean;
  /** NAT events that the collector got of it, in router's milliseconds since 1970. */
  readonly received: number;
}

export interface DetectionCase {
  readonly ledger: Ledger;
  readonly epochUnixMs: number;
  readonly script: readonly ScriptedEvent[];
  readonly records: EventRecords;
  readonly isSampled: boolean;
  readonly exhaustion: ExhaustionReports;
}

/** Packets without a public port that are further apart belong to two exhaustions: the last ports are free after four minutes (RFC 7857 section 2.1). */
const EXHAUSTION_GAP_MS = 10 * 60_000;

/** What a detector should have told of, in the order it began; what it could not have seen is marked. */
export function trueEvents(given: DetectionCase): TrueEvent[] {
  const byActivity = new Map<number, Crossing>();
  const byDevice = new Map<number, Crossing>();
  for (const { of } of given.script) {
    if ('activity' in of) byActivity.set(of.activity, new Crossing(given.ledger));
    else byDevice.set(of.device, new Crossing(given.ledger));
  }
  const { connections, trains } = given.ledger;
  for (let train = 0; train < given.ledger.length; train++) {
    if (trains.startNs.at(train) > given.ledger.endNs) continue;
    const connection = trains.connection.at(train);
    byActivity.get(connections.activity.at(connection))?.add(train, connection);
    byDevice.get(connections.device.at(connection))?.add(train, connection);
  }
  const scripted = given.script.map((event) => {
    const { of } = event;
    const isActivity = 'activity' in of;
    const crossing = (isActivity ? byActivity.get(of.activity) : byDevice.get(of.device)) as Crossing;
    const records = (isActivity ? given.records.byActivity.get(of.activity) : given.records.byDevice.get(of.device)) ?? 0;
    return eventOf(event, crossing, records, given);
  });
  return [...scripted, ...exhaustions(given)].sort((one, other) => one.fromMs - other.fromMs || (one.kind < other.kind ? -1 : 1));
}

/** What the ledger has of one event. */
class Crossing {
  fromNs = Infinity;
  toNs = -Infinity;
  readonly count = { packets: 0, octets: 0 };
  readonly flows = new Set<number>();
  readonly insides = new Set<number>();
  readonly servers = new Set<number>();
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  add(train: number, connection: number): void {
    const { trains, connections, endNs } = this.#ledger;
    this.fromNs = Math.min(this.fromNs, trains.startNs.at(train));
    this.toNs = Math.max(this.toNs, Math.min(endNs, lastInstant(this.#ledger, train)));
    addBetween(this.#ledger, train, 0, Infinity, this.count);
    this.flows.add(connection);
    this.insides.add(connections.insideAddress.at(connection));
    this.servers.add(connections.serverAddress.at(connection));
  }
}

function eventOf(event: ScriptedEvent, crossing: Crossing, records: number, given: DetectionCase): TrueEvent {
  const { kind, who, plannedMs, hiddenBecause } = event;
  const hasCrossed = crossing.flows.size > 0;
  const unixMs = (ns: number): number => (hasCrossed ? given.epochUnixMs + ns / NS_PER_MS : plannedMs);
  const unseen = hasCrossed ? (given.isSampled ? 'not-sampled' : 'lost') : hiddenBecause;
  const servers = [...crossing.servers].map(formatAddress);
  const ends = [...servers, ...[...crossing.insides].map(formatAddress)];
  return {
    kind,
    who,
    subjects: addressSet(event.isFromOutside ? [...event.subjects, ...ends] : event.subjects),
    // To be in no inventory is done to nobody.
    targets: addressSet('device' in event.of ? [] : event.isFromOutside ? ends : servers),
    fromMs: unixMs(crossing.fromNs),
    toMs: unixMs(crossing.toNs),
    flows: crossing.flows.size,
    octets: crossing.count.octets,
    records,
    ...(records === 0 ? { unseen } : {}),
  };
}

/** Stretches of time in which the router had no public port for somebody. */
function exhaustions({ ledger, epochUnixMs, exhaustion }: DetectionCase): TrueEvent[] {
  const stretches: { fromMs: number; toMs: number; flows: number }[] = [];
  for (let index = 0; index < ledger.portless.length; index++) {
    const atMs = epochUnixMs + ledger.portless.at(index) / NS_PER_MS;
    const last = stretches.at(-1);
    if (last === undefined || atMs > last.toMs + EXHAUSTION_GAP_MS) stretches.push({ fromMs: atMs, toMs: atMs, flows: 1 });
    else {
      last.toMs = atMs;
      last.flows++;
    }
  }
  const { subjects, areExported, received } = exhaustion;
  const unseen = !areExported ? 'not-reported' : received === 0 ? 'lost' : undefined;
  return stretches.map((stretch) => ({
    ...stretch,
    kind: 'port-exhaustion',
    who: 'the router',
    subjects: addressSet(subjects),
    targets: new Set(),
    octets: 0,
    records: received,
    ...(unseen === undefined ? {} : { unseen }),
  }));
}

const addressSet = (texts: readonly string[]): Set<StoredAddress> =>
  new Set(texts.map(parseStored).filter((address) => address !== undefined));
