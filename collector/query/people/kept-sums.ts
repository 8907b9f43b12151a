import type { AskedStore } from '../../store/flow-store.ts';
import { DATABASE } from './ready-tables.ts';

/** How much is kept at most. */
interface Limits {
  /** Characters of all questions that are known to have been asked once. */
  readonly askedCharacters: number;
  /** Tables at a time, rows of one of them, and rows of all. */
  readonly tables: number;
  readonly rows: number;
  readonly rowsOfAll: number;
}

/** At about 50 octets a row. */
const LIMITS: Limits = { askedCharacters: 4_000_000, tables: 256, rows: 1_000_000, rowsOfAll: 3_000_000 };

interface Kept {
  readonly table: string;
  /** Whether it is there: it is not where it would have too many rows. */
  readonly isThere: Promise<boolean>;
  rows: number;
  users: number;
}

/** Several sites have their tables side by side. */
let made = 0;

/**
 * What flows come to that stay as they are, in tables of the database's memory. Views are asked again and again while flows come, and then only what is new needs
 * looking at. What a question says is its key: of other flows, or with more known of them, it is another one. Most are worth it when they are asked again and
 * other flows have come meanwhile.
 */
export class KeptSums {
  readonly #store: AskedStore;
  readonly #revision: () => number;
  readonly #limits: Limits;
  /** At which revision questions were asked; the latest stand last. */
  readonly #asked = new Map<string, number>();
  #askedCharacters = 0;
  /** The latest used stands last. */
  readonly #kept = new Map<string, Kept>();

  /** `revision` is the same as long as no flows came or went. */
  constructor(store: AskedStore, revision: () => number, limits = LIMITS) {
    this.#store = store;
    this.#revision = revision;
    this.#limits = limits;
  }

  /**
   * What `ask` answers, given the name of a table with what `sql` selects, which is there as long as it takes; without a name when there is none: the first
   * time, unless it `isAskedAgain` for sure, or when there would be too much in it.
   */
  async using<T>(sql: string, isAskedAgain: boolean, ask: (table: string | undefined) => Promise<T>): Promise<T> {
    const kept = this.#kept.get(sql) ?? (isAskedAgain || this.#wasAsked(sql) ? this.#make(sql) : undefined);
    if (kept === undefined) return ask(undefined);
    this.#kept.delete(sql);
    this.#kept.set(sql, kept);
    kept.users++;
    try {
      return await ask((await kept.isThere) ? kept.table : undefined);
    } finally {
      kept.users--;
      // Whoever asked need not wait for it.
      void this.#dropOldest();
    }
  }

  /** Drops what nobody uses: other flows stay as they are by now. */
  async dropUnused(): Promise<void> {
    for (const [sql, kept] of this.#kept) if (kept.users === 0) await this.#forget(sql, kept);
  }

  /** Drops everything. Whoever still uses any is refused. */
  async clear(): Promise<void> {
    for (const [sql, kept] of this.#kept) await this.#forget(sql, kept);
  }

  /** Whether it was before other flows had come; it is from now on. */
  #wasAsked(sql: string): boolean {
    const asked = this.#asked.get(sql);
    const now = this.#revision();
    if (asked !== undefined && asked !== now) return true;
    if (asked === undefined) this.#askedCharacters += sql.length;
    this.#asked.delete(sql);
    this.#asked.set(sql, now);
    for (const oldest of this.#asked.keys()) {
      if (this.#askedCharacters <= this.#limits.askedCharacters) break;
      this.#asked.delete(oldest);
      this.#askedCharacters -= oldest.length;
    }
    return false;
  }

  #make(sql: string): Kept {
    if (this.#asked.delete(sql)) this.#askedCharacters -= sql.length;
    const table = `${DATABASE}.kept_${made++}`;
    const kept: Kept = {
      table,
      isThere: this.#fill(table, sql).then((rows) => this.#filled(sql, kept, rows)),
      rows: 0,
      users: 0,
    };
    return kept;
  }

  /** Returns how many rows there are, one more than may be where there are too many; `undefined` where it could not be made. */
  async #fill(table: string, sql: string): Promise<number | undefined> {
    try {
      await this.#store.query(`CREATE TABLE ${table} AS FROM (${sql}) LIMIT ${this.#limits.rows + 1}`);
      return (await this.#store.query<{ rows: number }>(`SELECT count(*)::DOUBLE AS rows FROM ${table}`))[0]?.rows;
    } catch {
      // Why it cannot be asked is told to who asks all flows now.
      return undefined;
    }
  }

  async #filled(sql: string, kept: Kept, rows: number | undefined): Promise<boolean> {
    if (rows !== undefined && rows <= this.#limits.rows) {
      kept.rows = rows;
      return true;
    }
    // It may be made another time; of what is too large that is known.
    if (rows === undefined && this.#kept.get(sql) === kept) this.#kept.delete(sql);
    await this.#drop(kept.table);
    return false;
  }

  /** Of those that nobody uses. */
  async #dropOldest(): Promise<void> {
    const { tables, rowsOfAll } = this.#limits;
    let rows = [...this.#kept.values()].reduce((sum, kept) => sum + kept.rows, 0);
    for (const [sql, kept] of this.#kept) {
      if (this.#kept.size <= tables && rows <= rowsOfAll) return;
      if (kept.users > 0) continue;
      rows -= kept.rows;
      await this.#forget(sql, kept);
    }
  }

  async #forget(sql: string, kept: Kept): Promise<void> {
    this.#kept.delete(sql);
    if (await kept.isThere) await this.#drop(kept.table);
  }

  async #drop(table: string): Promise<void> {
    // The database may have failed, and been opened anew without it.
    await this.#store.query(`DROP TABLE IF EXISTS ${table}`).catch(() => undefined);
  }
}
