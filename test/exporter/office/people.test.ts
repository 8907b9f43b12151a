import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PacketTrain } from '../../../core/net/packet-train.ts';
import { prefixHas } from '../../../core/net/address.ts';
import { Random } from '../../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { serviceAt } from '../../../exporter/office/internet/catalogue.ts';
import { drawWorkDay, isWeekend, NS_PER_HOUR } from '../../../exporter/office/schedule.ts';
import { HOUR_NS, MONDAY, octetsOf, openOffice, trainsOf } from './run-office.ts';

const applicationOf = ({ connection }: PacketTrain): string | undefined =>
  serviceAt(connection.serverAddress, connection.serverPort)?.application;

describe('a working day', () => {
  const hours = { arrive: [8, 9], leave: [17, 18] } as const;
  const days = (unixMs: number) =>
    Array.from({ length: 2_000 }, (_, seed) => drawWorkDay(new Random(1).fork(`day:${seed}`), trueNs(0), unixMs, hours));

  test('is a day off now and then, and hardly anybody comes at week-ends', () => {
    const present = (unixMs: number): number => days(unixMs).filter((day) => day !== undefined).length / 2_000;
    expect(present(MONDAY.unixMs)).toBeGreaterThan(0.92);
    expect(present(MONDAY.unixMs)).toBeLessThan(0.96);
    expect(present(MONDAY.unixMs + 5 * 86_400_000)).toBeLessThan(0.06);
  });

  test('begins and ends as the habits say, but for those who are late, with lunch in between', () => {
    const present = days(MONDAY.unixMs).filter((day) => day !== undefined);
    const late = present.filter(({ arriveNs }) => arriveNs > 9 * NS_PER_HOUR);
    expect(late.length / present.length).toBeGreaterThan(0.02);
    expect(late.length / present.length).toBeLessThan(0.09);
    for (const { arriveNs, lunchBeginNs, lunchEndNs, leaveNs } of present) {
      expect(arriveNs).toBeGreaterThanOrEqual(8 * NS_PER_HOUR);
      expect(arriveNs).toBeLessThan(lunchBeginNs);
      expect(lunchBeginNs).toBeLessThan(lunchEndNs);
      expect(leaveNs).toBeGreaterThanOrEqual(17 * NS_PER_HOUR);
    }
  });

  test('knows Saturday and Sunday as the calendar does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (unixMs) => {
        expect(isWeekend(unixMs)).toBe([0, 6].includes(new Date(unixMs).getUTCDay()));
      }),
    );
  });
});

describe('a week of 30 people', () => {
  const office = openOffice({ office: { employees: 30 }, hours: 6 * 24 });
  const octetsByHour = Array.from({ length: 6 * 24 }, () => 0);
  const streamed = new Map<string, Set<number>>();
  for (const train of trainsOf(office)) {
    const hour = Math.floor(train.startNs / HOUR_NS);
    octetsByHour[hour] = (octetsByHour[hour] ?? 0) + train.octets;
    const { connection, startNs } = train;
    if (connection.serverPort !== 3_480 && connection.serverPort !== 8_801) continue;
    // Who sends media to the same relay in the same five minutes is in one meeting.
    const meeting = `${connection.serverAddress} ${Math.floor(startNs / (300 * NS_PER_S))}`;
    streamed.set(meeting, (streamed.get(meeting) ?? new Set()).add(connection.device));
  }
  /** Hours after 8:00 on Monday. */
  const between = (from: number, to: number): number => octetsByHour.slice(from, to).reduce((sum, octets) => sum + octets, 0);

  test('has busy days, quiet nights and an empty Saturday', () => {
    for (let day = 0; day < 5; day++) {
      const working = between(24 * day, 24 * day + 10);
      expect(between(24 * day + 11, 24 * day + 23)).toBeLessThan(working / 5);
      expect(working).toBeGreaterThan(2e9);
    }
    expect(between(5 * 24, 5 * 24 + 10)).toBeLessThan(between(4 * 24, 4 * 24 + 10) / 5);
  });

  test('has meetings that several join at once', () => {
    const sizes = [...streamed.values()].map(({ size }) => size);
    expect(sizes.filter((size) => size >= 3).length).toBeGreaterThan(60);
  });

  test('has traffic of the office with itself, which never comes to the router', () => {
    expect(office.lan.octets).toBeGreaterThan(1e8);
    const again = openOffice({ office: { employees: 30 }, hours: 8 });
    const network = { address: 0x0a000000, length: 16 };
    expect(trainsOf(again).filter(({ connection }) => prefixHas(network, connection.serverAddress))).toEqual([]);
    expect(again.lan.trains).toBeGreaterThan(100);
  });
});

describe('things and guests', () => {
  const device = (kind: string, ip: string): object => ({ name: kind, ip, kind, inventoried: true });
  const devices = [
    device('camera', '10.0.8.1'),
    device('printer', '10.0.8.2'),
    device('server', '10.0.8.3'),
    device('desk phone', '10.0.8.4'),
  ];
  const office = openOffice({ office: { employees: 0, devices, guests: 6 }, hours: 24 });
  const trains = trainsOf(office);
  const of = (index: number): PacketTrain[] => trains.filter(({ connection }) => connection.device === index);
  const upPart = (own: readonly PacketTrain[]): number =>
    octetsOf(own.filter(({ direction }) => direction === 'up')) / octetsOf(own);

  test('a camera sends all day, nearly all of it up', () => {
    const film = of(0).filter((train) => applicationOf(train) === 'camera-cloud');
    expect(octetsOf(film)).toBeGreaterThan(2e8);
    expect(octetsOf(film)).toBeLessThan(5e9);
    expect(upPart(film)).toBeGreaterThan(0.95);
  });

  test('a printer reports once an hour', () => {
    const reports = new Set(of(1).filter((train) => applicationOf(train) === 'printer-telemetry').map(({ connection }) => connection.id)); // prettier-ignore
    expect(reports.size).toBeGreaterThanOrEqual(15);
    expect(reports.size).toBeLessThanOrEqual(25);
  });

  test('a server backs up between one and five at night', () => {
    const backup = of(2).filter((train) => applicationOf(train) === 'cloud-backup');
    expect(octetsOf(backup)).toBeGreaterThan(1e8);
    expect(backup.every(({ startNs }) => startNs >= 17 * HOUR_NS && startNs < 21 * HOUR_NS)).toBe(true);
    expect(upPart(backup)).toBeGreaterThan(0.95);
  });

  test('a telephone keeps its mapping with a packet every 24 to 29 seconds, in calls with 50 a second', () => {
    const telephone = of(3).filter((train) => applicationOf(train) === 'voip');
    const beats = telephone.filter(({ intervalNs }) => intervalNs >= 24 * NS_PER_S && intervalNs <= 29 * NS_PER_S);
    expect(beats.reduce((sum, { packets }) => sum + packets, 0)).toBeGreaterThan(2 * 2_200);
    // A single packet is one that comes when the telephone has been hung up.
    const voice = telephone.filter(({ octets, packets }) => octets === packets * 200 && packets > 1);
    expect(voice.length).toBeGreaterThan(0);
    expect(voice.every(({ connection, intervalNs }) => connection.insidePort % 2 === 0 && intervalNs === NS_PER_S / 50)).toBe(
      true,
    );
  });

  test('guests are known to the inventory, live near the upper end of the network and do not all come', () => {
    const guests = office.devices.slice(4);
    expect(guests.map(({ name, inventoried }) => [name, inventoried])).toEqual(
      [1, 2, 3, 4, 5, 6].map((number) => [`guest ${number}`, true]),
    );
    expect(guests.every(({ address }) => address >= 0x0a00fe00 && address < 0x0a00ff00)).toBe(true);
    const busy = guests.filter((_, index) => of(4 + index).length > 0);
    expect(busy.length).toBeGreaterThan(2);
  });
});
