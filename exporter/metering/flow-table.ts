import { PACKET_WORDS, PROTOCOL_WORD } from '../../core/flow/observed-packet.ts';
import type { FlowKeyRule } from './flow-key.ts';
import { BIFLOW_NUMBERS, PERMANENT_NUMBERS, UNIFLOW_NUMBERS } from './flow-slot.ts';

const NONE = -1;
/** Odd numbers that have nothing to do with each other, one for each word of a key: the powers of one. */
const FACTORS = Int32Array.from({ length: PACKET_WORDS }, (_, word) => {
  let factor = 1;
  for (let power = 0; power <= word; power++) factor = Math.imul(factor, 0x9e3779b1);
  return factor;
});
const FIRST_INDEX_PLACES = 1_024;
/** Memory that is not touched costs nothing, so there is no need to begin small and copy. */
const FIRST_CAPACITY = 2 ** 20;

/**
 * The flow cache as a hash table with open addressing: no object and no string per flow. A flow is a slot; what is known of it
 * (`flow-slot.ts`) lies side by side in one buffer, so that a packet touches little memory. Slots are linked from the oldest to the
 * youngest.
 */
export class FlowTable {
  /** Numbers to a slot; its words begin at twice as much. */
  readonly stride: number;
  words: Uint32Array;
  numbers: Float64Array;
  size = 0;
  /** Whether the last `find` met the flow by its other direction. */
  foundReversed = false;
  /** NONE when the table is empty. */
  oldest = NONE;
  #youngest = NONE;
  readonly #key: FlowKeyRule;
  readonly #softLimit: number;
  readonly #reversed = new Uint32Array(PACKET_WORDS);
  #capacity: number;
  /** Places, at least twice as many as flows so that a search ends soon: each the hash, and the slot + 1 or 0 where nothing is. */
  #index = new Int32Array(2 * FIRST_INDEX_PLACES);
  #hashes: Int32Array;
  #older: Int32Array;
  #younger: Int32Array;
  /** The first free slot; the next ones follow through `#younger`. */
  #free = NONE;
  /** Slots from here on were never used. */
  #unused = 0;

  /** `softLimit`: how many flows there are to be at the most; it grows beyond that only when there are more. */
  constructor(key: FlowKeyRule, softLimit: number, permanent: boolean) {
    this.#key = key;
    this.#softLimit = softLimit;
    this.stride = permanent ? PERMANENT_NUMBERS : key.biflow ? BIFLOW_NUMBERS : UNIFLOW_NUMBERS;
    this.#capacity = Math.min(FIRST_CAPACITY, softLimit);
    this.numbers = new Float64Array(this.#capacity * this.stride);
    this.words = new Uint32Array(this.numbers.buffer);
    this.#hashes = new Int32Array(this.#capacity);
    this.#older = new Int32Array(this.#capacity);
    this.#younger = new Int32Array(this.#capacity);
  }

  /** The slot of the flow a packet with these words belongs to, or -1. */
  find(words: Uint32Array): number {
    const hash = this.#hashOf(words);
    const index = this.#index;
    const last = index.length - 2;
    this.foundReversed = false;
    for (let at = (hash << 1) & last; index[at + 1] !== 0; at = (at + 2) & last) {
      if (index[at] !== hash) continue;
      const slot = (index[at + 1] as number) - 1;
      if (this.#matches(slot, words)) return slot;
      if (!this.#key.biflow || !this.#matches(slot, this.#reversed)) continue;
      this.foundReversed = true;
      return slot;
    }
    return NONE;
  }

  /** Makes room for a flow that `find` does not know, as the youngest. Its numbers are what the slot's last flow left. */
  insert(words: Uint32Array): number {
    const slot = this.#takeSlot();
    this.words.set(words, 2 * slot * this.stride);
    const hash = this.#hashOf(words);
    this.#hashes[slot] = hash;
    this.size++;
    if (4 * this.size > this.#index.length) this.#growIndex();
    this.#enter(hash, slot);
    this.#linkYoungest(slot);
    return slot;
  }

  remove(slot: number): void {
    this.#leave(slot);
    this.#unlink(slot);
    this.#younger[slot] = this.#free;
    this.#free = slot;
    this.size--;
  }

  /** Replaces what the first packet of a flow showed; the key must stay the same, or be the one of the other direction. */
  replaceWords(slot: number, words: Uint32Array): void {
    this.words.set(words, 2 * slot * this.stride);
  }

  makeYoungest(slot: number): void {
    if (slot === this.#youngest) return;
    this.#unlink(slot);
    this.#linkYoungest(slot);
  }

  /** The slot that is next in age, or -1. */
  youngerThan(slot: number): number {
    return this.#younger[slot] as number;
  }

  #matches(slot: number, words: Uint32Array): boolean {
    const { mask } = this.#key;
    const own = this.words;
    const base = 2 * slot * this.stride;
    for (const word of this.#positions(words)) {
      if ((((own[base + word] as number) ^ (words[word] as number)) & (mask[word] as number)) !== 0) return false;
    }
    return true;
  }

  /** Of a biflow: the same for either direction. Leaves the words of the other direction in `#reversed`. */
  #hashOf(words: Uint32Array): number {
    if (!this.#key.biflow) return this.#mix(words);
    this.#key.reverse(words, this.#reversed);
    return (this.#mix(words) + this.#mix(this.#reversed)) | 0;
  }

  /** A sum, so that no multiplication waits for another. */
  #mix(words: Uint32Array): number {
    const { mask } = this.#key;
    let hash = 0;
    for (const word of this.#positions(words)) {
      hash = (hash + Math.imul((words[word] as number) & (mask[word] as number), FACTORS[word] as number)) | 0;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  #positions(words: Uint32Array): readonly number[] {
    return ((words[PROTOCOL_WORD] as number) & 0xf000) === 0x6000 ? this.#key.ipv6Positions : this.#key.ipv4Positions;
  }

  #takeSlot(): number {
    const slot = this.#free;
    if (slot !== NONE) {
      this.#free = this.#younger[slot] as number;
      return slot;
    }
    if (this.#unused === this.#capacity) this.#grow();
    return this.#unused++;
  }

  #grow(): void {
    const doubled = 2 * this.#capacity;
    this.#capacity = this.#capacity < this.#softLimit ? Math.min(doubled, this.#softLimit) : doubled;
    this.numbers = wider(this.numbers, new Float64Array(this.#capacity * this.stride));
    this.words = new Uint32Array(this.numbers.buffer);
    this.#hashes = wider(this.#hashes, new Int32Array(this.#capacity));
    this.#older = wider(this.#older, new Int32Array(this.#capacity));
    this.#younger = wider(this.#younger, new Int32Array(this.#capacity));
  }

  /** Small as long as there are few flows: what is looked at for each packet is to stay in the processor's caches. */
  #growIndex(): void {
    this.#index = new Int32Array(2 * this.#index.length);
    for (let slot = this.oldest; slot !== NONE; slot = this.youngerThan(slot)) this.#enter(this.#hashes[slot] as number, slot);
  }

  #enter(hash: number, slot: number): void {
    const index = this.#index;
    const last = index.length - 2;
    let at = (hash << 1) & last;
    while (index[at + 1] !== 0) at = (at + 2) & last;
    index[at] = hash;
    index[at + 1] = slot + 1;
  }

  /** Takes the slot out of the index and moves up those that stand behind it only because it was there. */
  #leave(slot: number): void {
    const index = this.#index;
    const last = index.length - 2;
    let hole = ((this.#hashes[slot] as number) << 1) & last;
    while (index[hole + 1] !== slot + 1) hole = (hole + 2) & last;
    for (let at = (hole + 2) & last; index[at + 1] !== 0; at = (at + 2) & last) {
      const home = ((index[at] as number) << 1) & last;
      if (((at - home) & last) < ((at - hole) & last)) continue;
      index[hole] = index[at] as number;
      index[hole + 1] = index[at + 1] as number;
      hole = at;
    }
    index[hole + 1] = 0;
  }

  #linkYoungest(slot: number): void {
    this.#older[slot] = this.#youngest;
    this.#younger[slot] = NONE;
    if (this.#youngest === NONE) this.oldest = slot;
    else this.#younger[this.#youngest] = slot;
    this.#youngest = slot;
  }

  #unlink(slot: number): void {
    const older = this.#older[slot] as number;
    const younger = this.#younger[slot] as number;
    if (older === NONE) this.oldest = younger;
    else this.#younger[older] = younger;
    if (younger === NONE) this.#youngest = older;
    else this.#older[younger] = older;
  }
}

function wider<Column extends Int32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
