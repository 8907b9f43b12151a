/** What each block has of memory: more than the largest datagram, and as much as lies in a processor's own memory. */
export const SLOT_OCTETS = 262_144;

const FREE = 0;
const TAKEN = 1;

/** Memory that receiving and decoding share, in pieces for a block each. Who takes a piece hands it on, and who has read it frees it. */
export class Slots {
  readonly memory: SharedArrayBuffer;
  readonly #states: Int32Array;
  readonly #pieces: readonly Uint8Array[];
  #next = 0;

  /** Of so many octets, or those another thread made. */
  constructor(memory: SharedArrayBuffer | number) {
    this.memory =
      typeof memory === 'number' ? new SharedArrayBuffer(Math.max(2, Math.floor(memory / SLOT_OCTETS)) * SLOT_OCTETS) : memory;
    // The states lie where the first piece would be.
    const count = this.memory.byteLength / SLOT_OCTETS - 1;
    this.#states = new Int32Array(this.memory, 0, count);
    this.#pieces = Array.from(
      { length: count },
      (_, index) => new Uint8Array(this.memory, (index + 1) * SLOT_OCTETS, SLOT_OCTETS),
    );
  }

  octetsOf(slot: number): Uint8Array {
    return this.#pieces[slot] as Uint8Array;
  }

  /** Takes a piece that is free, or returns `undefined`. */
  take(): number | undefined {
    const first = this.#next;
    do {
      const slot = this.#next;
      this.#next = (slot + 1) % this.#pieces.length;
      if (Atomics.compareExchange(this.#states, slot, FREE, TAKEN) === FREE) return slot;
    } while (this.#next !== first);
    return undefined;
  }

  /** The same, and waits until there is one. */
  wait(): number {
    for (;;) {
      const slot = this.take();
      if (slot !== undefined) return slot;
      // They are freed in the order they were taken.
      Atomics.wait(this.#states, this.#next, TAKEN, 100);
    }
  }

  free(slot: number): void {
    Atomics.store(this.#states, slot, FREE);
    Atomics.notify(this.#states, slot);
  }
}
