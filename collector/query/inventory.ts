import { formatStored, parseRange, rangeHas, type AddressRange, type StoredAddress } from '../../core/net/stored-address.ts';

/** A device the office knows, by the name of whoever uses it. */
export interface InventoryEntry {
  readonly name: string;
  /** Text of an IPv4 or IPv6 address or prefix. */
  readonly address: string;
  /** What else it has: IPv6 beside IPv4, or the prefix in which it makes addresses. */
  readonly otherAddresses?: readonly string[];
  readonly department: string;
}

interface Known extends InventoryEntry {
  /** The first of its addresses stands for them all. */
  readonly host: StoredAddress;
}

/** The office's devices by address. */
export class Inventory {
  readonly entries: readonly Known[];
  readonly #byAddress = new Map<StoredAddress, Known>();
  /** Prefixes, searched after addresses. */
  readonly #ranges: (AddressRange & { readonly entry: Known })[] = [];

  /** Throws a RangeError when an address is not one: an inventory is our own word, not a peer's. */
  constructor(entries: readonly InventoryEntry[]) {
    this.entries = entries.map((entry) => ({ ...entry, host: rangeOf(entry.address).first }));
    for (const entry of this.entries) {
      for (const text of [entry.address, ...(entry.otherAddresses ?? [])]) {
        const { first, last } = rangeOf(text);
        if (first === last) this.#byAddress.set(first, entry);
        else this.#ranges.push({ first, last, entry });
      }
    }
  }

  /** Whether some device has more than one address. */
  get hasSeveralAddresses(): boolean {
    return this.#ranges.length > 0 || this.entries.some(({ otherAddresses = [] }) => otherAddresses.length > 0);
  }

  has(address: StoredAddress): boolean {
    return this.#entryOf(address) !== undefined;
  }

  /** The name of whoever uses the address, else the address. */
  who(address: StoredAddress): string {
    return this.#entryOf(address)?.name ?? formatStored(address);
  }

  /** The address that stands for all of the same device. */
  hostOf(address: StoredAddress): StoredAddress {
    return this.#entryOf(address)?.host ?? address;
  }

  #entryOf(address: StoredAddress): Known | undefined {
    return this.#byAddress.get(address) ?? this.#ranges.find((range) => rangeHas(range, address))?.entry;
  }
}

function rangeOf(text: string): AddressRange {
  const range = parseRange(text);
  if (range === undefined) throw new RangeError(`inventory: "${text}" is not an IPv4 or IPv6 address or prefix`);
  return range;
}
