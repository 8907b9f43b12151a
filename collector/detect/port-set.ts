const PORTS = 65_536;

/** Different ports. One of them is kept as a number, more as a bit each: 8 kB. */
export class PortSet {
  size = 0;
  lowest = PORTS;
  highest = -1;
  #bits: Uint32Array | undefined;

  /** Whether the port is new. */
  add(port: number): boolean {
    if (port === this.lowest || port === this.highest) return false;
    if (this.size === 1) {
      this.#bits = new Uint32Array(PORTS / 32);
      this.#mark(this.#bits, this.lowest);
    }
    if (this.#bits !== undefined && !this.#mark(this.#bits, port)) return false;
    this.size++;
    this.lowest = Math.min(this.lowest, port);
    this.highest = Math.max(this.highest, port);
    return true;
  }

  #mark(bits: Uint32Array, port: number): boolean {
    const [word, bit] = [port >>> 5, 1 << (port & 31)];
    if (((bits[word] as number) & bit) !== 0) return false;
    bits[word] = (bits[word] as number) | bit;
    return true;
  }
}
