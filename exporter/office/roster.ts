import { faker } from '@faker-js/faker/locale/en';
import type { Random } from '../../core/random/random.ts';
import type { ActivityConfig } from './activity-config.ts';
import { AddressPlan } from './address-plan.ts';
import { ipv6AddressOf } from './ipv6-address.ts';
import type { Habits, OfficeConfig, PersonConfig } from './config.ts';
import { DEPARTMENTS } from './habits.ts';
import { reserveWritten } from './written-addresses.ts';

/** Something with an address inside the office. */
export interface Device {
  /**
   * Unsigned 32-bit integer; what has IPv6 alone uses it for the office's own network only. 0, which stands for whoever has
   * no address yet (RFC 1122 section 3.2.1.3), when it has one by DHCP.
   */
  readonly address: number;
  /** By number; 0 when it has none. */
  readonly ipv6Address: number;
  readonly name: string;
  /** Whose it is; absent when it is nobody's. */
  readonly person?: string;
  readonly department?: string;
  /** `computer` for a person's, `guest phone` for a visitor's, else as configured. */
  readonly kind: string;
  /** Whether the company knows of it. */
  readonly inventoried: boolean;
}

/** A device and what it will do. */
export interface Resident {
  readonly device: Device;
  /** Whether it reaches the internet by IPv6 alone. */
  readonly isIPv6Only: boolean;
  /** Where its chance comes from: the person's or device's own. */
  readonly random: Random;
  readonly activities: readonly ActivityConfig[];
  /** `gadget` is a device without a person, `guest` a visitor's. */
  readonly habits: Habits | 'gadget' | 'guest';
}

/**
 * Who and what is in the office: the people of the scenario, generated colleagues up to `employees`, other devices, guests.
 * @throws RangeError when an address is used twice, lies outside the network, or the network is too small
 */
export function enrol(office: OfficeConfig, people: readonly PersonConfig[], random: Random): Resident[] {
  return place(office, people, random).map((resident) => withIPv6(resident, office));
}

/** Nothing else about a resident depends on IPv6. */
function withIPv6(resident: Placed, { ipv6: { mode, prefix } }: OfficeConfig): Resident {
  const { device, random, habits } = resident;
  const isIPv6Only = mode === 'ipv6-only' || (mode === 'guests-ipv6-only' && habits === 'guest');
  const hasIPv6 = isIPv6Only || (mode !== 'off' && habits !== 'gadget');
  const ipv6Address = hasIPv6 ? ipv6AddressOf(prefix, random.fork('ipv6')) : 0;
  return { ...resident, device: { ...device, ipv6Address }, isIPv6Only };
}

/** A resident of whom only the IPv4 address is known. */
type Placed = Omit<Resident, 'device' | 'isIPv6Only'> & { readonly device: Omit<Device, 'ipv6Address'> };

function place(office: OfficeConfig, people: readonly PersonConfig[], random: Random): Placed[] {
  const plan = new AddressPlan(office.network);
  const [mistake] = reserveWritten(office, people, plan);
  if (mistake !== undefined) throw new RangeError(`${mistake.where} ${mistake.message}`);
  const residents = people.map((person, index) => enrolPerson(person, index, office, plan, random));
  const names = new Set(people.map(({ name }) => name));
  for (let index = 0; index < office.employees - people.length; index++) {
    const colleague = enrolColleague(index, office, plan, names, random.fork(`colleague:${index}`));
    residents.push({ ...colleague, activities: office.colleagueActivities });
  }
  for (const { name, ip, kind, inventoried, activities } of office.devices) {
    const device = { address: ip, name, kind, inventoried };
    residents.push({ device, random: random.fork(`device:${name}`), activities, habits: 'gadget' });
  }
  for (let index = 0; index < office.guests; index++)
    residents.push(welcomeGuest(index, office, plan, random.fork(`guest:${index}`)));
  return residents;
}

function enrolPerson(person: PersonConfig, index: number, office: OfficeConfig, plan: AddressPlan, random: Random): Placed {
  const { name, department, activities } = person;
  const address = person.ip ?? (lendsToPeople(office) ? 0 : plan.forListed(index, name));
  return {
    device: computer(address, name, department),
    random: random.fork(`person:${name}`),
    activities,
    habits: person.habits ?? (activities.length > 0 ? 'light' : 'worker'),
  };
}

/** Nothing about colleague number `index` depends on who else there is, but for a name or an address that is taken. */
function enrolColleague(
  index: number,
  office: OfficeConfig,
  plan: AddressPlan,
  names: Set<string>,
  random: Random,
): Omit<Placed, 'activities'> {
  const name = inventName(random.fork('name').int(0, 0x7fff_ffff), names);
  const { name: department, habits } = drawDepartment(random.fork('department'));
  const address = lendsToPeople(office) ? 0 : plan.forGenerated(index, name);
  return { device: computer(address, name, department), random, habits };
}

const computer = (address: number, person: string, department: string): Placed['device'] => ({
  address,
  name: `${person.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-pc`,
  person,
  department,
  kind: 'computer',
  inventoried: true,
});

/** What reaches the internet by IPv6 alone needs no lease. */
const lendsToPeople = ({ dhcp, ipv6 }: OfficeConfig): boolean => dhcp?.people === true && ipv6.mode !== 'ipv6-only';

function welcomeGuest(index: number, { dhcp, ipv6 }: OfficeConfig, plan: AddressPlan, random: Random): Placed {
  const name = `guest ${index + 1}`;
  const hasIPv4 = ipv6.mode === 'off' || ipv6.mode === 'dual-stack';
  const address = dhcp !== undefined && hasIPv4 ? 0 : plan.forGuest(index, name);
  const device = { address, name, kind: 'guest phone', inventoried: true };
  return { device, random, activities: [], habits: 'guest' };
}

/** A name nobody has yet. */
function inventName(seed: number, names: Set<string>): string {
  faker.seed(seed);
  for (;;) {
    const name = `${faker.person.firstName()} ${faker.person.lastName()}`;
    if (names.has(name)) continue;
    names.add(name);
    return name;
  }
}

function drawDepartment(random: Random): (typeof DEPARTMENTS)[number] {
  let ticket = random.uniform(0, DEPARTMENTS.reduce((sum, { weight }) => sum + weight, 0)); // prettier-ignore
  for (const department of DEPARTMENTS) {
    ticket -= department.weight;
    if (ticket < 0) return department;
  }
  return random.pick(DEPARTMENTS);
}
