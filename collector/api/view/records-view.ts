import { formatStored, parseStored } from '../../../core/net/stored-address.ts';
import { protocolName } from '../../../core/net/protocol-name.ts';
import type { Derived } from '../../query/language/derived.ts';
import { Inventory } from '../../query/inventory.ts';
import { SeenFlows } from '../../query/people/seen-flows.ts';
import type { AskedStore, Exporter } from '../../store/flow-store.ts';
import type { LostRecord, RecordTruth } from './record-truth.ts';
import { exporterOf, storedRows, type StoredRecord } from './stored-records.ts';
import type { ViewContext, ViewRequest } from './view-request.ts';

/** What can become of a record besides being stored, where the truth is known. */
export const FATES = ['lost', 'doubled', 'mistimed'] as const;
export type RecordFate = (typeof FATES)[number];

/** A Flow Record, as its exporter tells it. */
export interface RecordRow {
  /** Row id in the store; of one that was lost, `lost-` and the numbers of its Message and of the record in it. */
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly personId: string;
  readonly person: string;
  readonly direction: 'up' | 'down';
  readonly server: string;
  readonly serverName?: string;
  readonly port: number;
  readonly protocol: string;
  readonly packets: number;
  readonly octets: number;
  /** Lost, in a Message that came twice, or in another five minutes than it was. */
  readonly fates: readonly RecordFate[];
}

/** Topic `records`: the newest first. */
export interface RecordsView {
  readonly records: readonly RecordRow[];
  /** What can be asked for besides all that is stored. */
  readonly fates: readonly RecordFate[];
  /** Everybody known, by name, to choose from. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
  /** `before` of the next page; absent on the last. */
  readonly next?: string;
  readonly notes: readonly string[];
}

/** What is asked for; `before`: a record of the list, of which older ones are wanted. */
export interface RecordsRequest extends ViewRequest {
  readonly who?: string | undefined;
  readonly fate?: RecordFate | undefined;
  readonly before?: string | undefined;
}

const PER_PAGE = 50;
/** Ids or Messages that one statement is asked about. */
const MOST_NAMED = 5_000;

/** Reads `who`, `fate` and `before`. Throws a RangeError of one sentence for what makes no sense. */
export function recordsRequestOf(
  parameters: ReadonlyMap<string, string>,
  request: ViewRequest,
  truth: RecordTruth | undefined,
): RecordsRequest {
  const given = (name: string): string | undefined => parameters.get(name) || undefined;
  const asked = given('fate');
  const known: readonly RecordFate[] = truth === undefined ? [] : FATES;
  const fate = known.find((one) => one === asked);
  if (asked !== undefined && fate === undefined)
    throw new RangeError(
      known.length === 0
        ? `fate is "${asked}": what became of records beside the store is only known in the lab`
        : `fate is "${asked}": it must be one of ${known.join(', ')}`,
    );
  return { ...request, who: given('who'), fate, before: given('before') };
}

/** A page of records. Rejects with a RangeError of one sentence for somebody or a record there is not. */
export async function recordsView(
  store: AskedStore,
  context: ViewContext,
  request: RecordsRequest,
  truth: RecordTruth | undefined,
): Promise<RecordsView> {
  const seen = await SeenFlows.of(store, context, request);
  const { rows, next } =
    request.fate === 'lost' && truth !== undefined
      ? lostPage(truth.lost, context, request, seen)
      : await storedPage(store, seen, request, truth);
  return {
    records: rows,
    fates: truth === undefined ? [] : FATES,
    people: seen.known.map(({ id, name }) => ({ id, name })).toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    ...(next === undefined ? {} : { next }),
    notes: seen.notes,
  };
}

interface Page {
  readonly rows: readonly RecordRow[];
  readonly next: string | undefined;
}

function lostPage(lost: readonly LostRecord[], context: ViewContext, request: RecordsRequest, seen: SeenFlows): Page {
  const { who, before, knownAtMs = Infinity } = request;
  const from = before === undefined ? 0 : lost.findIndex(({ id }) => id === before) + 1;
  if (before !== undefined && from === 0) throw new RangeError(`before is "${before}": no record that was lost is called so`);
  const inventory = new Inventory(context.inventory);
  const own = lost
    .slice(from)
    .filter(({ sentMs, exporter }) => sentMs <= knownAtMs && isOf(exporter, context.exporter))
    .map((record) => lostRow(record, inventory, seen))
    .filter(({ personId }) => who === undefined || personId === who);
  return { rows: own.slice(0, PER_PAGE), next: own.length > PER_PAGE ? own[PER_PAGE - 1]?.id : undefined };
}

const isOf = (exporter: Exporter, asked: Exporter | undefined): boolean =>
  asked === undefined || (exporter.address === asked.address && exporter.observationDomainId === asked.observationDomainId);

/** A lost record as a row of the list. */
export function lostRow(record: LostRecord, inventory: Inventory, seen: Pick<SeenFlows, 'names'>): RecordRow {
  const { id, startMs, endMs, isUp, inside, server, serverPort, protocol, packets, octets } = record;
  const serverName = seen.names.get(parseStored(server) ?? 0);
  const who = inventory.who(parseStored(inside) ?? 0, startMs);
  return {
    id,
    startMs,
    endMs,
    personId: who,
    person: who,
    direction: isUp ? 'up' : 'down',
    server,
    ...(serverName === undefined ? {} : { serverName }),
    port: serverPort,
    protocol: protocolName(protocol) ?? String(protocol),
    packets,
    octets,
    fates: ['lost'],
  };
}

async function storedPage(
  store: AskedStore,
  seen: SeenFlows,
  { who, fate, before }: RecordsRequest,
  truth: RecordTruth | undefined,
): Promise<Page> {
  const below = before === undefined ? Infinity : Number(before);
  if (!(below >= 0)) throw new RangeError(`before is "${before}": it must be the number of a stored record`);
  const conditions: Derived[] = [];
  if (who !== undefined) {
    const only = seen.isOf(who);
    if (only === undefined) throw new RangeError(`nobody has the id "${who}": it is a name of the inventory, or an address`);
    conditions.push(only);
  }
  const chosen = fate === undefined || truth === undefined ? undefined : chosenBy(fate, truth, below);
  if (chosen === null) return { rows: [], next: undefined };
  if (chosen !== undefined) conditions.push(chosen.condition);
  const rows = await storedRows(store, seen, conditions, PER_PAGE + 1, Math.floor(below));
  const last = rows[PER_PAGE - 1];
  return {
    rows: rows.slice(0, PER_PAGE).map((row) => rowOf(row, seen, truth)),
    // What was not named may hold more.
    next: rows.length > PER_PAGE ? String(last?.id) : chosen?.next,
  };
}

/** The condition that a record has that fate; `null` when none has. `next`: where those begin that it says nothing of. */
function chosenBy(
  fate: RecordFate,
  { doubled, mistimed }: RecordTruth,
  below: number,
): { readonly condition: Derived; readonly next: string | undefined } | null {
  if (fate === 'mistimed') {
    const ids = [...mistimed].filter((id) => id < below).slice(-MOST_NAMED);
    if (ids.length === 0) return null;
    const next = ids.length === MOST_NAMED ? String(ids[0]) : undefined;
    return { condition: { needs: ['id'], sql: `id IN (${ids.join(', ')})` }, next };
  }
  const origins = doubled
    .slice(0, MOST_NAMED)
    .map(({ exporter, sequenceNumber }) => `(${exporter.address}, ${exporter.observationDomainId}, ${sequenceNumber})`);
  if (origins.length === 0) return null;
  const columns = ['exporter_ipv4', 'observation_domain_id', 'sequence_number'];
  return { condition: { needs: columns, sql: `(${columns.join(', ')}) IN (${origins.join(', ')})` }, next: undefined };
}

export function rowOf(row: StoredRecord, seen: SeenFlows, truth: RecordTruth | undefined): RecordRow {
  const { id, startMs, endMs, person, stranger, isUp, address, port, protocol, packets, octets } = row;
  const holder = seen.holderOf(person, stranger);
  const serverName = seen.names.get(address);
  const isDoubled = (truth?.messageOf(exporterOf(row), row.sequenceNumber)?.copies ?? 1) > 1;
  return {
    id: String(id),
    startMs,
    endMs,
    personId: holder.id,
    person: holder.name,
    direction: isUp ? 'up' : 'down',
    server: formatStored(address),
    ...(serverName === undefined ? {} : { serverName }),
    port,
    protocol: protocolName(protocol) ?? String(protocol),
    packets,
    octets,
    fates: [...(isDoubled ? (['doubled'] as const) : []), ...(truth?.mistimed.has(id) === true ? (['mistimed'] as const) : [])],
  };
}
