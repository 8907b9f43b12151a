const SMALLEST_BUFFER_OCTETS = 65_536;

/**
 * Octets of a stream that have come and are not read yet. A chunk is read where it lies; only what is left of one when the next
 * comes is copied, so whole files pass almost without a copy, and a pipe that gives one octet at a time costs no more than its octets.
 */
export class OctetQueue {
  octets: Uint8Array = new Uint8Array(0);
  view = new DataView(this.octets.buffer);
  /** The next octet to read, as an index of `octets` and `view`. */
  from = 0;
  /** How many octets of the stream have been read. */
  position = 0;
  #to = 0;
  /** Whether `octets` is the queue's own and may be written behind its end. */
  #isOwn = false;

  get length(): number {
    return this.#to - this.from;
  }

  append(chunk: Uint8Array): void {
    if (this.length === 0) return this.#use(chunk, chunk.length, false);
    if (!this.#isOwn || this.#to + chunk.length > this.octets.length) {
      const wanted = 2 * (this.length + chunk.length);
      const grown = new Uint8Array(Math.max(SMALLEST_BUFFER_OCTETS, wanted));
      grown.set(this.octets.subarray(this.from, this.#to));
      this.#use(grown, this.length, true);
    }
    this.octets.set(chunk, this.#to);
    this.#to += chunk.length;
  }

  consume(count: number): void {
    this.from += count;
    this.position += count;
  }

  #use(octets: Uint8Array, length: number, isOwn: boolean): void {
    this.octets = octets;
    this.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    this.from = 0;
    this.#to = length;
    this.#isOwn = isOwn;
  }
}
