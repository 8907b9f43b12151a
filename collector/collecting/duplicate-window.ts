/** The last Messages of a session by sequence number and content, to recognise a second copy. */
export class DuplicateWindow {
  readonly #size: number;
  readonly #seen = new Set<string>();
  /** In the order they came, the oldest at `#next` when there are as many as may be. */
  readonly #order: string[] = [];
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Whether the same Message is in the window; it is from now on. */
  seen(sequence: number, payload: Uint8Array): boolean {
    const key = `${sequence} ${payload.length} ${contentHash(payload)}`;
    if (this.#seen.has(key)) return true;
    this.#seen.add(key);
    const oldest = this.#order[this.#next];
    if (oldest !== undefined) this.#seen.delete(oldest);
    this.#order[this.#next] = key;
    this.#next = (this.#next + 1) % this.#size;
    return false;
  }
}

/**
 * FNV-1a over words instead of octets, since every octet that comes in passes here. Two Messages are only compared when they have the same
 * number and length, so 32 bits are plenty.
 */
function contentHash(octets: Uint8Array): number {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const words = octets.length & ~3;
  let value = 0x811c9dc5;
  for (let at = 0; at < words; at += 4) value = mixed(value, view.getInt32(at));
  for (let at = words; at < octets.length; at++) value = mixed(value, view.getUint8(at));
  return value >>> 0;
}

/** The shift brings down what a product only carries up: else the upper bits of a word would change few bits of the hash. */
function mixed(value: number, word: number): number {
  const product = Math.imul(value ^ word, 0x01000193);
  return product ^ (product >>> 15);
}
