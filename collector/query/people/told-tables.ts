import type { AskedStore } from '../../store/flow-store.ts';
import { DATABASE } from './ready-tables.ts';

/** How much there is at most. The oldest may still be asked while names go on coming, so a few are there whatever their size. */
interface Limits {
  readonly tables: number;
  readonly rows: number;
  readonly few: number;
}

/** At about 30 octets a row. */
const LIMITS: Limits = { tables: 32, rows: 8_000_000, few: 4 };

interface Told {
  readonly table: string;
  readonly source: string;
  readonly number: string;
  /** The last number that is in it. */
  until: number;
  rows: number;
}

/** Several sites have their tables side by side. */
let made = 0;

/**
 * What is known of hosts and services by their numbers, in tables of the database's memory: names and people can be thousands, which otherwise were to be
 * said and worked out in each question. With more known it is another table; of new hosts and services alone is it worked out anew.
 */
export class ToldTables {
  readonly #store: AskedStore;
  readonly #limits: Limits;
  /** By what is selected; the latest used stands last. */
  readonly #told = new Map<string, Told>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: AskedStore, limits = LIMITS) {
    this.#store = store;
    this.#limits = limits;
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
      for (const told of this.#told.values()) {
        const { table, source, number } = told;
        told.rows -= await this.#change(`DELETE FROM ${table} WHERE ${number} NOT IN (SELECT ${number} FROM ${source})`);
      }
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
    const known = this.#told.get(key);
    const told = known ?? { table: `${DATABASE}.told_${made++}`, source, number, until: 0, rows: 0 };
    if (known === undefined || known.until < last) {
      const coming = select(`(FROM ${source} WHERE ${number} > ${told.until} AND ${number} <= ${last}) AS coming`);
      told.rows += await this.#change(
        `${known === undefined ? `CREATE TABLE ${told.table} AS` : `INSERT INTO ${told.table}`} ${coming}`,
      );
      told.until = last;
    }
    this.#told.delete(key);
    this.#told.set(key, told);
    await this.#dropOldest();
    return told.table;
  }

  async #dropOldest(): Promise<void> {
    const limits = this.#limits;
    let left = [...this.#told.values()].reduce((sum, { rows }) => sum + rows, 0);
    for (const [key, { rows }] of this.#told) {
      if (this.#told.size <= limits.few || (this.#told.size <= limits.tables && left <= limits.rows)) return;
      left -= rows;
      await this.#drop(key);
    }
  }

  /** Returns how many rows came or went. */
  async #change(sql: string): Promise<number> {
    return (await this.#store.query<{ Count: number }>(sql))[0]?.Count ?? 0;
  }

  async #drop(key: string): Promise<void> {
    const told = this.#told.get(key);
    this.#told.delete(key);
    // The database may have failed, and been opened anew without it.
    if (told !== undefined) await this.#store.query(`DROP TABLE IF EXISTS ${told.table}`).catch(() => undefined);
  }
}
