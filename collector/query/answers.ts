import { formatStored, type AddressRange, type StoredAddress } from '../../core/net/stored-address.ts';
import type { ApplicationName } from '../collecting/label.ts';
import { isFrom, type Exporter, type FlowStore } from '../store/flow-store.ts';
import { Catalogue, type Reason } from './catalogue.ts';
import { groupBy } from './group-by.ts';
import { Inventory, type InventoryEntry } from './inventory.ts';
import { activitySentence, mainActivity } from './sentences.ts';
import { turnedFlows, type Turning } from './turned-flows.ts';
import { findUsage, type Usage } from './usage.ts';

/** What the collector knows besides the flows. */
export interface AnswerContext {
  /** Names of application ids and of addresses, as the exporters sent them. */
  readonly applications: readonly ApplicationName[];
  readonly names: ReadonlyMap<StoredAddress, string>;
  readonly inside: readonly AddressRange[];
  /**
   * Whose records are asked; everybody's without it. Offices behind different exporters may have the same inside addresses, so
   * each is asked about by itself.
   */
  readonly exporter?: Exporter;
  /** Empty when there is none: then every inside address is known, by its address. */
  readonly inventory: readonly InventoryEntry[];
}

export interface Activity {
  readonly application: string;
  readonly category: string;
  readonly octets: number;
  readonly durationS: number;
  /** Mails sent, else sessions. */
  readonly count: number;
  readonly sentence: string;
}

export interface PersonAnswer extends Required<Omit<InventoryEntry, 'fromMs' | 'toMs'>> {
  readonly upOctets: number;
  readonly downOctets: number;
  readonly octets: number;
  /** Of all octets collected. */
  readonly sharePercent: number;
  /** Largest first. */
  readonly activities: Activity[];
  readonly sentence: string;
}

export interface CategoryAnswer {
  readonly category: string;
  readonly octets: number;
  readonly sharePercent: number;
}

export interface Totals {
  readonly records: number;
  readonly packets: number;
  readonly octets: number;
  /** Of IPv6 packets. */
  readonly ipv6Octets: number;
  /** From and to the inside; flows that touch no inside address are in neither. */
  readonly upOctets: number;
  readonly downOctets: number;
}

export interface Answers {
  readonly totals: Totals;
  /** Everybody in the inventory, largest first. */
  readonly people: PersonAnswer[];
  /** Largest first. */
  readonly categories: CategoryAnswer[];
  /** Octets by what their application was recognised by. */
  readonly octetsByReason: Readonly<Record<Reason, number>>;
}

/** Who used what and what for, all from the stored flows. Rejects only when the store fails. */
export async function answer(store: FlowStore, context: AnswerContext): Promise<Answers> {
  const { applications, names, inside, exporter } = context;
  const known = new Inventory(context.inventory);
  const nameOf = new Map([...new Set(applications.map(({ name }) => name))].map((name, index) => [index + 1, name]));
  const numberOf = new Map([...nameOf].map(([number, name]) => [name, number]));
  const named = applications.map(({ name, ...id }) => ({ ...id, number: numberOf.get(name) as number }));
  const seen = { inside, exporter, named };
  const turning = { ...seen, hosts: await hostsOf(store, seen, known) };
  const { usages, octetsByReason } = await findUsage(store, {
    catalogue: new Catalogue(nameOf, names),
    turning,
    counted: new Set(['smtp-submission']),
  });
  const [volume] = await store.query<Pick<Totals, 'records' | 'packets' | 'octets' | 'ipv6Octets'>>(
    `SELECT count(*)::DOUBLE AS records, coalesce(sum(packets::DOUBLE), 0) AS packets, coalesce(sum(octets::DOUBLE), 0) AS octets,
      coalesce(sum(octets::DOUBLE) FILTER (WHERE ip_version = 6), 0) AS "ipv6Octets" FROM flows WHERE ${isFrom(exporter)}`,
  );
  const attributed = usages.filter((usage) => usage.inside !== 0);
  const inventory = context.inventory.length > 0 ? known : new Inventory(addressesOf(attributed));
  const totals: Totals = {
    ...(volume ?? { records: 0, packets: 0, octets: 0, ipv6Octets: 0 }),
    upOctets: sum(attributed, 'upOctets'),
    downOctets: sum(attributed, 'downOctets'),
  };
  return {
    totals,
    people: peopleOf(attributed, inventory, totals.octets),
    categories: categoriesOf(usages, totals.octets),
    octetsByReason,
  };
}

/** Inside addresses of devices that are known by another of theirs. */
async function hostsOf(
  store: FlowStore,
  seen: Omit<Turning, 'hosts'>,
  inventory: Inventory,
): Promise<Map<StoredAddress, StoredAddress>> {
  if (!inventory.hasSeveralAddresses) return new Map();
  const turned = turnedFlows({ ...seen, named: [], hosts: new Map() });
  const found = await store.query<{ inside: StoredAddress }>(`WITH ${turned} SELECT DISTINCT inside FROM turned`);
  const hosts = found.map(({ inside: address }) => [address, inventory.hostOf(address)] as const);
  return new Map(hosts.filter(([address, host]) => address !== host));
}

function peopleOf(usages: readonly Usage[], inventory: Inventory, totalOctets: number): PersonAnswer[] {
  const byAddress = groupBy(usages, (usage) => usage.inside);
  const people = inventory.entries.map(({ name, address, otherAddresses = [], department, host }): PersonAnswer => {
    const own = (byAddress.get(host) ?? []).toSorted((one, other) => other.octets - one.octets);
    const octets = sum(own, 'octets');
    const main = mainActivity(own);
    return {
      name,
      address,
      otherAddresses,
      department,
      upOctets: sum(own, 'upOctets'),
      downOctets: sum(own, 'downOctets'),
      octets,
      sharePercent: percentOf(octets, totalOctets),
      activities: own.map(activityOf),
      sentence: main === undefined ? `${name} used nothing` : `${name} ${activitySentence(main)}`,
    };
  });
  return people.sort((one, other) => other.octets - one.octets);
}

function addressesOf(usages: readonly Usage[]): InventoryEntry[] {
  const addresses = [...new Set(usages.map(({ inside }) => formatStored(inside)))];
  return addresses.map((address) => ({ name: address, address, department: '' }));
}

function activityOf(usage: Usage): Activity {
  const { name, category } = usage.application;
  return {
    application: name,
    category,
    octets: usage.octets,
    durationS: usage.durationS,
    count: name === 'smtp-submission' ? usage.connections : usage.sessions,
    sentence: activitySentence(usage),
  };
}

function categoriesOf(usages: readonly Usage[], totalOctets: number): CategoryAnswer[] {
  const groups = [...groupBy(usages, ({ application }) => application.category)];
  const categories = groups.map(([category, members]) => {
    const octets = sum(members, 'octets');
    return { category, octets, sharePercent: percentOf(octets, totalOctets) };
  });
  return categories.sort((one, other) => other.octets - one.octets || (one.category < other.category ? -1 : 1));
}

const sum = (usages: readonly Usage[], field: 'octets' | 'upOctets' | 'downOctets'): number =>
  usages.reduce((total, usage) => total + usage[field], 0);

const percentOf = (part: number, whole: number): number => (whole === 0 ? 0 : (part / whole) * 100);
