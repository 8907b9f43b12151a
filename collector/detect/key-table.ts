const NONE = -1;
/** Places a table begins with; it grows as keys come, as most are far from full. */
const FIRST_PLACES = 256;

/** A key is four words: an address, or numbers of any meaning. */
export const KEY_WORDS = 4;

/**
 * Gives keys places in a table of limited size, so that what is known of a key lies in columns. When all are taken, the key that was not
 * looked up since the hand last came by gives its place up (the second-chance algorithm): what is in use stays, whatever floods in.
 */
export class KeyTable {
  readonly capacity: number;
  /** Keys that gave their place up. */
  forgotten = 0;
  /** How many keys have a place. */
  size = 0;
  #generation: Uint32Array;
  #words: Uint32Array;
  /** Chains of places whose keys have the same hash. */
  #heads: Int32Array;
  #next: Int32Array;
  #isTouched: Uint8Array;
  #hand = 0;

  /** `capacity`: keys at a time. */
  constructor(capacity: number) {
    this.capacity = capacity;
    const places = Math.min(capacity, FIRST_PLACES);
    this.#generation = new Uint32Array(places);
    this.#words = new Uint32Array(KEY_WORDS * places);
    this.#heads = headsFor(places);
    this.#next = new Int32Array(places).fill(NONE);
    this.#isTouched = new Uint8Array(places);
  }

  /** How often the place has changed hands. */
  generationOf(place: number): number {
    return this.#generation[place] as number;
  }

  /** The place of the key, a new one when it has none; it counts as used. */
  placeOf(first: number, second: number, third: number, fourth: number): number {
    let chain = this.#chainOf(first, second, third, fourth);
    const found = this.#find(chain, first, second, third, fourth);
    if (found !== NONE) {
      this.#isTouched[found] = 1;
      return found;
    }
    if (this.size === this.#next.length && this.size < this.capacity) {
      this.#grow();
      chain = this.#chainOf(first, second, third, fourth);
    }
    const place = this.size < this.capacity ? this.size++ : this.#takeBack();
    this.#words[KEY_WORDS * place] = first;
    this.#words[KEY_WORDS * place + 1] = second;
    this.#words[KEY_WORDS * place + 2] = third;
    this.#words[KEY_WORDS * place + 3] = fourth;
    this.#next[place] = this.#heads[chain] as number;
    this.#heads[chain] = place;
    return place;
  }

  /** Word 0 to 3 of the key that has the place. */
  word(place: number, index: number): number {
    return this.#words[KEY_WORDS * place + index] as number;
  }

  #find(chain: number, first: number, second: number, third: number, fourth: number): number {
    const words = this.#words;
    for (let place = this.#heads[chain] as number; place !== NONE; place = this.#next[place] as number) {
      const at = KEY_WORDS * place;
      // The last word differs most often.
      if (words[at + 3] === fourth && words[at + 2] === third && words[at + 1] === second && words[at] === first) return place;
    }
    return NONE;
  }

  #grow(): void {
    const places = Math.min(this.capacity, 2 * this.size);
    this.#generation = enlarged(this.#generation, new Uint32Array(places));
    this.#words = enlarged(this.#words, new Uint32Array(KEY_WORDS * places));
    this.#isTouched = enlarged(this.#isTouched, new Uint8Array(places));
    this.#heads = headsFor(places);
    this.#next = new Int32Array(places).fill(NONE);
    for (let place = 0; place < this.size; place++) {
      const chain = this.#chainOf(this.word(place, 0), this.word(place, 1), this.word(place, 2), this.word(place, 3));
      this.#next[place] = this.#heads[chain] as number;
      this.#heads[chain] = place;
    }
  }

  #takeBack(): number {
    while (this.#isTouched[this.#hand] === 1) {
      this.#isTouched[this.#hand] = 0;
      this.#hand = (this.#hand + 1) % this.capacity;
    }
    const place = this.#hand;
    this.#hand = (place + 1) % this.capacity;
    this.#unchain(place);
    this.#generation[place] = (this.#generation[place] as number) + 1;
    this.forgotten++;
    return place;
  }

  #unchain(place: number): void {
    const chain = this.#chainOf(this.word(place, 0), this.word(place, 1), this.word(place, 2), this.word(place, 3));
    const after = this.#next[place] as number;
    if (this.#heads[chain] === place) {
      this.#heads[chain] = after;
      return;
    }
    let before = this.#heads[chain] as number;
    while (this.#next[before] !== place) before = this.#next[before] as number;
    this.#next[before] = after;
  }

  /** Mixes as MurmurHash3 does (Appleby 2011), so that neighbours lie in different chains. */
  #chainOf(first: number, second: number, third: number, fourth: number): number {
    let hash = 0;
    hash = mixed(hash, first);
    hash = mixed(hash, second);
    hash = mixed(hash, third);
    hash = mixed(hash, fourth);
    hash ^= hash >>> 16;
    hash = Math.imul(hash, 0x85eb_ca6b);
    hash ^= hash >>> 13;
    return hash & (this.#heads.length - 1);
  }
}

const headsFor = (places: number): Int32Array => new Int32Array(2 ** Math.ceil(Math.log2(places + 1))).fill(NONE);

function enlarged<Column extends Uint8Array | Uint32Array>(column: Column, larger: Column): Column {
  larger.set(column);
  return larger;
}

function mixed(hash: number, word: number): number {
  const scrambled = Math.imul(word, 0xcc9e_2d51);
  const turned = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b87_3593);
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe654_6b64) | 0;
}
