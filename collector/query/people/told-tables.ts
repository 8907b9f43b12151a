import type { AskedStore } from '../../store/flow-store.ts';
import { DATABASE } from './ready-tables.ts';

/** How many are there at most, and rows of all, of at least a few: the oldest may still be asked while names go on coming. Of hosts and services a row is some 30 octets. */
const MOST = 32;
const MOST_ROWS = 8_000_000;
const FEW = 4;

interface Told {
  readonly table: string;
  readonly source: string;
  readonly number: string;
  /** The last number that is in it; it has no more rows. */
  until: number;
}

/** Several sites have their tables side by side. */
let made = 0;

/**
 * What is known of hosts and services by their numbers, in tables of the database's memory: names and people can be thousands, which otherwise were to be
 * said and worked out in each question. With more known it is another table; of new hosts and services alone is it worked out anew.
 */
export class ToldTables {
  readonly #store: AskedStore;
  /** By what is selected; the latest used stands last. */
  readonly #told = new Map<string, Told>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: AskedStore) {
    this.#store = store;
  }

  /**
   * The name of a table with what `select` selects of the rows of the table `source`, by their `number`, up to the `last` at least. It is there until so many others were
   * asked for that there are too many. Rejects only when the store fails.
   */
  of(source: string, number: string, last: number, select: (rows: string) => string): Promise<string> {
    return this.#inTurn(() => this.#of(source, number, last, select));
  }

  /** Leaves out what its source has no more. */
  forget(): Promise<void> {
    return this.#inTurn(async () => {
      for (const { table, source, number } of this.#told.values())
        await this.#store.query(`DELETE FROM ${table} WHERE ${number} NOT IN (SELECT ${number} FROM ${source})`);
    });
  }

  /** Drops all of them. */
  clear(): Promise<void> {
    return this.#inTurn(async () => {
      for (const key of this.#told.keys()) await this.#drop(key);
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #of(source: string, number: string, last: number, select: (rows: string) => string): Promise<string> {
    const key = select(source);
    const told = this.#told.get(key) ?? { table: `${DATABASE}.told_${made++}`, source, number, until: 0 };
    if (!this.#told.has(key) || told.until < last) {
      const coming = select(`(FROM ${source} WHERE ${number} > ${told.until} AND ${number} <= ${last}) AS coming`);
      await this.#store.query(`${this.#told.has(key) ? `INSERT INTO ${told.table}` : `CREATE TABLE ${told.table} AS`} ${coming}`);
      told.until = last;
    }
    this.#told.delete(key);
    this.#told.set(key, told);
    await this.#dropOldest();
    return told.table;
  }

  async #dropOldest(): Promise<void> {
    let rows = [...this.#told.values()].reduce((sum, { until }) => sum + until, 0);
    for (const [key, { until }] of this.#told) {
      if (this.#told.size <= FEW || (this.#told.size <= MOST && rows <= MOST_ROWS)) return;
      rows -= until;
      await this.#drop(key);
    }
  }

  async #drop(key: string): Promise<void> {
    const told = this.#told.get(key);
    this.#told.delete(key);
    // The database may have failed, and been opened anew without it.
    if (told !== undefined) await this.#store.query(`DROP TABLE IF EXISTS ${told.table}`).catch(() => undefined);
  }
}
