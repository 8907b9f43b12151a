import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePrefix } from '../../../core/net/address.ts';
import type { PacketTrain } from '../../../core/net/packet-train.ts';
import { NS_PER_MS, NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { officeSchema } from '../../../exporter/office/config.ts';
import { LeasePool, type Lease } from '../../../exporter/office/dhcp/lease-pool.ts';
import { openOffice, trainsOf } from './run-office.ts';

const POOL = parsePrefix('10.0.7.0/30')!;
const FIRST = POOL.address;
const at = (seconds: number) => trueNs(seconds * NS_PER_S);

/** Pairs of leases of one address that both hold at some instant. */
const clashes = (leases: readonly Lease[]): [Lease, Lease][] =>
  leases.flatMap((one, index) =>
    leases
      .slice(index + 1)
      .filter((other) => other.address === one.address && other.fromNs < one.toNs && one.fromNs < other.toNs)
      .map((other): [Lease, Lease] => [one, other]),
  );

describe('a pool of leases', () => {
  test('gives who comes back the address it had, and others the one free for longest', () => {
    const pool = new LeasePool(POOL, 600 * NS_PER_S);
    const takes = (device: number, s: number) => pool.begin(device, at(s))?.address;
    expect([1, 2, 3, 4].map((device) => takes(device, 0))).toEqual([FIRST, FIRST + 1, FIRST + 2, FIRST + 3]);
    expect(takes(5, 1)).toBeUndefined();
    expect(pool.refusals).toBe(1);
    pool.end(3, at(10), true);
    pool.end(1, at(20), true);
    pool.end(2, at(30), true);
    expect(takes(5, 40)).toBe(FIRST + 2);
    expect(takes(2, 40)).toBe(FIRST + 1);
    expect(takes(3, 40)).toBe(FIRST);
  });

  test('keeps the address of who just goes until a lease after the last renewal at half of it', () => {
    const pool = new LeasePool(POOL, 600 * NS_PER_S);
    pool.begin(1, at(0));
    pool.end(1, at(950), false);
    expect(pool.leases).toMatchObject([{ device: 1, fromNs: 0, toNs: at(1_500) }]);
    pool.begin(1, at(1_499));
    pool.end(1, at(1_600), false);
    expect(pool.leases).toMatchObject([{ device: 1, fromNs: 0, toNs: at(2_099) }]);
    pool.begin(1, at(2_099));
    expect(pool.leases).toMatchObject([{ toNs: at(2_099) }, { address: FIRST, fromNs: at(2_099), toNs: Infinity }]);
  });

  test('never lends an address to two at once, and each lease lasts some whole milliseconds', () => {
    const step = fc.record({
      waitUs: fc.integer({ min: 0, max: 400_000_000 }),
      device: fc.integer({ min: 0, max: 8 }),
      lingersUs: fc.integer({ min: 0, max: 5_000 }),
      isReleased: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pool = new LeasePool(POOL, 600 * NS_PER_S);
        const there = new Set<number>();
        let nowUs = 0;
        for (const { waitUs, device, lingersUs, isReleased } of steps) {
          nowUs += waitUs;
          if (there.delete(device)) pool.end(device, trueNs((nowUs + lingersUs) * 1_000), isReleased);
          else if (pool.begin(device, trueNs(nowUs * 1_000)) !== undefined) there.add(device);
        }
        expect(clashes(pool.leases)).toEqual([]);
        for (const { fromNs, toNs } of pool.leases) {
          expect(toNs).toBeGreaterThan(fromNs);
          expect(fromNs % NS_PER_MS).toBe(0);
          if (toNs !== Infinity) expect(toNs % NS_PER_MS).toBe(0);
        }
      }),
    );
  });
});

describe('an office that lends addresses to its guests', () => {
  const OFFICE = { employees: 3, guests: 30, dhcp: { pool: '10.0.7.0/28' } };
  const office = openOffice({ office: OFFICE });
  const trains = trainsOf(office);
  const isGuest = ({ connection }: PacketTrain): boolean => office.devices[connection.device]?.kind === 'guest phone';
  const lastNs = ({ startNs, intervalNs, packets }: PacketTrain): number => startNs + intervalNs * (packets - 1);

  test('lends an address to several a day, never to two at once', () => {
    expect(clashes(office.leases)).toEqual([]);
    const holders = new Map<number, Set<number>>();
    for (const { address, device } of office.leases) holders.set(address, (holders.get(address) ?? new Set()).add(device));
    expect(Math.max(...[...holders.values()].map(({ size }) => size))).toBeGreaterThan(1);
    for (const address of holders.keys()) expect(address >>> 4).toBe(parsePrefix('10.0.7.0/28')!.address >>> 4);
  });

  test('has each packet of a guest within a lease of that guest', () => {
    const guests = trains.filter(isGuest);
    expect(guests.length).toBeGreaterThan(1_000);
    const outside = guests.filter(
      (train) =>
        !office.leases.some(
          ({ device, address, fromNs, toNs }) =>
            device === train.connection.device &&
            address === train.connection.insideAddress &&
            fromNs <= train.startNs &&
            lastNs(train) <= toNs,
        ),
    );
    expect(outside).toEqual([]);
  });

  test('does the same by the same seed', () => {
    const again = openOffice({ office: OFFICE });
    expect(trainsOf(again)).toEqual(trains);
    expect(again.leases).toEqual(office.leases);
    const other = openOffice({ office: OFFICE, seed: 2 });
    trainsOf(other);
    expect(other.leases).not.toEqual(office.leases);
  });

  /** What each device sent and got, by its name. */
  const packetsOf = (run: PacketTrain[], devices: typeof office.devices, hasAddress: boolean): Map<string, string[]> => {
    const byDevice = new Map<string, string[]>();
    for (const { connection, startNs, direction, intervalNs, packets, octets, tcpFlags } of run) {
      const { device, protocol, insidePort, serverAddress, serverPort, insideAddress } = connection;
      const ends = [protocol, hasAddress ? insideAddress : '', insidePort, serverAddress, serverPort];
      const name = devices[device]?.name ?? '';
      const own = byDevice.get(name) ?? [];
      own.push([startNs, direction, ...ends, intervalNs, packets, octets, tcpFlags].join(' '));
      byDevice.set(name, own);
    }
    return byDevice;
  };

  test('changes nothing of anybody but addresses: when they send, what, and from which port', () => {
    const without = openOffice({ office: { ...OFFICE, dhcp: undefined } });
    expect(office.leaseRefusals).toBe(0);
    expect(packetsOf(trains, office.devices, false)).toEqual(packetsOf(trainsOf(without), without.devices, false));
  });

  test('has nobody else’s packets changed by a person more, and of a guest more only addresses', () => {
    const more = openOffice({ office: { ...OFFICE, employees: 4 } });
    const after = packetsOf(trainsOf(more), more.devices, true);
    for (const [name, own] of packetsOf(trains, office.devices, true)) expect(after.get(name)).toEqual(own);
    const guest = openOffice({ office: { ...OFFICE, guests: 31 } });
    const afterGuest = packetsOf(trainsOf(guest), guest.devices, false);
    for (const [name, own] of packetsOf(trains, office.devices, false)) expect(afterGuest.get(name)).toEqual(own);
  });

  describe('and to people', () => {
    const PEOPLE = [{ name: 'John', ip: '10.0.0.10' }, { name: 'Sarah' }];
    const LENDING = { ...OFFICE, dhcp: { ...OFFICE.dhcp, people: true } };
    const lending = openOffice({ office: LENDING, people: PEOPLE });
    const lent = trainsOf(lending);
    const computers = lending.devices.flatMap(({ kind, person = '' }, device) =>
      kind === 'computer' ? [{ device, person }] : [],
    );
    const withLeases = new Set(lending.leases.map(({ device }) => device));

    test('but for who has an address of his own', () => {
      expect(computers.map(({ person }) => person).slice(0, 2)).toEqual(['John', 'Sarah']);
      expect(computers.map(({ device }) => withLeases.has(device))).toEqual([false, true, true]);
      expect(clashes(lending.leases)).toEqual([]);
      const addresses = lent.filter(({ connection }) => connection.device === computers[0]?.device);
      expect(new Set(addresses.map(({ connection }) => connection.insideAddress))).toEqual(
        new Set([parsePrefix('10.0.0.10/32')!.address]),
      );
    });

    test('has each of their packets within a lease of theirs', () => {
      const theirs = lent.filter(({ connection }) => withLeases.has(connection.device));
      expect(theirs.length).toBeGreaterThan(1_000);
      const stray = theirs.filter(
        (train) =>
          !lending.leases.some(
            ({ device, address, fromNs, toNs }) =>
              device === train.connection.device &&
              address === train.connection.insideAddress &&
              fromNs <= train.startNs &&
              lastNs(train) <= toNs,
          ),
      );
      expect(stray).toEqual([]);
    });

    test('changes nothing of anybody but addresses', () => {
      const without = openOffice({ office: { ...OFFICE, dhcp: undefined }, people: PEOPLE });
      expect(lending.leaseRefusals).toBe(0);
      expect(packetsOf(lent, lending.devices, false)).toEqual(packetsOf(trainsOf(without), without.devices, false));
    });

    test('but on IPv6 alone, where there is nothing to lend', () => {
      const office = openOffice({ office: { ...LENDING, ipv6: { mode: 'ipv6-only' } }, people: PEOPLE });
      trainsOf(office);
      expect(office.leases).toEqual([]);
    });
  });

  test('leaves whoever finds no free address without one, and counts it', () => {
    const small = openOffice({ office: { ...OFFICE, dhcp: { pool: '10.0.7.0/30' } } });
    const sent = trainsOf(small).filter(({ connection }) => small.devices[connection.device]?.kind === 'guest phone');
    expect(small.leaseRefusals).toBeGreaterThan(0);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.length).toBeLessThan(trains.filter(isGuest).length);
    expect(clashes(small.leases)).toEqual([]);
  });

  test('keeps the pool for itself', () => {
    const device = { name: 'printer', ip: '10.0.7.3' };
    expect(() => openOffice({ office: { ...OFFICE, devices: [device] } })).toThrow(
      'office.devices[0].ip "10.0.7.3" is already the address of the DHCP server to lend',
    );
    expect(() => openOffice({ office: { dhcp: { pool: '10.9.7.0/28' }, network: '10.0.0.0/20' } })).toThrow(
      'office.dhcp.pool "10.9.7.0" is outside the office\'s network 10.0.0.0/20',
    );
    expect(officeSchema.safeParse({ dhcp: { pool: '10.0.0.0/8' } }).error?.issues[0]?.message).toContain('/20 to /30');
  });
});
