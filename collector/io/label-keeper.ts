import type { Label } from '../collecting/label.ts';
import type { FlowStore } from '../store/flow-store.ts';

/** Names that wait at a time; the oldest go first, and exporters repeat theirs. */
const MAX_WAITING = 65_536;

/** Brings names into the store beside the records and not between them: a store that is away or busy must not hold those up. */
export class LabelKeeper {
  readonly #store: FlowStore;
  #waiting: Label[] = [];
  #attempt: Promise<void> | undefined;

  constructor(store: FlowStore) {
    this.#store = store;
  }

  /** Adds names and stores all that wait, unless a try is under way; what fails is tried again with the next. Resolves when the try is over. */
  keep(labels: readonly Label[]): Promise<void> {
    this.#waiting = [...this.#waiting, ...labels].slice(-MAX_WAITING);
    this.#attempt ??= this.#try().finally(() => (this.#attempt = undefined));
    return this.#attempt;
  }

  async #try(): Promise<void> {
    const labels = this.#waiting;
    this.#waiting = [];
    try {
      await this.#store.appendLabels(labels);
    } catch {
      // Why the store cannot is in its state.
      this.#waiting = [...labels, ...this.#waiting].slice(-MAX_WAITING);
    }
  }
}
