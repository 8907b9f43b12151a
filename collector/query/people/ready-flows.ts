import type { AddressRange } from '../../../core/net/stored-address.ts';
import { SIDES } from '../language/derived-columns.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import { KeptSums } from './kept-sums.ts';
import { ToldTables } from './told-tables.ts';
import {
  additions,
  creations,
  DATABASE,
  forgetting,
  lastNumbers,
  readyTables,
  spanOfChunk,
  summing,
  totalling,
  type Added,
  type Numbers,
  type ReadyTables,
  type Span,
} from './ready-tables.ts';

/** Flows of consecutive ids that are brought in and added up together, once there are so many. */
const CHUNK_FLOWS = 500_000;

/** Totals are made anew when so much of the sums is not in them. */
const MOST_APART = 0.2;

/** Flows made ready. */
export interface Ready extends Added {
  readonly tables: ReadyTables;
  /** The last that were given; none is given again. */
  readonly numbers: Numbers;
}

interface Counted {
  readonly rows: number;
  readonly first: number;
  readonly last: number;
}

const NONE: Counted = { rows: 0, first: -1, last: -1 };
const NO_NUMBERS: Numbers = { host: 0, service: 0 };

/** Several sites have their tables side by side. */
let made = 0;

/**
 * The flows of a store as the views want them, in the database's memory: seen from inside, with hosts and services as small numbers, packed; and added up by
 * quarters of an hour. Rows of the table `flows` only come and, when they are too old, go, so nothing but what is new is looked at. What depends on what is
 * known (people, names, applications) is not in it: that is worked out for each host and service when it is asked.
 *
 * Views ask at the same time, and each brings in what is new before it asks. So what one was given says which chunks of the sums and which of the totals it means,
 * and none of these are changed while it asks: sums are made once, and what is made instead of others stands beside them for a while.
 */
export class ReadyFlows {
  /** What views asked of chunks that are complete. */
  readonly kept: KeptSums;
  /** What is known of hosts and services. */
  readonly told: ToldTables;
  #revision = 0;
  readonly #store: AskedStore;
  readonly #inside: readonly AddressRange[];
  readonly #maxFlows: number;
  readonly #chunkFlows: number;
  #tables = readyTables(made++);
  #turn: Promise<unknown> = Promise.resolve();
  #isMade = false;
  /** What there was last of the store and of what is ready. */
  #counted: readonly [stored: Counted, ready: Counted] = [NONE, NONE];
  /** Number of the first chunk that all flows are there of that were added up. */
  #whole = 0;
  /** Number of the first chunk without sums. */
  #chunk = 0;
  /** Number of the first chunk that is not in the totals. */
  #apart = 0;
  /** Which of the totals hold. */
  #totals = 0;
  #spans: ReadonlyMap<number, Span> = new Map();
  /** The last numbers that were given. */
  #numbers: Numbers = NO_NUMBERS;
  /** Whether these are known: not while flows are brought in. */
  #isNumbered = true;
  #insideBefore = 0;
  #isAllInside = true;
  /** What flows stayed as they were when they were asked last. */
  #settled = '';

  /** `inside` are the prefixes of the office; of more than `maxFlows` none are made ready. Sums are of `chunkFlows` each. */
  constructor(store: AskedStore, inside: readonly AddressRange[], maxFlows: number, chunkFlows = CHUNK_FLOWS) {
    this.#store = store;
    this.kept = new KeptSums(store, () => this.#revision);
    this.told = new ToldTables(store);
    this.#inside = inside;
    this.#maxFlows = maxFlows;
    this.#chunkFlows = chunkFlows;
  }

  /** With all flows of the store; `undefined` when these are too many. Rejects only when the store fails. */
  update(): Promise<Ready | undefined> {
    const turn = this.#turn.then(() => this.#update());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Another one whenever something was brought in or went. */
  get revision(): number {
    return this.#revision;
  }

  /** Flows of the store with ids before it have an end inside, all of them. */
  get insideBefore(): number {
    return this.#insideBefore;
  }

  async #update(): Promise<Ready | undefined> {
    // Other rows may come meanwhile: they are for the next time.
    let { stored, ready } = await this.#counts();
    if (stored.rows > this.#maxFlows) {
      if (ready.rows > 0) await this.#beginAnew();
      return undefined;
    }
    if (ready.rows > 0 && stored.first > ready.first) {
      await this.#forget(stored.first);
      ({ stored, ready } = await this.#counts());
    }
    if (ready.last < stored.last) {
      await this.#addBetween(Math.max(ready.last + 1, stored.first), stored.last);
      [ready = NONE] = await this.#countOf([[this.#tables.flows, ready]]);
      this.#counted = [stored, ready];
    }
    // Rows went that are not the oldest.
    if (ready.rows !== stored.rows) {
      await this.#beginAnew();
      await this.#addBetween(stored.first, stored.last);
    }
    if (!this.#isNumbered) await this.#learnNumbers();
    await this.#addUp(stored);
    const settled = `${this.#tables.flows} ${this.#whole} ${this.#chunk} ${this.#totals}`;
    if (settled !== this.#settled) await this.kept.dropUnused();
    this.#settled = settled;
    return {
      tables: this.#tables,
      numbers: this.#numbers,
      last: stored.last,
      firstSummed: this.#whole,
      firstLoose: this.#chunk,
      firstApart: this.#apart,
      totals: this.#totals,
      spans: this.#spans,
      chunkFlows: this.#chunkFlows,
    };
  }

  /** What the store has and what is ready of it. A store that failed and was opened anew knows nothing of this. */
  async #counts(): Promise<{ stored: Counted; ready: Counted }> {
    const begin = (): Promise<readonly Counted[]> => this.#beginAnew().then(() => this.#count());
    const [stored = NONE, ready = NONE] = await (this.#isMade ? this.#count().catch(begin) : begin());
    this.#counted = [stored, ready];
    return { stored, ready };
  }

  #count(): Promise<readonly Counted[]> {
    const [stored, ready] = this.#counted;
    return this.#countOf([
      ['flows', stored],
      [this.#tables.flows, ready],
    ]);
  }

  /** What there is of tables, given what there was. Where the rows that were the first and the last are still there, only what lies beyond them is looked at. */
  async #countOf(tables: readonly (readonly [table: string, before: Counted])[]): Promise<readonly Counted[]> {
    const beyond = await this.#store.query<{ rows: number; first: number | null; last: number | null }>(
      tables
        .map(
          ([table, { first, last }]) => `SELECT (SELECT count(*) FROM ${table})::DOUBLE AS rows,
            (SELECT min(id) FROM ${table} WHERE id <= ${first})::DOUBLE AS first,
            (SELECT max(id) FROM ${table} WHERE id >= ${last})::DOUBLE AS last`,
        )
        .join(' UNION ALL '),
    );
    const found = beyond.flatMap(({ rows, first, last }) => (first === null || last === null ? [] : [{ rows, first, last }]));
    if (found.length === beyond.length) return found;
    const all = `count(*)::DOUBLE AS rows, coalesce(min(id), -1)::DOUBLE AS first, coalesce(max(id), -1)::DOUBLE AS last`;
    return this.#store.query<Counted>(tables.map(([table]) => `SELECT ${all} FROM ${table}`).join(' UNION ALL '));
  }

  async #addBetween(first: number, last: number): Promise<void> {
    this.#isNumbered = false;
    // In portions: other questions are answered in between.
    for (let from = first; from <= last; from += CHUNK_FLOWS) {
      const to = Math.min(last, from + CHUNK_FLOWS - 1);
      await this.#ask(additions(this.#tables, this.#numbers, this.#inside, from, to));
      // From where it is known: of what was brought in before a question failed it is not.
      if (this.#isAllInside) this.#isAllInside = await this.#areInside(this.#insideBefore, to);
      this.#insideBefore = this.#isAllInside ? to + 1 : 0;
    }
  }

  /** Those of hosts and services that are gone count too. */
  async #learnNumbers(): Promise<void> {
    const [{ host, service } = NO_NUMBERS] = await this.#store.query<Numbers>(lastNumbers(this.#tables));
    this.#numbers = { host: Math.max(host, this.#numbers.host), service: Math.max(service, this.#numbers.service) };
    this.#isNumbered = true;
  }

  async #areInside(from: number, to: number): Promise<boolean> {
    const outside = `id BETWEEN ${from} AND ${to} AND NOT (${SIDES.join(' OR ')})`;
    return (await this.#store.query(`SELECT id FROM ${this.#tables.flows} WHERE ${outside} LIMIT 1`)).length === 0;
  }

  /** Adds up chunks that are complete, and packs them. What cannot be finished is begun anew the next time. */
  async #addUp({ first, last }: Counted): Promise<void> {
    const firstChunk = Math.max(0, Math.floor(first / this.#chunkFlows));
    const complete = Math.floor((last + 1) / this.#chunkFlows);
    // Nothing that is left has been added up.
    if (this.#chunk <= firstChunk) this.#whole = this.#chunk = firstChunk;
    if (this.#chunk >= complete) return;
    for (; this.#chunk < complete; this.#chunk++) await this.#sum(this.#chunk);
    if (this.#chunk - this.#apart > MOST_APART * (this.#chunk - firstChunk)) await this.#total();
    await this.#store.query(`CHECKPOINT ${DATABASE}`);
  }

  async #sum(chunk: number): Promise<void> {
    const from = chunk * this.#chunkFlows;
    await this.#ask(summing(this.#tables, chunk, from, from + this.#chunkFlows));
    const [span] = await this.#store.query<Span>(spanOfChunk(this.#tables, chunk));
    // Of those that are gone nobody asks.
    const spans = [...this.#spans].filter(([other]) => other >= this.#whole);
    if (span !== undefined) this.#spans = new Map([...spans, [chunk, span]]);
  }

  /** Totals of chunks from one on, which are the whole ones from then on. */
  async #total(whole = this.#whole): Promise<void> {
    const making = this.#totals + 1;
    await this.#ask(totalling(this.#tables, making, whole, this.#chunk));
    this.#totals = making;
    this.#whole = whole;
    this.#apart = this.#chunk;
  }

  async #ask(statements: readonly string[]): Promise<void> {
    for (const sql of statements) await this.#store.query(sql);
    this.#revision++;
  }

  /** Flows before that id are no more; what is left of the chunk they ended in is not added up again. As long as the flows are there it is not done. */
  async #forget(first: number): Promise<void> {
    const before = this.#whole;
    await this.#total(Math.max(before, Math.min(this.#chunk, Math.ceil(first / this.#chunkFlows))));
    await this.#ask(forgetting(this.#tables, first, before));
    await this.told.forget();
  }

  /** In tables with other names: whoever still asks the old ones is refused, and not told less than there is. */
  async #beginAnew(): Promise<void> {
    const before = this.#tables;
    this.#tables = readyTables(made++);
    this.#whole = this.#chunk = this.#apart = this.#insideBefore = 0;
    this.#isAllInside = true;
    this.#numbers = NO_NUMBERS;
    this.#spans = new Map();
    await this.#store.query(`ATTACH IF NOT EXISTS ':memory:' AS ${DATABASE} (COMPRESS)`);
    // First, so that nobody makes anything of them after what was made has gone.
    await this.#ask(Object.values(before).map((table) => `DROP TABLE IF EXISTS ${table}`));
    await this.kept.clear();
    await this.told.clear();
    await this.#ask(creations(this.#tables, this.#inside));
    this.#isMade = true;
  }
}
