const FIRST_CAPACITY = 16;

/**
 * The last Messages of a session by sequence number and content, to recognise a second copy. They are counted from 1 and lie in a ring at
 * their number; those of one bucket are a chain from the latest back, which ends where a number is too old for the window: nothing
 * has to be taken out. Every Message that comes passes here, so there are no objects.
 */
export class DuplicateWindow {
  readonly #size: number;
  #count = 0;
  /** Slots less one: there is a power of two of them. The ring grows with what comes, since most sessions of a flood send little. */
  #mask = FIRST_CAPACITY - 1;
  #sequences = new Uint32Array(FIRST_CAPACITY);
  #hashes = new Int32Array(FIRST_CAPACITY);
  /** The Message before it in its bucket. */
  #earlier = new Float64Array(FIRST_CAPACITY);
  /** The latest Message of each bucket. */
  #latest = new Float64Array(FIRST_CAPACITY);

  constructor(size: number) {
    this.#size = size;
  }

  /** Whether the same Message is in the window; it is from now on. */
  seen(sequence: number, message: DataView): boolean {
    const hash = contentHash(message);
    const oldest = Math.max(1, this.#count - this.#size + 1);
    for (let number = this.#latest[this.#bucket(sequence, hash)] as number; number >= oldest;) {
      const slot = number & this.#mask;
      if (this.#sequences[slot] === sequence && this.#hashes[slot] === hash) return true;
      number = this.#earlier[slot] as number;
    }
    if (this.#count > this.#mask && this.#count < this.#size) this.#grow();
    this.#add(++this.#count, sequence, hash);
    return false;
  }

  #bucket(sequence: number, hash: number): number {
    return (sequence ^ hash) & this.#mask;
  }

  #add(number: number, sequence: number, hash: number): void {
    const slot = number & this.#mask;
    const bucket = this.#bucket(sequence, hash);
    this.#sequences[slot] = sequence;
    this.#hashes[slot] = hash;
    this.#earlier[slot] = this.#latest[bucket] as number;
    this.#latest[bucket] = number;
  }

  #grow(): void {
    const [sequences, hashes, mask] = [this.#sequences, this.#hashes, this.#mask];
    const capacity = 2 * (mask + 1);
    this.#mask = capacity - 1;
    this.#sequences = new Uint32Array(capacity);
    this.#hashes = new Int32Array(capacity);
    this.#earlier = new Float64Array(capacity);
    this.#latest = new Float64Array(capacity);
    for (let number = this.#count - mask; number <= this.#count; number++)
      this.#add(number, sequences[number & mask] as number, hashes[number & mask] as number);
  }
}

/**
 * FNV-1a over words instead of octets, and four at a time that do not wait for each other, since every octet that comes in passes here. Two
 * Messages are only compared when they have the same number, so 32 bits are plenty.
 */
function contentHash(octets: DataView): number {
  const length = octets.byteLength;
  let [a, b, c, d] = [length, 1, 2, 3];
  let at = 0;
  for (; at + 16 <= length; at += 16) {
    a = mixed(a, octets.getInt32(at, true));
    b = mixed(b, octets.getInt32(at + 4, true));
    c = mixed(c, octets.getInt32(at + 8, true));
    d = mixed(d, octets.getInt32(at + 12, true));
  }
  for (; at < length; at++) a = mixed(a, octets.getUint8(at));
  return mixed(mixed(mixed(a, b), c), d);
}

/** The turn brings down what a product only carries up: else the upper bits of a word would change few bits of the hash. */
const mixed = (value: number, word: number): number => Math.imul(((value << 13) | (value >>> 19)) ^ word, 0x01000193);
