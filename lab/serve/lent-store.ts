import type { Topic, Topics } from '../../collector/api/view/topic.ts';

/** Topics that are answered from a store, which is closed when the last question to it is answered. */
export class LentStore {
  readonly topics: Topics;
  readonly #asked = new Set<Promise<object>>();
  readonly #store: { close(): void };

  constructor(store: { close(): void }, topics: Topics) {
    this.#store = store;
    this.topics = new Map([...topics].map(([name, topic]) => [name, this.#watched(topic)]));
  }

  /** Resolves when the store is closed. Whoever calls it sees to it that no further question comes. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#asked);
    this.#store.close();
  }

  #watched(topic: Topic): Topic {
    return {
      ...topic,
      view: (parameters) => {
        const answer = topic.view(parameters).finally(() => this.#asked.delete(answer));
        this.#asked.add(answer);
        return answer;
      },
    };
  }
}
