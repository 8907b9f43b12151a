const SMALLEST_BUFFER_OCTETS = 65_536;

/**
 * Octets of a stream that have come and are not read yet, in one buffer that is filled again and again. Whoever reads a file reads
 * right into it, and only the record that is not whole yet is ever moved; a pipe that gives one octet at a time costs no more than
 * its octets.
 */
export class OctetQueue {
  octets = new Uint8Array(0);
  view = new DataView(this.octets.buffer);
  /** The next octet to read, as an index of `octets` and `view`. */
  from = 0;
  #to = 0;
  /** Octets of the stream that came before `octets[0]`. */
  #before = 0;

  get length(): number {
    return this.#to - this.from;
  }

  /** How many octets of the stream have been read. */
  get position(): number {
    return this.#before + this.from;
  }

  /** Where the next octets of the stream go, `least` or more; `filled` is to be told how many were written there. */
  room(least: number): Uint8Array {
    if (this.octets.length - this.#to < least) this.#makeRoom(least);
    return this.octets.subarray(this.#to);
  }

  filled(count: number): void {
    this.#to += count;
  }

  append(chunk: Uint8Array): void {
    this.room(chunk.length).set(chunk);
    this.filled(chunk.length);
  }

  consume(count: number): void {
    this.from += count;
  }

  /** Moves what is unread to the front, of a larger buffer if it would soon have to be moved again. */
  #makeRoom(least: number): void {
    const unread = this.octets.subarray(this.from, this.#to);
    if (2 * unread.length + least > this.octets.length) {
      this.octets = new Uint8Array(Math.max(SMALLEST_BUFFER_OCTETS, 2 * (unread.length + least)));
      this.view = new DataView(this.octets.buffer);
    }
    this.octets.set(unread);
    this.#before += this.from;
    this.from = 0;
    this.#to = unread.length;
  }
}
