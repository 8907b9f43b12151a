/** How often it is looked for what is due. */
const INTERVAL_MS = 60_000;
/** How long it works at a time, but for the portion that is begun, and how long it leaves the database alone before it goes on. */
const SLICE_MS = 100;
const REST_MS = 1_000;

/** What maintenance needs of whoever has the database. */
interface Maintained {
  /** Does `work` when nothing else uses the database. */
  inTurn(work: () => Promise<void>): void;
  /** One portion; resolves with whether there may be more. */
  maintain(nowUs: number): Promise<boolean>;
  /** Why it could not go on; `undefined` once it can again. */
  tell(failure: string | undefined): void;
}

/** Brings a database to date once a minute, between other work. After a failure it stops until the next minute. */
export class Maintenance {
  readonly #maintained: Maintained;
  readonly #interval: NodeJS.Timeout;
  #rest: NodeJS.Timeout | undefined;
  #failure: string | undefined;
  #isStopped = false;

  constructor(maintained: Maintained) {
    this.#maintained = maintained;
    this.#interval = setInterval(() => this.#begin(), INTERVAL_MS);
    this.#begin();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#interval);
    clearTimeout(this.#rest);
  }

  #begin(): void {
    clearTimeout(this.#rest);
    this.#maintained.inTurn(() => this.#slice());
  }

  async #slice(): Promise<void> {
    if (this.#isStopped) return;
    const endMs = performance.now() + SLICE_MS;
    let failure: string | undefined;
    try {
      let isMore = true;
      while (isMore && performance.now() < endMs) isMore = await this.#maintained.maintain(Date.now() * 1_000);
      if (isMore) this.#rest = setTimeout(() => this.#begin(), REST_MS);
    } catch (error) {
      failure = (error as Error).message.split('\n')[0] as string;
    }
    if (failure !== this.#failure) this.#maintained.tell(failure);
    this.#failure = failure;
  }
}
