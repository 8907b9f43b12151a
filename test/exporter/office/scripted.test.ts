import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIPv4 } from '../../../core/net/address.ts';
import {
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  TCP_ACK,
  TCP_RST,
  TCP_SYN,
  trainEnd,
  type PacketTrain,
} from '../../../core/net/packet-train.ts';
import { NS_PER_S } from '../../../core/time/instant.ts';
import { octetsOf, openOffice, trainsOf } from './run-office.ts';

const seeds = fc.integer({ min: 0, max: 0xffffffff });
const minutes = fc.integer({ min: 1, max: 90 });
const megabytes = fc.oneof(
  fc.integer({ min: 100, max: 3_000 }).map((kilobytes) => kilobytes / 1_000),
  fc.integer({ min: 1, max: 600 }),
);

/** The trains of the one thing Kim does, whatever else goes on. */
function scripted(activity: object, seed = 1): PacketTrain[] {
  const office = openOffice({ seed, hours: 4, office: { employees: 2 }, people: [{ name: 'Kim', activities: [activity] }] });
  return trainsOf(office).filter(({ connection }) => connection.activity === 0);
}

const secondsOf = (trains: readonly PacketTrain[]): number => {
  const begin = Math.min(...trains.map(({ startNs }) => startNs));
  return (Math.max(...trains.map(trainEnd)) - begin) / NS_PER_S;
};

describe('what the script says holds to the octet', () => {
  test('watching, for exactly as long', () => {
    const applications = fc.constantFrom('youtube', 'netflix', 'spotify');
    fc.assert(
      fc.property(seeds, applications, minutes, megabytes, (seed, application, minutes, megabytes) => {
        const trains = scripted({ do: 'watch', at: '09:00', application, minutes, megabytes }, seed);
        expect(octetsOf(trains)).toBe(Math.round(megabytes * 1e6));
        expect(secondsOf(trains)).toBeCloseTo(minutes * 60, 3);
      }),
      { numRuns: 40 },
    );
  });

  test('downloading', () => {
    const applications = fc.constantFrom('dropbox', 'software-download');
    fc.assert(
      fc.property(seeds, applications, megabytes, (seed, application, megabytes) => {
        const trains = scripted({ do: 'download', at: '09:00', application, megabytes }, seed);
        expect(octetsOf(trains)).toBe(Math.round(megabytes * 1e6));
      }),
      { numRuns: 40 },
    );
  });

  test('sending e-mails, each over a connection of its own', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 10, max: 900 }), (seed, count, kilobytesEach) => {
        const trains = scripted({ do: 'sendMail', at: '09:00', count, kilobytesEach }, seed);
        const sizes = new Map<number, number>();
        for (const { connection, octets } of trains) sizes.set(connection.id, (sizes.get(connection.id) ?? 0) + octets);
        expect([...sizes.values()]).toEqual(Array.from({ length: count }, () => kilobytesEach * 1_000));
      }),
      { numRuns: 40 },
    );
  });

  test('sharing, for exactly as long', () => {
    fc.assert(
      fc.property(seeds, minutes, megabytes, (seed, minutes, megabytes) => {
        const trains = scripted({ do: 'share', at: '09:00', minutes, megabytes }, seed);
        expect(octetsOf(trains)).toBe(Math.round(megabytes * 1e6));
        expect(secondsOf(trains)).toBeCloseTo(minutes * 60, 3);
      }),
      { numRuns: 40 },
    );
  });
});

test('a call lasts as long as it should: media both ways by UDP from the ports Teams uses, signalling by TCP', () => {
  const trains = scripted({ do: 'meet', at: '09:00', application: 'teams', minutes: 30 });
  expect(secondsOf(trains)).toBeGreaterThan(1_799);
  expect(secondsOf(trains)).toBeLessThanOrEqual(1_800);
  const media = trains.filter(({ connection }) => connection.protocol === PROTOCOL_UDP);
  expect(new Set(media.map(({ direction }) => direction))).toEqual(new Set(['up', 'down']));
  const portsOf = (serverPort: number) =>
    media.filter(({ connection }) => connection.serverPort === serverPort).map(({ connection }) => connection.insidePort);
  expect(new Set(portsOf(3_479))).toEqual(new Set([50_000]));
  expect(new Set(portsOf(3_480))).toEqual(new Set([50_020]));
  expect(media.every(({ connection }) => connection.serverPort >= 3_479 && connection.serverPort <= 3_481)).toBe(true);
  const signalling = trains.filter(({ connection }) => connection.protocol === PROTOCOL_TCP);
  expect(new Set(signalling.map(({ connection }) => connection.serverPort))).toEqual(new Set([443]));
  expect(octetsOf(signalling)).toBeLessThan(octetsOf(media) / 100);
});

test('who pauses a video leaves the flow idle for that long, and still has all of it in time', () => {
  const watch = { do: 'watch', at: '09:00', application: 'youtube', minutes: 20, megabytes: 100 };
  const longestGapS = (pauseSeconds: number): number => {
    const trains = scripted({ ...watch, pauseSeconds });
    expect(octetsOf(trains)).toBe(100e6);
    expect(secondsOf(trains)).toBeCloseTo(1_200, 3);
    const sizes = new Map<number, number>();
    for (const { connection, octets } of trains) sizes.set(connection.id, (sizes.get(connection.id) ?? 0) + octets);
    const [video] = [...sizes].reduce((one, other) => (other[1] > one[1] ? other : one));
    const down = trains.filter(({ connection, direction }) => connection.id === video && direction === 'down');
    return Math.max(...down.slice(1).map((train, index) => (train.startNs - trainEnd(down[index] as PacketTrain)) / NS_PER_S));
  };
  expect(longestGapS(0)).toBeLessThan(10);
  expect(longestGapS(90)).toBeGreaterThan(88);
  expect(longestGapS(90)).toBeLessThan(100);
});

test('YouTube is one long flow and short ones beside it, over QUIC for most sessions and over TCP for some', () => {
  const protocols = new Map<number, number>();
  for (let seed = 0; seed < 60; seed++) {
    const trains = scripted({ do: 'watch', at: '09:00', application: 'youtube', minutes: 10, megabytes: 80 }, seed);
    const used = new Set(trains.map(({ connection }) => connection.protocol));
    expect(used.size).toBe(1);
    for (const protocol of used) protocols.set(protocol, (protocols.get(protocol) ?? 0) + 1);
    const flows = new Set(trains.map(({ connection }) => connection.id)).size;
    expect(flows).toBeGreaterThanOrEqual(5);
    expect(flows).toBeLessThanOrEqual(9);
  }
  expect(protocols.get(PROTOCOL_UDP)).toBeGreaterThan(40);
  expect(protocols.get(PROTOCOL_TCP)).toBeGreaterThan(0);
});

test('a port scan is one SYN for each port, answered RST, or SYN-ACK where something listens', () => {
  const trains = scripted({ do: 'portScan', at: '09:00', target: '198.18.20.5', ports: 100, perSecond: 20 });
  const up = trains.filter(({ direction, tcpFlagsFirst }) => direction === 'up' && tcpFlagsFirst === TCP_SYN);
  expect(up.map(({ connection }) => connection.serverPort)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  expect(new Set(up.map(({ connection }) => formatIPv4(connection.serverAddress)))).toEqual(new Set(['198.18.20.5']));
  expect(up.every(({ packets, octets }) => packets === 1 && octets === 60)).toBe(true);
  const down = trains.filter(({ direction }) => direction === 'down');
  const open = down.filter(({ tcpFlagsFirst }) => tcpFlagsFirst === (TCP_SYN | TCP_ACK));
  const closed = down.filter(({ tcpFlagsFirst }) => tcpFlagsFirst === (TCP_RST | TCP_ACK));
  expect(open.map(({ connection }) => connection.serverPort)).toEqual([22, 80]);
  expect(closed).toHaveLength(98);
  expect(secondsOf(up)).toBeCloseTo(99 / 20, 6);
});

test('somebody with a script has it as the largest thing of the day, and the application is not generated beside it', () => {
  const people = [
    { name: 'John', activities: [{ do: 'watch', at: '10:00', application: 'youtube', minutes: 30, megabytes: 500 }] },
    { name: 'Sarah', activities: [{ do: 'sendMail', at: '09:10', count: 10, kilobytesEach: 40 }] },
    { name: 'Alex', habits: 'worker', activities: [{ do: 'download', at: '13:00', application: 'dropbox', megabytes: 2_000 }] },
  ];
  fc.assert(
    fc.property(seeds, (seed) => {
      const trains = trainsOf(openOffice({ seed, office: { employees: 3 }, people }));
      const suffixes = ['.googlevideo.com', '.mail.example', '.dropboxusercontent.com'];
      for (const [device, size] of [500e6, 0.4e6, 2_000e6].entries()) {
        const own = trains.filter(({ connection }) => connection.device === device);
        expect(octetsOf(own.filter(({ connection }) => connection.activity === device))).toBe(size);
        const rest = own.filter(({ connection }) => connection.activity !== device);
        if (device < 2) expect(octetsOf(rest)).toBeLessThan(size / 2);
        const strays = rest.filter(({ connection }) => {
          return connection.serverPort !== 53 && connection.serverName.endsWith(suffixes[device] as string);
        });
        expect(strays).toEqual([]);
      }
    }),
    { numRuns: 5 },
  );
});

test('the list of activities says whose number is whose', () => {
  const activities = [
    { do: 'meet', at: '09:00', application: 'zoom', minutes: 5 },
    { do: 'sendMail', at: '07:30', count: 1, kilobytesEach: 20 },
  ];
  const office = openOffice({ office: { employees: 2 }, people: [{ name: 'Ann' }, { name: 'Kim', activities }] });
  // 7:30 is over when the scenario begins at 8:00: it means the next morning.
  expect(office.activities.map(({ device, startNs }) => [device, startNs / (3_600 * NS_PER_S)])).toEqual([[1, 1], [1, 23.5]]); // prettier-ignore
});

describe("what is done to the office's own hosts never reaches the router", () => {
  test.each([
    { do: 'portScan', at: '09:00', target: '10.0.0.21', ports: 100 },
    { do: 'hostScan', at: '09:00', network: '10.0.1.0/24', port: 445 },
    { do: 'bruteForce', at: '09:00', target: '10.0.0.21', attempts: 20 },
    { do: 'monitor', at: '09:00', minutes: 10, network: '10.0.8.0/24' },
  ])('by a $do', (activity) => {
    const quiet = openOffice({ hours: 4, office: { employees: 2 }, people: [{ name: 'Kim', habits: 'worker' }] });
    const office = openOffice({
      hours: 4,
      office: { employees: 2 },
      people: [{ name: 'Kim', habits: 'worker', activities: [activity] }],
    });
    trainsOf(quiet);
    expect(trainsOf(office).filter(({ connection }) => connection.activity === 0)).toEqual([]);
    expect(office.lan.trains).toBeGreaterThan(quiet.lan.trains);
  });
});
