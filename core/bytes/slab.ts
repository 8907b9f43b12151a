const SLAB_OCTETS = 65_536;

/**
 * Copies octets into large arrays, one after the other: many small arrays of their own would cost an allocation outside the heap
 * each, which is more than all else that is done to a Message. What is handed out is never written again, unless the slab is a
 * `ring`.
 */
export class Slab {
  #octets: Uint8Array;
  #end = 0;
  readonly #isRing: boolean;

  private constructor(octets: Uint8Array, isRing: boolean) {
    this.#octets = octets;
    this.#isRing = isRing;
  }

  static endless(): Slab {
    return new Slab(new Uint8Array(0), false);
  }

  /** For those who need no copy any longer once others of `octets` octets in all have followed it: fresh memory costs, too. */
  static ring(octets: number): Slab {
    return new Slab(new Uint8Array(octets), true);
  }

  /** A copy of the first `length` octets. */
  copy(octets: Uint8Array, length: number): Uint8Array {
    if (this.#end + length > this.#octets.length) {
      if (!this.#isRing || length > this.#octets.length) this.#octets = new Uint8Array(Math.max(SLAB_OCTETS, length));
      this.#end = 0;
    }
    const copy = this.#octets.subarray(this.#end, this.#end + length);
    copy.set(length === octets.length ? octets : octets.subarray(0, length));
    this.#end += length;
    return copy;
  }
}
