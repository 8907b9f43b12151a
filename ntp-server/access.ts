import { anyPrefixHas, mappedOctets, type AnyPrefix } from '../core/net/any-prefix.ts';

/**
 * Who is answered. The longest prefix that has an address decides, `deny` among equals; where none has it, it is allowed as long as
 * nobody is allowed by name.
 */
export class Access {
  readonly #allow: readonly AnyPrefix[];
  readonly #deny: readonly AnyPrefix[];

  constructor(allow: readonly AnyPrefix[], deny: readonly AnyPrefix[]) {
    this.#allow = allow;
    this.#deny = deny;
  }

  /** `address` as a socket tells it. */
  allows(address: string): boolean {
    if (this.#allow.length === 0 && this.#deny.length === 0) return true;
    const octets = mappedOctets(address);
    if (octets === undefined) return false;
    const allowed = longest(this.#allow, octets);
    const denied = longest(this.#deny, octets);
    return allowed === denied ? allowed < 0 && this.#allow.length === 0 : allowed > denied;
  }
}

/** The bits of the longest prefix that has the address, -1 for none. */
const longest = (prefixes: readonly AnyPrefix[], octets: Uint8Array): number =>
  prefixes.reduce((most, prefix) => (prefix.bits > most && anyPrefixHas(prefix, octets) ? prefix.bits : most), -1);
