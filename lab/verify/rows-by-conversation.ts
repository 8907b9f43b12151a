import type { Conversation } from './conversations.ts';

/** Which records are about which conversation, by their inside endpoints. */
export class RowsByConversation {
  /** Records whose inside endpoint leads nowhere. */
  readonly unknown: number[] = [];
  readonly #offsets: Uint32Array;
  readonly #rows: Uint32Array;

  /** `of` is asked once for each of `rows` records and answers below `conversations`. */
  constructor(rows: number, conversations: number, of: (row: number) => Conversation | undefined) {
    const found = new Int32Array(rows);
    this.#offsets = new Uint32Array(conversations + 1);
    for (let row = 0; row < rows; row++) {
      const conversation = of(row);
      found[row] = conversation ?? -1;
      if (conversation === undefined) this.unknown.push(row);
      else this.#offsets[conversation + 1] = (this.#offsets[conversation + 1] as number) + 1;
    }
    for (let index = 0; index < conversations; index++) {
      this.#offsets[index + 1] = (this.#offsets[index + 1] as number) + (this.#offsets[index] as number);
    }
    this.#rows = new Uint32Array(rows - this.unknown.length);
    const next = this.#offsets.slice();
    for (let row = 0; row < rows; row++) {
      const conversation = found[row] as number;
      if (conversation < 0) continue;
      const at = next[conversation] as number;
      this.#rows[at] = row;
      next[conversation] = at + 1;
    }
  }

  /** The records of a conversation in the order of the store. */
  of(conversation: Conversation): Uint32Array {
    return this.#rows.subarray(this.#offsets[conversation], this.#offsets[conversation + 1]);
  }
}
