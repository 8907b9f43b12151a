import { addressesOf, Inventory, isLease, type InventoryEntry } from '../inventory.ts';
import { APPLICATIONS, Catalogue, OTHER, type Application } from '../catalogue.ts';
import type { ApplicationName } from '../../collecting/label.ts';
import { numberPair } from './number-pair.ts';
import { parseRange, type AddressRange, type StoredAddress } from '../../../core/net/stored-address.ts';

/** What the collector knows besides the flows. */
export interface Knowledge {
  readonly inside: readonly AddressRange[];
  readonly inventory: readonly InventoryEntry[];
  readonly applications: readonly ApplicationName[];
  /** Names of addresses, as the exporters sent them. */
  readonly names: ReadonlyMap<StoredAddress, string>;
}

/** A range of addresses and whose it is, from and until when. */
interface Holding extends AddressRange {
  readonly device: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Names as numbers. In a database there are only indexes into `people`, `devices`, `apps`, `categories` and `serverNames`, all counted from 1; 0 is
 * none of them.
 */
export class Vocabulary {
  readonly inside: readonly AddressRange[];
  readonly hasInventory: boolean;
  readonly devices: readonly string[];
  readonly people: readonly string[];
  /** The index of the person of each device. */
  readonly personOfDevice: ReadonlyMap<number, number>;
  /** Leases first, then single addresses, then prefixes: the first that fits counts. */
  readonly leases: readonly Holding[];
  readonly deviceOfAddress: ReadonlyMap<StoredAddress, number>;
  readonly prefixes: readonly Holding[];

  readonly apps: readonly string[];
  readonly categories: readonly string[];
  readonly categoryOfApp: ReadonlyMap<number, number>;
  /** Exporters that name applications, and their Observation Domains, other than 0, by the pair of the exporter's number and their own. */
  readonly exporters: ReadonlyMap<StoredAddress, number>;
  readonly domains: ReadonlyMap<number, number>;
  /** By the pair of the domain's number and the application id, and for all domains by that of the exporter's number and the id. */
  readonly appOfDomainId: ReadonlyMap<number, number>;
  readonly appOfExporterId: ReadonlyMap<number, number>;
  /** By the DNS name of the server. */
  readonly appOfName: ReadonlyMap<StoredAddress, number>;
  readonly catalogue: readonly Application[] = APPLICATIONS;
  readonly icmp: number;
  readonly other: number;

  readonly serverNames: readonly string[];
  readonly nameOfServer: ReadonlyMap<StoredAddress, number>;

  constructor({ inside, inventory, applications, names }: Knowledge) {
    // Its mistakes are an inventory's.
    new Inventory(inventory);
    this.inside = inside;
    this.hasInventory = inventory.length > 0;
    this.devices = inventory.map(({ name }) => name);
    this.people = [...new Set(this.devices)];
    const numberOf = numbered(this.devices);
    this.personOfDevice = new Map(this.devices.map((name, index) => [index + 1, numberOf.get(name) as number]));
    const holdings = inventory.flatMap(holdingsOf);
    this.leases = holdings.filter(({ fromMs, toMs }) => fromMs !== -Infinity || toMs !== Infinity);
    const leased = new Set(this.leases);
    const lasting = holdings.filter((holding) => !leased.has(holding));
    this.deviceOfAddress = new Map(
      lasting.filter(({ first, last }) => first === last).map(({ first, device }) => [first, device]),
    );
    this.prefixes = lasting.filter(({ first, last }) => first !== last);

    const catalogue = new Catalogue(new Map(), names);
    const clue = { applicationId: 0, serverAddress: 0, protocol: 0, serverPort: 0 };
    const icmp = catalogue.classify({ ...clue, protocol: 1 }).application;
    const exported = applications.map((told) => ({ ...told, application: catalogue.byName(told.name) }));
    const known = [...new Set([...APPLICATIONS, icmp, OTHER, ...exported.map(({ application }) => application)])];
    const indexOf = new Map(known.map((application, index) => [application, index + 1]));
    this.apps = known.map(({ name }) => name);
    this.categories = [...new Set(known.map(({ category }) => category))];
    this.categoryOfApp = new Map(known.map(({ category }, index) => [index + 1, this.categories.indexOf(category) + 1]));
    this.icmp = indexOf.get(icmp) as number;
    this.other = indexOf.get(OTHER) as number;
    this.exporters = numbered(applications.map(({ exporter }) => exporter));
    const exporterOf = ({ exporter }: ApplicationName): number => this.exporters.get(exporter) as number;
    const domainOf = (told: ApplicationName): number => numberPair(exporterOf(told), told.observationDomainId);
    const forAll = exported.filter(({ observationDomainId }) => observationDomainId === 0);
    const forOne = exported.filter(({ observationDomainId }) => observationDomainId !== 0);
    this.domains = numbered(forOne.map(domainOf));
    const appsBy = (told: typeof exported, numberOf: (one: ApplicationName) => number): Map<number, number> =>
      new Map(told.map((one) => [numberPair(numberOf(one), one.id), indexOf.get(one.application) as number]));
    this.appOfDomainId = appsBy(forOne, (told) => this.domains.get(domainOf(told)) as number);
    this.appOfExporterId = appsBy(forAll, exporterOf);
    this.appOfName = new Map(
      [...names.keys()].flatMap((serverAddress) => {
        const { application, reason } = catalogue.classify({ ...clue, serverAddress });
        return reason === 'name' ? [[serverAddress, indexOf.get(application) as number]] : [];
      }),
    );
    this.serverNames = [...new Set(names.values())];
    const indexOfName = new Map(this.serverNames.map((name, index) => [name, index + 1]));
    this.nameOfServer = new Map([...names].map(([address, name]) => [address, indexOfName.get(name) as number]));
  }

  /** The names of a column of indexes, index 1 first. */
  namesOf(column: string): readonly string[] {
    if (column === 'person') return this.people;
    if (column === 'device') return this.devices;
    if (column === 'app') return this.apps;
    return column === 'category' ? this.categories : this.serverNames;
  }
}

/** Different values, numbered from 1. */
const numbered = <T>(values: readonly T[]): Map<T, number> =>
  new Map([...new Set(values)].map((value, index) => [value, index + 1]));

function holdingsOf(entry: InventoryEntry, index: number): Holding[] {
  const { fromMs = -Infinity, toMs = Infinity } = isLease(entry) ? entry : {};
  const ranges = addressesOf(entry).map((text) => parseRange(text) as AddressRange);
  return ranges.map((range) => ({ ...range, device: index + 1, fromMs, toMs }));
}
