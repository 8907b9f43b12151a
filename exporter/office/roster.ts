import { faker } from '@faker-js/faker/locale/en';
import type { Random } from '../../core/random/random.ts';
import type { ActivityConfig } from './activity-config.ts';
import { AddressPlan } from './address-plan.ts';
import type { Habits, OfficeConfig, PersonConfig } from './config.ts';
import { DEPARTMENTS } from './habits.ts';

/** Something with an address inside the office. */
export interface Device {
  /** Unsigned 32-bit integer. */
  readonly address: number;
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
  const plan = new AddressPlan(office.network);
  people.forEach(({ ip, name }, index) => ip !== undefined && plan.reserve(ip, `people[${index}].ip`, name));
  office.devices.forEach(({ ip, name }, index) => plan.reserve(ip, `office.devices[${index}].ip`, name));
  const residents = people.map((person, index) => enrolPerson(person, index, plan, random));
  const names = new Set(people.map(({ name }) => name));
  for (let index = 0; index < office.employees - people.length; index++) {
    const colleague = enrolColleague(index, plan, names, random.fork(`colleague:${index}`));
    residents.push({ ...colleague, activities: office.colleagueActivities });
  }
  for (const { name, ip, kind, inventoried, activities } of office.devices) {
    const device = { address: ip, name, kind, inventoried };
    residents.push({ device, random: random.fork(`device:${name}`), activities, habits: 'gadget' });
  }
  for (let index = 0; index < office.guests; index++) residents.push(welcomeGuest(index, plan, random.fork(`guest:${index}`)));
  return residents;
}

function enrolPerson(person: PersonConfig, index: number, plan: AddressPlan, random: Random): Resident {
  const { name, department, activities } = person;
  const address = person.ip ?? plan.forListed(index, name);
  return {
    device: computer(address, name, department),
    random: random.fork(`person:${name}`),
    activities,
    habits: person.habits ?? (activities.length > 0 ? 'light' : 'worker'),
  };
}

/** Nothing about colleague number `index` depends on who else there is, but for a name or an address that is taken. */
function enrolColleague(index: number, plan: AddressPlan, names: Set<string>, random: Random): Omit<Resident, 'activities'> {
  const name = inventName(random.fork('name').int(0, 0x7fff_ffff), names);
  const { name: department, habits } = drawDepartment(random.fork('department'));
  return { device: computer(plan.forGenerated(index, name), name, department), random, habits };
}

const computer = (address: number, person: string, department: string): Device => ({
  address,
  name: `${person.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-pc`,
  person,
  department,
  kind: 'computer',
  inventoried: true,
});

function welcomeGuest(index: number, plan: AddressPlan, random: Random): Resident {
  const name = `guest ${index + 1}`;
  const device = { address: plan.forGuest(index, name), name, kind: 'guest phone', inventoried: true };
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
