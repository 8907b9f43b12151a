import { describe, expect, test } from 'vitest';
import { formatAddress, isIPv6, parseAddress, UNSPECIFIED_IPV6 } from '../../../core/net/address-book.ts';
import { ipv6PrefixHas, parseIPv6Prefix, type IPv6Prefix } from '../../../core/net/ipv6-prefix.ts';
import type { PacketTrain } from '../../../core/net/packet-train.ts';
import { Random } from '../../../core/random/random.ts';
import { officeSchema, peopleSchema } from '../../../exporter/office/config.ts';
import { Office } from '../../../exporter/office/office.ts';
import { HOUR_NS, MONDAY, octetsOf, trainsOf } from './run-office.ts';

const NAT64 = parseIPv6Prefix('64:ff9b::/96') as IPv6Prefix;
const OFFICE = parseIPv6Prefix('2001:db8:50::/64') as IPv6Prefix;

interface Situation {
  readonly mode: string;
  readonly people?: unknown;
  readonly employees?: number;
}

const open = ({ mode, people = [], employees = 6 }: Situation): Office =>
  new Office({
    office: officeSchema.parse({ employees, guests: 3, ipv6: { mode } }),
    people: peopleSchema.parse(people),
    random: new Random(1),
    epoch: MONDAY,
    duration: 2 * HOUR_NS,
    nat64Prefix: NAT64,
  });

const partOfIPv6 = (trains: readonly PacketTrain[]): number =>
  octetsOf(trains.filter(({ connection }) => isIPv6(connection.serverAddress))) / octetsOf(trains);

describe('addresses', () => {
  const byName = (office: Office): Map<string, string> =>
    new Map(office.devices.map(({ name, ipv6Address }) => [name, formatAddress(ipv6Address)]));

  test('each device has one of its own in the prefix, and whoever joins changes nobody', () => {
    const before = byName(open({ mode: 'dual-stack' }));
    const after = byName(open({ mode: 'dual-stack', people: [{ name: 'Kim' }], employees: 7 }));
    expect(new Set(before.values()).size).toBe(before.size);
    for (const [name, address] of before) {
      expect(ipv6PrefixHas(OFFICE, parseAddress(address) as number)).toBe(true);
      expect(after.get(name)).toBe(address);
    }
  });

  test('without IPv6 there is none, and nothing else of the day is another', () => {
    expect(new Set(byName(open({ mode: 'off' })).values())).toEqual(new Set(['0.0.0.0']));
    const visited = (mode: string): Set<string> =>
      new Set(trainsOf(open({ mode })).map(({ connection: { device, serverName } }) => `${device} ${serverName}`));
    expect(visited('dual-stack')).toEqual(visited('off'));
  });
});

describe('dual stack', () => {
  const trains = trainsOf(open({ mode: 'dual-stack' }));

  test('goes by IPv6 where both ends have it: most of what an office moves, not all', () => {
    for (const { connection } of trains) expect(isIPv6(connection.insideAddress)).toBe(isIPv6(connection.serverAddress));
    expect(partOfIPv6(trains)).toBeGreaterThan(0.3);
    expect(partOfIPv6(trains)).toBeLessThan(0.9);
  });

  test('asks for both addresses of a name at once (RFC 8305 section 3)', () => {
    const questions = trains.filter(({ connection, direction }) => connection.dnsAnswer !== 0 && direction === 'up');
    const asked = new Map<string, boolean[]>();
    for (const { connection, startNs } of questions) {
      const question = `${connection.device} ${connection.serverName} ${startNs}`;
      asked.set(question, [...(asked.get(question) ?? []), isIPv6(connection.dnsAnswer)]);
    }
    expect(asked.size).toBeGreaterThan(50);
    expect(new Set([...asked.values()].map(String))).toEqual(new Set(['true,false']));
    expect(questions.some(({ connection }) => connection.dnsAnswer === UNSPECIFIED_IPV6)).toBe(true);
  });

  test('no packet is larger than an Ethernet lets through', () => {
    for (const { octets, packets } of trains) expect(Math.ceil(octets / packets)).toBeLessThanOrEqual(1_500);
  });
});

describe('IPv6 alone', () => {
  test('guests reach IPv4 servers by NAT64 and nobody else does', () => {
    const office = open({ mode: 'guests-ipv6-only' });
    const guests = new Set(office.devices.flatMap(({ kind }, device) => (kind === 'guest phone' ? [device] : [])));
    for (const { connection } of trainsOf(office)) {
      const { device, insideAddress, serverAddress } = connection;
      if (guests.has(device)) expect(isIPv6(insideAddress)).toBe(true);
      else expect(isIPv6(serverAddress) && ipv6PrefixHas(NAT64, serverAddress)).toBe(false);
    }
  });

  test('everybody: names have addresses made for them (RFC 6147), and no IPv4 address is asked for', () => {
    const trains = trainsOf(open({ mode: 'ipv6-only' }));
    expect(partOfIPv6(trains)).toBe(1);
    const answers = trains.map(({ connection }) => connection.dnsAnswer).filter((answer) => answer !== 0);
    expect(answers.every((answer) => isIPv6(answer) && answer !== UNSPECIFIED_IPV6)).toBe(true);
    expect(answers.some((answer) => ipv6PrefixHas(NAT64, answer))).toBe(true);
  });
});

test.each(['dual-stack', 'ipv6-only'])('%s: what the script says holds to the octet, longer headers included', (mode) => {
  const activities = [
    { do: 'watch', at: '08:10', application: 'youtube', minutes: 10, megabytes: 50 },
    { do: 'watch', at: '08:30', application: 'netflix', minutes: 10, megabytes: 50 },
    { do: 'download', at: '09:00', application: 'dropbox', megabytes: 100 },
    { do: 'sendMail', at: '09:10', count: 2, kilobytesEach: 40 },
  ];
  const trains = trainsOf(open({ mode, people: [{ name: 'Kim', activities }] }));
  const octets = activities.map((_, activity) => octetsOf(trains.filter(({ connection }) => connection.activity === activity)));
  expect(octets).toEqual([50e6, 50e6, 100e6, 80e3]);
});
