import { formatStored, parseRange, rangeHas, type AddressRange, type StoredAddress } from '../../core/net/stored-address.ts';

/** A device the office knows, by the name of whoever uses it. */
export interface InventoryEntry {
  readonly name: string;
  /** Text of an IPv4 or IPv6 address or prefix. */
  readonly address: string;
  /** What else it has: IPv6 beside IPv4, or the prefix in which it makes addresses. */
  readonly otherAddresses?: readonly string[];
  readonly department: string;
  /**
   * Milliseconds since 1970 from and until which the addresses are its, for what gets them by DHCP: an address belongs to different
   * devices at different times. With either of them it is a lease, which goes before whoever has the address for good.
   */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** Whether the device has its addresses for a time only. */
export const isLease = ({ fromMs, toMs }: InventoryEntry): boolean => fromMs !== undefined || toMs !== undefined;

interface Known extends InventoryEntry {
  /** The first of its addresses stands for them all. */
  readonly host: StoredAddress;
}

/** The office's devices by address. */
export class Inventory {
  /** Those that have their addresses for good. */
  readonly entries: readonly Known[];
  readonly #byAddress = new Map<StoredAddress, Known>();
  /** Prefixes, searched after addresses. */
  readonly #ranges: (AddressRange & { readonly entry: Known })[] = [];
  readonly #leases: (AddressRange & { readonly entry: InventoryEntry })[];

  /** Throws a RangeError when an address is not one: an inventory is our own word, not a peer's. */
  constructor(entries: readonly InventoryEntry[]) {
    this.entries = entries.filter((entry) => !isLease(entry)).map((entry) => ({ ...entry, host: rangeOf(entry.address).first }));
    for (const entry of this.entries) {
      for (const text of addressesOf(entry)) {
        const { first, last } = rangeOf(text);
        if (first === last) this.#byAddress.set(first, entry);
        else this.#ranges.push({ first, last, entry });
      }
    }
    this.#leases = entries.filter(isLease).flatMap((entry) => addressesOf(entry).map((text) => ({ ...rangeOf(text), entry })));
  }

  /** Whether some device has more than one address. */
  get hasSeveralAddresses(): boolean {
    return this.#ranges.length > 0 || this.entries.some(({ otherAddresses = [] }) => otherAddresses.length > 0);
  }

  has(address: StoredAddress): boolean {
    return this.#entryOf(address) !== undefined || this.#leases.some((lease) => rangeHas(lease, address));
  }

  /** The name of whoever uses the address at that instant, else the address. Without an instant leases do not count. */
  who(address: StoredAddress, atMs?: number): string {
    const leased =
      atMs === undefined
        ? undefined
        : this.#leases.find(
            (lease) =>
              rangeHas(lease, address) && atMs >= (lease.entry.fromMs ?? -Infinity) && atMs < (lease.entry.toMs ?? Infinity),
          );
    return (leased?.entry ?? this.#entryOf(address))?.name ?? formatStored(address);
  }

  /** The address that stands for all of the same device. */
  hostOf(address: StoredAddress): StoredAddress {
    return this.#entryOf(address)?.host ?? address;
  }

  #entryOf(address: StoredAddress): Known | undefined {
    return this.#byAddress.get(address) ?? this.#ranges.find((range) => rangeHas(range, address))?.entry;
  }
}

/** All addresses of a device, as texts. */
export const addressesOf = ({ address, otherAddresses = [] }: InventoryEntry): string[] => [address, ...otherAddresses];

function rangeOf(text: string): AddressRange {
  const range = parseRange(text);
  if (range === undefined) throw new RangeError(`inventory: "${text}" is not an IPv4 or IPv6 address or prefix`);
  return range;
}
