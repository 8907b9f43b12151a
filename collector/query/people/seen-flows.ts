import { formatStored, isIPv4, parseStored, type StoredAddress } from '../../../core/net/stored-address.ts';
import { isFrom, type AskedStore, type Exporter } from '../../store/flow-store.ts';
import { attributionSchema, type AttributionConfig } from '../attribution-config.ts';
import { clockCorrections } from '../clock-corrections.ts';
import { groupBy } from '../group-by.ts';
import { addressesOf, type InventoryEntry } from '../inventory.ts';
import { derivedColumns, SIDES } from '../language/derived-columns.ts';
import type { Derived, DerivedColumns } from '../language/derived.ts';
import { duckDbDialect } from '../language/duckdb-dialect.ts';
import { nested } from '../language/nested-columns.ts';
import type { TimeBasis } from '../language/question.ts';
import { Vocabulary, type Knowledge } from '../language/vocabulary.ts';
import { BEGUN_FLOWS } from '../begun-flows.ts';
import { peopleColumns } from './people-columns.ts';
import { ownedFlows } from './public-side.ts';
import { GRID_MS } from './periods.ts';
import type { Ready, ReadyFlows } from './ready-flows.ts';
import type { KeptSums } from './kept-sums.ts';
import { readyRelations, type ReadyRelations, type Relation } from './ready-relations.ts';
import type { Source } from './ready-tables.ts';

/** What is known besides the flows, and whose records are asked; everybody's without an exporter. */
export interface PeopleContext extends Knowledge {
  readonly exporter?: Exporter;
  /** How long an idle mapping lives and how far clocks may be off, where a flow tells its public endpoint alone. */
  readonly attribution?: AttributionConfig | undefined;
  /** Columns that are known of these flows and not to be worked out of addresses and ports. */
  readonly knownColumns?: ((vocabulary: Vocabulary) => DerivedColumns) | undefined;
  /** The flows of the store, made ready for the prefixes `inside`: the answers are the same, and sooner there. */
  readonly ready?: ReadyFlows | undefined;
}

/** Which flows count, and by whose clock. Times are milliseconds since 1970. */
export interface PeopleRequest {
  /** What a flow did from then on and before then; all of it without them. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** As it was known then, by the collector's clock: what was received later is left out. */
  readonly knownAtMs?: number | undefined;
  /**
   * `flow`: from its own start to its own end. `corrected`: the same less what the exporter's clock was ahead. `export` and `receive`: as
   * long as its own times say, ending when it was exported or received.
   */
  readonly basis: TimeBasis;
}

/** Whoever uses an inside address. */
export interface Holder {
  /** The same from run to run: the name, or the address of what has none. */
  readonly id: string;
  readonly name: string;
  readonly department: string;
  readonly addresses: readonly string[];
}

/** Columns of flows that are needed, and which flows; see `SeenFlows.from`. */
interface Needs {
  readonly columns: readonly string[];
  readonly only?: readonly Derived[] | undefined;
  readonly stepMs?: number;
}

/** Of which nothing is kept. */
export interface AllFlows {
  readonly all: string;
  readonly kept?: never;
  readonly loose?: never;
  readonly keeping?: never;
}

/** A table with what is kept of flows that stay as they are, these flows, and the others. */
export interface KeptParts {
  readonly all?: never;
  readonly kept: string;
  readonly settled: string;
  readonly loose: string;
  /** What is asked given the name of a table with what is selected from what is kept, where that can be kept too. */
  keeping<T>(sql: string, ask: (table: string | undefined) => Promise<T>): Promise<T>;
}

/** The flows of people as a relation that statements of DuckDB select from. */
export class SeenFlows {
  readonly vocabulary: Vocabulary;
  readonly request: PeopleRequest;
  /** Names of addresses, as DNS gave them. */
  readonly names: ReadonlyMap<StoredAddress, string>;
  /** Sentences a reader of the figures must know. */
  readonly notes: readonly string[];
  readonly #kept: KeptSums | undefined;
  readonly #conditions: readonly Derived[];
  /** The first that has all columns is asked: of flows one by one, and of flows that are added up, where those come to the same. */
  readonly #flows: readonly Relation[];
  readonly #byQuarter: readonly Relation[];
  readonly #ofAllTime: readonly Relation[];
  readonly #entries: ReadonlyMap<string, readonly InventoryEntry[]>;
  readonly #numbers: ReadonlyMap<string, number>;

  private constructor(
    context: PeopleContext,
    request: PeopleRequest,
    known: Pick<SeenFlows, 'vocabulary' | 'notes'> & { flows: Relation; ready: ReadyRelations | undefined },
  ) {
    this.vocabulary = known.vocabulary;
    this.request = request;
    this.names = context.names;
    this.notes = known.notes;
    this.#kept = context.ready?.kept;
    this.#conditions = conditionsOf(context.exporter, request);
    const { flows, ready } = known;
    const { basis, fromMs, toMs } = request;
    this.#flows = ready === undefined ? [flows] : [ready.flows, flows];
    // Sums are by the flows' own times; by any clock they are the sums of all time.
    const added = basis === 'flow' ? ready : undefined;
    const timeless = ready?.ofAllTime.map((sums) => ({ ...sums, has: (name: string) => !TIMES.has(name) && sums.has(name) }));
    const isWhole = fromMs === undefined && toMs === undefined;
    const isOfQuarters = [fromMs ?? 0, toMs ?? 0].every((ms) => ms % GRID_MS === 0);
    this.#byQuarter = added !== undefined && isOfQuarters ? added.byQuarter : [];
    this.#ofAllTime = isWhole ? (added?.ofAllTime ?? timeless ?? []) : this.#byQuarter;
    this.#entries = groupBy(context.inventory, ({ name }) => name);
    this.#numbers = new Map(known.vocabulary.people.map((name, index) => [name, index + 1]));
  }

  /** Looks at what the store has before it is asked. Rejects only when the store fails. */
  static async of(store: AskedStore, context: PeopleContext, request: PeopleRequest): Promise<SeenFlows> {
    const vocabulary = new Vocabulary(context);
    const corrections = request.basis === 'corrected' ? await clockCorrections(store, duckDbDialect) : undefined;
    const derived = {
      ...derivedColumns(vocabulary, duckDbDialect, request.basis, corrections),
      ...peopleColumns(request.basis),
      ...context.knownColumns?.(vocabulary),
    };
    const { ready, owned } = context.knownColumns === undefined ? await insideEnds(store, context) : {};
    const notes = [...(corrections?.notes ?? []), ...(owned?.notes ?? [])];
    const flows: Relation = { source: { all: owned?.sql ?? BEGUN_FLOWS }, derived, has: () => true };
    const { basis, fromMs = -Infinity, toMs = Infinity } = request;
    const time = basis === 'flow' ? { fromMs, toMs } : undefined;
    return new SeenFlows(context, request, {
      vocabulary,
      notes,
      flows,
      ready: context.ready && ready && (await readyRelations(context.ready, ready, derived, vocabulary, time)),
    });
  }

  /**
   * `FROM` of the columns named: those of `flows`, of questions, and `inside_port`, `start_ms`, `end_ms` (after `start_ms` unless it lasted no time) and
   * `octets_scaled`, `packets_scaled`, `records`. `person` is an index of the vocabulary; where it is 0, `person_stranger` has the address. Where nobody asks when within
   * steps of `stepMs` something was, rows may be several flows that begin and end in the same one, `Infinity` being all of the time that is asked for; `records`
   * says how many.
   */
  from(columns: readonly string[], only: readonly Derived[] = [], stepMs = 1): string {
    const { source, select } = this.#relation(columns, only, stepMs);
    return select(source.all);
  }

  /**
   * What `ask` answers of the rows that `over` selects from flows. It is asked of parts of the flows, as what those come to that stay as they are may have been
   * kept from the last time, so there may be rows of each part: `ask` puts them together, as sums, least and most, different ones and the first in an order can be.
   * Rows that are kept should be few (`isKept`). Both get what can stand in `FROM`.
   */
  ofParts<T>(needs: Needs, over: (flows: string, isKept: boolean) => string, ask: (rows: string) => Promise<T>): Promise<T> {
    return this.usingKept(
      needs,
      (flows) => over(flows, true),
      ({ all, kept, loose }) =>
        ask(kept === undefined ? `(${over(all, false)})` : `(FROM ${kept} UNION ALL (${over(loose, false)}))`),
    );
  }

  /**
   * What `ask` answers of all flows, or of a table with what `over` selects from those that stay as they are, where it is kept, and the flows apart: for what is put
   * together of more than the rows of parts. All it gets can stand in `FROM`.
   */
  usingKept<T>(
    { columns, only = [], stepMs = 1 }: Needs,
    over: (flows: string) => string,
    ask: (flows: AllFlows | KeptParts) => Promise<T>,
  ): Promise<T> {
    // Only what is asked is put into words: these may be long.
    const { source, select } = this.#relation(columns, only, stepMs);
    const askAll = (): Promise<T> => ask({ all: select(source.all) });
    const keptSums = this.#kept;
    if (keptSums === undefined || source.settled === undefined || source.loose === undefined) return askAll();
    const [settled, looseFlows] = [select(source.settled), source.loose];
    const { fromMs, toMs, knownAtMs } = this.request;
    // A time that is told may go on with the clock.
    const isAskedAgain = fromMs === undefined && toMs === undefined && knownAtMs === undefined;
    const keeping: KeptParts['keeping'] = (sql, askMore) => keptSums.using(sql, true, askMore);
    return keptSums.using(over(settled), isAskedAgain, (kept) =>
      kept === undefined ? askAll() : ask({ kept, settled, loose: select(looseFlows), keeping }),
    );
  }

  /** `FROM` of the flows that may not stay as they are; `undefined` when these are all. */
  loose({ columns, only = [], stepMs = 1 }: Needs): string | undefined {
    const { source, select } = this.#relation(columns, only, stepMs);
    return source.loose && select(source.loose);
  }

  /** The shortest relation that has all columns, and what selects them from a part of it. */
  #relation(
    columns: readonly string[],
    only: readonly Derived[],
    stepMs: number,
  ): { readonly source: Source; select(part: string): string } {
    const conditions = [...this.#conditions, ...only];
    const needs = [...columns, ...conditions.flatMap((one) => one.needs)];
    const added = stepMs === Infinity ? this.#ofAllTime : stepMs % GRID_MS === 0 ? this.#byQuarter : [];
    const { source, derived } = [...added, ...this.#flows].find(({ has }) => needs.every(has)) as Relation;
    return { source, select: (part) => nested(columns, conditions, derived, part) };
  }

  /** Everybody in the inventory, in its order. */
  get known(): Holder[] {
    return this.vocabulary.people.map((name) => this.#holderNamed(name));
  }

  /** Whose row it is. */
  holderOf(person: number, stranger: StoredAddress): Holder {
    const name = this.vocabulary.people[person - 1];
    if (name !== undefined) return this.#holderNamed(name);
    const address = formatStored(stranger);
    return { id: address, name: address, department: '', addresses: [address] };
  }

  /** The condition that a row is the holder's; `undefined` when nobody has that id. */
  isOf(id: string): Derived | undefined {
    const person = this.#numbers.get(id);
    if (person !== undefined) return { needs: ['person'], sql: `person = ${person}` };
    const address = parseStored(id);
    if (address === undefined) return undefined;
    const isThat = duckDbDialect.isWithin('inside', { first: address, last: address });
    return { needs: ['person', 'inside_ipv4', 'inside_ipv6'], sql: `(person = 0 AND ${isThat})` };
  }

  /** The condition that a row is one of the holders': there must be one at least. */
  isOneOf(holders: readonly Holder[]): Derived {
    // Whatever their order, it is the same condition.
    const people = holders.flatMap(({ id }) => this.#numbers.get(id) ?? []).sort((one, other) => one - other);
    const strangers = holders
      .filter(({ id }) => !this.#numbers.has(id))
      .map(({ id }) => parseStored(id) ?? 0)
      .sort((one, other) => (one < other ? -1 : 1));
    const within = (column: string, values: readonly StoredAddress[]): string[] =>
      values.length === 0 ? [] : [`${column} IN (${values.join()})`];
    const ofStrangers = [
      ...within('person_stranger_ipv4', strangers.filter(isIPv4)),
      ...within(
        'person_stranger_ipv6',
        strangers.filter((address) => !isIPv4(address)),
      ),
    ];
    return {
      needs: ['person', 'person_stranger_ipv4', 'person_stranger_ipv6'],
      sql: `(${[...within('person', people), ...ofStrangers.map((sql) => `(person = 0 AND ${sql})`)].join(' OR ')})`,
    };
  }

  #holderNamed(name: string): Holder {
    const own = this.#entries.get(name) ?? [];
    return {
      id: name,
      name,
      department: own.find(({ department }) => department !== '')?.department ?? '',
      addresses: [...new Set(own.flatMap(addressesOf))],
    };
  }
}

/** The flows made ready, where all that can be known of inside ends is in them; else with those that are looked up. Whose flows it is known of need neither. */
async function insideEnds(
  store: AskedStore,
  { inside, attribution = attributionSchema.parse({}), ready: flows }: PeopleContext,
): Promise<{ ready?: Ready | undefined; owned?: Awaited<ReturnType<typeof ownedFlows>> }> {
  // Mostly all of them have one, and then what has come needs no looking at twice.
  if (flows !== undefined && flows.insideBefore > 0) {
    const ready = await flows.update();
    if (ready !== undefined && flows.insideBefore > ready.last) return { ready };
  }
  const owned = await ownedFlows(store, inside, attribution, flows?.insideBefore);
  return owned === undefined ? { ready: await flows?.update() } : { owned };
}

/** Columns of sums that say when something was. */
const TIMES: ReadonlySet<string> = new Set(['start_ms', 'end_ms']);

function conditionsOf(exporter: Exporter | undefined, { fromMs, toMs, knownAtMs }: PeopleRequest): Derived[] {
  const only = (needs: string[], sql: string): Derived => ({ needs, sql });
  return [
    only([...SIDES], `(${SIDES.join(' OR ')})`),
    ...(exporter === undefined ? [] : [only(['exporter_ipv4', 'exporter_ipv6', 'observation_domain_id'], isFrom(exporter))]),
    ...(knownAtMs === undefined ? [] : [only(['received_at_us'], `received_at_us <= ${Math.floor(knownAtMs * 1_000)}`)]),
    ...(fromMs === undefined ? [] : [only(['start_ms', 'end_ms'], `(start_ms >= ${Math.ceil(fromMs)} OR end_ms > ${Math.ceil(fromMs)})`)]), // prettier-ignore
    ...(toMs === undefined ? [] : [only(['start_ms'], `start_ms < ${Math.ceil(toMs)}`)]),
  ];
}
