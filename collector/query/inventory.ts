import { formatIPv4, parseIPv4 } from '../../core/net/address.ts';

/** A device the office knows, by the name of whoever uses it. */
export interface InventoryEntry {
  readonly name: string;
  /** Dotted IPv4 text. */
  readonly address: string;
  readonly department: string;
}

/** The office's devices by address. */
export class Inventory {
  readonly entries: readonly (InventoryEntry & { readonly addressNumber: number })[];
  readonly #byAddress = new Map<number, InventoryEntry>();

  /** Throws a RangeError when an address is not one: an inventory is our own word, not a peer's. */
  constructor(entries: readonly InventoryEntry[]) {
    this.entries = entries.map((entry) => {
      const addressNumber = parseIPv4(entry.address);
      if (addressNumber === undefined) throw new RangeError(`inventory: "${entry.address}" is not an IPv4 address`);
      return { ...entry, addressNumber };
    });
    for (const entry of this.entries) this.#byAddress.set(entry.addressNumber, entry);
  }

  has(address: number): boolean {
    return this.#byAddress.has(address);
  }

  /** The name of whoever uses the address, else the address. */
  who(address: number): string {
    return this.#byAddress.get(address)?.name ?? formatIPv4(address);
  }
}
