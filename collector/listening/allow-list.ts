import { anyPrefixHas, mappedOctets, type AnyPrefix } from '../../core/net/any-prefix.ts';

/** Who may send to the collector: everybody as long as it has no prefixes. */
export class AllowList {
  readonly #prefixes: readonly AnyPrefix[];

  constructor(prefixes: readonly AnyPrefix[]) {
    this.#prefixes = prefixes;
  }

  /** `address` as a socket tells it, with a zone or without. */
  accepts(address: string): boolean {
    if (this.#prefixes.length === 0) return true;
    const octets = mappedOctets(address);
    return octets !== undefined && this.#prefixes.some((prefix) => anyPrefixHas(prefix, octets));
  }
}
