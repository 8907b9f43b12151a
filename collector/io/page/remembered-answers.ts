import type { AskedStore, QueryParameters } from '../../store/flow-store.ts';

/** Answers kept at most, and rows of one of them. */
const MAX_ANSWERS = 64;
const MAX_ROWS = 20_000;

/** A store that is asked the same several times is asked once, until something is stored. */
export class RememberedAnswers implements AskedStore {
  readonly #store: AskedStore;
  readonly #revision: () => number | string;
  readonly #answers = new Map<string, Promise<unknown[]>>();
  #answeredAt: number | string | undefined;

  /** `revision` is the same as long as nothing was stored. */
  constructor(store: AskedStore, revision: () => number | string) {
    this.#store = store;
    this.#revision = revision;
  }

  async query<T extends object>(sql: string, parameters: QueryParameters = {}): Promise<T[]> {
    const revision = this.#revision();
    if (revision !== this.#answeredAt) this.#answers.clear();
    this.#answeredAt = revision;
    const key = JSON.stringify([sql, parameters]);
    const known = this.#answers.get(key) as Promise<T[]> | undefined;
    this.#answers.delete(key);
    const answer = known ?? this.#store.query<T>(sql, parameters);
    // The latest stands last.
    this.#answers.set(key, answer);
    if (this.#answers.size > MAX_ANSWERS) this.#answers.delete(this.#answers.keys().next().value as string);
    try {
      const rows = await answer;
      if (rows.length > MAX_ROWS) this.#answers.delete(key);
      return rows;
    } catch (error) {
      this.#answers.delete(key);
      throw error;
    }
  }
}
