import { formatStored, type AddressRange, type StoredAddress } from '../../core/net/stored-address.ts';
import type { ApplicationName } from '../collecting/label.ts';
import { Catalogue, type Application, type Clue } from '../query/catalogue.ts';
import { Inventory, type InventoryEntry } from '../query/inventory.ts';
import type { Exporter } from '../store/flow-store.ts';

/** What exporters gave names for: the Collecting Process, or the labels of a store. It is read anew with each batch. */
export interface NamesGiven {
  readonly applications: readonly ApplicationName[];
  readonly names: ReadonlyMap<StoredAddress, string>;
}

/** Whom a detection watches. */
export interface WatchedOffice {
  /** The prefixes of the office. */
  readonly inside: readonly AddressRange[];
  /** Whose records; without it everybody's, and each exporter is watched by itself: behind two there may be the same inside addresses. */
  readonly exporter?: Exporter | undefined;
  /** Empty when there is none: then every inside address is known, by its address. It is read anew with each batch, as leases come. */
  readonly inventory: readonly InventoryEntry[];
  /** Names of applications nobody is to use. */
  readonly policy: { readonly forbidden: readonly string[] };
}

/** Who is behind an address, and what a flow is for; the same for all exporters. */
export class Office {
  readonly #watched: Pick<WatchedOffice, 'inventory' | 'policy'>;
  #entries: readonly InventoryEntry[];
  #inventory: Inventory;
  readonly #given: NamesGiven;
  #names: ReadonlyMap<StoredAddress, string>;
  #catalogue: Catalogue;
  /** By exporter and domain, then by application id. */
  #applications = new Map<string, Map<number, string>>();

  constructor(watched: Pick<WatchedOffice, 'inventory' | 'policy'>, given: NamesGiven) {
    this.#watched = watched;
    this.#entries = watched.inventory;
    this.#inventory = new Inventory(this.#entries);
    this.#given = given;
    this.#names = given.names;
    this.#catalogue = new Catalogue(new Map(), given.names);
  }

  /** Names of applications nobody is to use. */
  get forbidden(): readonly string[] {
    return this.#watched.policy.forbidden;
  }

  /** Learns who has come and what has got a name since the last call. */
  refresh(): void {
    const entries = this.#watched.inventory;
    if (entries !== this.#entries) {
      this.#entries = entries;
      this.#inventory = new Inventory(entries);
    }
    if (this.#names !== this.#given.names) {
      this.#names = this.#given.names;
      this.#catalogue = new Catalogue(new Map(), this.#names);
    }
    this.#applications = new Map();
    for (const { exporter, observationDomainId, id, name } of this.#given.applications) {
      const key = `${exporter} ${observationDomainId}`;
      const own = this.#applications.get(key) ?? new Map<number, string>();
      this.#applications.set(key, own.set(id, name));
    }
  }

  /** The name of whoever had the address at that instant of the router's clock (ms since 1970), else the address. */
  who(address: StoredAddress, atMs: number): string {
    return this.#inventory.who(address, atMs);
  }

  /** Whether the inventory has the device, at whatever time; without an inventory every device is known. */
  knows(address: StoredAddress): boolean {
    return this.#entries.length === 0 || this.#inventory.has(address);
  }

  /** The address that stands for all of the same device. */
  hostOf(address: StoredAddress): StoredAddress {
    return this.#inventory.hostOf(address);
  }

  /** The name DNS gave the address for, `undefined` when none was seen so far. */
  nameOf(address: StoredAddress): string | undefined {
    return this.#names.get(address);
  }

  /** `198.18.29.10 (status.updates.example)`, the address alone when it has no name. */
  named(address: StoredAddress): string {
    const name = this.nameOf(address);
    return name === undefined ? formatStored(address) : `${formatStored(address)} (${name})`;
  }

  /** What a flow is for that its exporter does not name: by the server's name as far as known by now, its prefix, its port. */
  classify(clue: Omit<Clue, 'applicationId'>): Application {
    return this.#catalogue.classify({ ...clue, applicationId: 0 }).application;
  }

  /**
   * What an exporter calls by an application id, if it said so. One given in domain 0 holds in all domains that do not name the id themselves
   * (RFC 7011 section 3.1).
   */
  exportedApplication(exporter: StoredAddress, observationDomainId: number, id: number): Application | undefined {
    const own = this.#applications.get(`${exporter} ${observationDomainId}`);
    const name = own?.get(id) ?? this.#applications.get(`${exporter} 0`)?.get(id);
    return name === undefined ? undefined : this.#catalogue.byName(name);
  }
}
