import { KeyTable } from './key-table.ts';

/** What a detector remembers of each key, for so many keys at a time; one that was not looked up for long makes room for another. */
export class RecentStates<State> {
  readonly #table: KeyTable;
  readonly #generations: number[] = [];
  readonly #states: (State | undefined)[] = [];
  readonly #create: () => State;

  constructor(capacity: number, create: () => State) {
    this.#table = new KeyTable(capacity);
    this.#create = create;
  }

  /** States that made room for others. */
  get forgotten(): number {
    return this.#table.forgotten;
  }

  get size(): number {
    return this.#table.size;
  }

  /** The state of a key of up to four whole numbers below 2^32, a new one when nothing is remembered of it. */
  of(first: number, second = 0, third = 0, fourth = 0): State {
    const place = this.#table.placeOf(first, second, third, fourth);
    const known = this.#states[place];
    if (known !== undefined && this.#generations[place] === this.#table.generationOf(place)) return known;
    return this.#begin(place);
  }

  /** A new state for a key whose matter is over. */
  renew(first: number, second = 0, third = 0, fourth = 0): State {
    return this.#begin(this.#table.placeOf(first, second, third, fourth));
  }

  #begin(place: number): State {
    const state = this.#create();
    this.#states[place] = state;
    this.#generations[place] = this.#table.generationOf(place);
    return state;
  }
}
