import { formatIPv4, prefixHas, type IPv4Prefix } from '../../core/net/address.ts';

const FIRST_HOST = 10;
const HOSTS_PER_BLOCK = 240;

/**
 * Gives out the office's addresses: host 0.10 and up for the people of the scenario, 1.10 and up for colleagues, 240 in
 * each 256, guests near the upper end. Every one has a place of his own, so adding somebody moves nobody; only whose place is taken by an address of
 * the scenario moves to the network's upper end.
 */
export class AddressPlan {
  readonly #network: IPv4Prefix;
  readonly #size: number;
  readonly #holders = new Map<number, string>();
  #spare: number;

  constructor(network: IPv4Prefix) {
    this.#network = network;
    this.#size = 2 ** (32 - network.length);
    this.#spare = this.#size - 2;
    this.#holders.set(network.address, 'the network');
    this.#holders.set(network.address + 1, 'the router');
    this.#holders.set(network.address + this.#size - 1, 'the broadcast');
  }

  /** Sets aside an address of the scenario for `holder`; why it cannot be had, when it lies outside the network or is taken. */
  reserve(address: number, holder: string): string | undefined {
    const text = `"${formatIPv4(address)}" is`;
    const network = `${formatIPv4(this.#network.address)}/${this.#network.length}`;
    if (!prefixHas(this.#network, address)) return `${text} outside the office's network ${network}`;
    const other = this.#holders.get(address);
    if (other !== undefined) return `${text} already the address of ${other}`;
    this.#holders.set(address, holder);
    return undefined;
  }

  /** For person number `index` of the scenario, who has no address there. */
  forListed(index: number, holder: string): number {
    return this.#place(index < HOSTS_PER_BLOCK ? FIRST_HOST + index : this.#size, holder);
  }

  /** For generated colleague number `index`. */
  forGenerated(index: number, holder: string): number {
    const block = 1 + Math.floor(index / HOSTS_PER_BLOCK);
    return this.#place(block * 256 + FIRST_HOST + (index % HOSTS_PER_BLOCK), holder);
  }

  /** For visitor number `index`: in the network's last blocks but one, from the upper end down. */
  forGuest(index: number, holder: string): number {
    const block = this.#size / 256 - 2 - Math.floor(index / HOSTS_PER_BLOCK);
    return this.#place(block > 0 ? block * 256 + FIRST_HOST + (index % HOSTS_PER_BLOCK) : this.#size, holder);
  }

  #place(host: number, holder: string): number {
    const wanted = this.#network.address + host;
    const address = host < this.#size && !this.#holders.has(wanted) ? wanted : this.#takeSpare();
    this.#holders.set(address, holder);
    return address;
  }

  #takeSpare(): number {
    for (; this.#spare > 1; this.#spare--) {
      const address = this.#network.address + this.#spare;
      if (!this.#holders.has(address)) return address;
    }
    throw new RangeError(`the office's network has no room for more than ${this.#holders.size} addresses`);
  }
}
