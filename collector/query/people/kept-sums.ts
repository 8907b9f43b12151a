import type { AskedStore } from '../../store/flow-store.ts';
import { DATABASE } from './ready-tables.ts';

/** How much is kept at most. */
interface Limits {
  /** Questions that are known to have been asked once. */
  readonly asked: number;
  /** Tables at a time, rows of one of them, and rows of all. */
  readonly tables: number;
  readonly rows: number;
  readonly rowsOfAll: number;
}

const LIMITS: Limits = { asked: 256, tables: 64, rows: 2_000_000, rowsOfAll: 6_000_000 };

interface Kept {
  readonly table: string;
  /** Its rows; `undefined` where it is not there, for it would have too many. */
  readonly rows: Promise<number | undefined>;
  knownRows: number;
  users: number;
}

let made = 0;

/**
 * What flows come to that stay as they are, in tables of the database's memory. Views are asked again and again while flows come, and then only what is new needs
 * looking at. What a question says is its key: of other flows, or with more known of them, it is another one. Most are worth it from the second time on.
 */
export class KeptSums {
  readonly #store: AskedStore;
  readonly #limits: Limits;
  readonly #asked = new Set<string>();
  /** The latest used stands last. */
  readonly #kept = new Map<string, Kept>();

  constructor(store: AskedStore, limits = LIMITS) {
    this.#store = store;
    this.#limits = limits;
  }

  /**
   * What `ask` answers, given the name of a table with what `sql` selects, which is there as long as it takes; without a name when there is none: the first
   * time, unless it `isAskedAgain` for sure, or when there would be too much in it.
   */
  async using<T>(sql: string, isAskedAgain: boolean, ask: (table: string | undefined) => Promise<T>): Promise<T> {
    const kept = this.#kept.get(sql) ?? this.#keep(sql, isAskedAgain);
    if (kept === undefined) return ask(undefined);
    this.#kept.delete(sql);
    this.#kept.set(sql, kept);
    kept.users++;
    try {
      return await ask((await kept.rows) === undefined ? undefined : kept.table);
    } finally {
      kept.users--;
      await this.#dropOldest();
    }
  }

  /** Whoever still uses any is refused. */
  async clear(): Promise<void> {
    const all = [...this.#kept.values()];
    this.#kept.clear();
    for (const kept of all) await this.#drop(kept);
  }

  /** `undefined` of what was not asked before and may never be again. */
  #keep(sql: string, isAskedAgain: boolean): Kept | undefined {
    if (!this.#asked.delete(sql) && !isAskedAgain) {
      this.#asked.add(sql);
      const [oldest] = this.#asked;
      if (this.#asked.size > this.#limits.asked) this.#asked.delete(oldest as string);
      return undefined;
    }
    const table = `${DATABASE}.kept_${made++}`;
    const kept: Kept = { table, rows: this.#make(table, sql), knownRows: 0, users: 0 };
    void kept.rows.then((rows = 0) => void (kept.knownRows = rows));
    return kept;
  }

  /** Returns how many rows there are, or `undefined` where they would be too many or there is no room. */
  async #make(table: string, sql: string): Promise<number | undefined> {
    try {
      await this.#store.query(`CREATE TABLE ${table} AS ${sql}`);
      const [{ rows } = { rows: 0 }] = await this.#store.query<{ rows: number }>(`SELECT count(*)::DOUBLE AS rows FROM ${table}`);
      if (rows <= this.#limits.rows) return rows;
    } catch {
      // Why it cannot be asked is told to who asks all flows now.
    }
    await this.#dropTable(table);
    return undefined;
  }

  /** Of those that nobody uses. */
  async #dropOldest(): Promise<void> {
    let rows = [...this.#kept.values()].reduce((sum, { knownRows }) => sum + knownRows, 0);
    for (const [sql, kept] of this.#kept) {
      if (this.#kept.size <= this.#limits.tables && rows <= this.#limits.rowsOfAll) return;
      if (kept.users > 0) continue;
      this.#kept.delete(sql);
      rows -= kept.knownRows;
      await this.#drop(kept);
    }
  }

  async #drop({ table, rows }: Kept): Promise<void> {
    if ((await rows) !== undefined) await this.#dropTable(table);
  }

  async #dropTable(table: string): Promise<void> {
    // The database may have failed, and been opened anew without it.
    await this.#store.query(`DROP TABLE IF EXISTS ${table}`).catch(() => undefined);
  }
}
