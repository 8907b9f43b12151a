import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prefixHas } from '../../../core/net/address.ts';
import { PROTOCOL_ICMP } from '../../../core/net/icmp.ts';
import { PROTOCOL_TCP, TCP_FIN, TCP_RST, TCP_SYN, type PacketTrain } from '../../../core/net/packet-train.ts';
import { NS_PER_S } from '../../../core/time/instant.ts';
import { remarks } from './engineers-eye.ts';
import { HOUR_NS, openOffice, trainsOf } from './run-office.ts';

const SMALL = { office: { employees: 4 }, hours: 3 };
const seeds = fc.integer({ min: 0, max: 0xffffffff });

const someActivities = [
  { do: 'watch', at: '08:20', application: 'netflix', minutes: 20, megabytes: 60 },
  { do: 'meet', at: '09:00', application: 'zoom', minutes: 15 },
  { do: 'share', at: '08:10', minutes: 20, megabytes: 30 },
];

/** What somebody outside can tell about a train: everything but numbers that count the whole office. */
const visible = ({ connection, ...train }: PacketTrain): string => {
  const { insidePort, serverAddress, serverPort, protocol, serverName, dnsAnswer } = connection;
  return JSON.stringify([train, insidePort, serverAddress, serverPort, protocol, serverName, dnsAnswer]);
};

function byAddress(trains: readonly PacketTrain[]): Map<number, string[]> {
  const result = new Map<number, string[]>();
  for (const train of trains) {
    const { insideAddress } = train.connection;
    const list = result.get(insideAddress);
    if (list === undefined) result.set(insideAddress, [visible(train)]);
    else list.push(visible(train));
  }
  return result;
}

/** The longest from one beat of a connection that is only kept to the next. */
const LONGEST_BEAT_S = 16 * 60;
const LARGEST_BEAT_OCTETS = 750;

/**
 * Whether packets can pass like this: none larger than an Ethernet allows, none later than a second after the one before
 * unless they are beats that keep a connection, or wait for a telephone to be answered.
 */
function isPossible({ startNs, intervalNs, packets, octets }: PacketTrain): boolean {
  const isWhole = [startNs, intervalNs, packets, octets].every(Number.isSafeInteger);
  const isSmall = octets <= packets * LARGEST_BEAT_OCTETS;
  const longestNs = (isSmall ? LONGEST_BEAT_S : 1) * NS_PER_S;
  const isEven = packets === 1 ? intervalNs === 0 : packets > 1 && intervalNs > 0 && intervalNs <= longestNs;
  return isWhole && isEven && octets >= packets * 20 && octets <= packets * 1_500;
}

describe('trains', () => {
  test('leave in order, whole, and no faster or larger than packets can be', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const people = [{ name: 'Kim', habits: 'worker', activities: someActivities }];
        let last = 0;
        const wrong = trainsOf(openOffice({ ...SMALL, seed, people })).filter((train) => {
          const isInOrder = train.startNs >= last;
          last = train.startNs;
          return !isInOrder || !isPossible(train);
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  test('are the same however often the office is woken', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 3_600 }), (seed, stepS) => {
        const often = trainsOf(openOffice({ ...SMALL, seed }));
        expect(trainsOf(openOffice({ ...SMALL, seed }), stepS * NS_PER_S)).toEqual(often);
      }),
      { numRuns: 5 },
    );
  });

  test('are not handed out before they start', () => {
    const office = openOffice(SMALL);
    for (let next = office.nextTimeout(); next !== undefined; next = office.nextTimeout()) {
      office.handleTimeout(next);
      for (let train = office.poll(); train !== undefined; train = office.poll()) expect(train.startNs).toBe(next);
    }
  });

  test('depend on the seed alone', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const once = trainsOf(openOffice({ ...SMALL, seed }));
        expect(trainsOf(openOffice({ ...SMALL, seed }))).toEqual(once);
        expect(trainsOf(openOffice({ ...SMALL, seed: seed ^ 1 }))).not.toEqual(once);
      }),
      { numRuns: 5 },
    );
  });

  test('of everybody else stay as they are when a person comes', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 8 }), (seed, employees) => {
        const kim = { name: 'Kim', activities: someActivities };
        const lee = { name: 'Lee', habits: 'sales', activities: someActivities.slice(0, 1) };
        const before = byAddress(trainsOf(openOffice({ seed, hours: 3, office: { employees }, people: [kim] })));
        const office = openOffice({ seed, hours: 3, office: { employees: employees + 1 }, people: [kim, lee] });
        const after = byAddress(trainsOf(office));
        const added = office.devices.find(({ person }) => person === 'Lee')?.address ?? -1;
        expect(before.has(added)).toBe(false);
        expect(after.delete(added)).toBe(true);
        expect(after).toEqual(before);
      }),
      { numRuns: 8 },
    );
  });
});

describe('an ordinary day of 50 people', () => {
  const office = openOffice({});
  const trains = trainsOf(office);
  const connections = [...new Map(trains.map(({ connection }) => [connection.id, connection])).values()];

  test('has 50 people with a name and an address of their own inside the network', () => {
    expect(office.devices).toHaveLength(50);
    expect(new Set(office.devices.map(({ person }) => person)).size).toBe(50);
    expect(new Set(office.devices.map(({ name }) => name)).size).toBe(50);
    expect(new Set(office.devices.map(({ address }) => address)).size).toBe(50);
    const network = { address: 0x0a000000, length: 16 };
    expect(office.devices.every(({ address }) => prefixHas(network, address))).toBe(true);
    expect(office.devices[0]?.address).toBe(0x0a00010a);
  });

  test('has 400 to 1700 connections each who is there, 900 or so on average, and one in ten or fewer are not there', () => {
    const counts = office.devices.map((_, device) => connections.filter((connection) => connection.device === device).length);
    const present = counts.filter((count) => count > 10);
    expect(present.length).toBeGreaterThanOrEqual(43);
    for (const count of present) expect(count).toBeGreaterThan(400);
    for (const count of present) expect(count).toBeLessThan(1_700);
    const mean = connections.length / present.length;
    expect(mean).toBeGreaterThan(750);
    expect(mean).toBeLessThan(1_200);
  });

  test('has few trains for a TCP connection to a web server, though some carry several pages, begun by one SYN', () => {
    const web = connections.filter(({ serverName }) => serverName.endsWith('.example') && !serverName.includes('mail'));
    const ids = new Set(web.filter(({ protocol }) => protocol === PROTOCOL_TCP).map(({ id }) => id));
    const first = new Map<number, PacketTrain>();
    let count = 0;
    for (const train of trains) {
      if (!ids.has(train.connection.id)) continue;
      count++;
      if (!first.has(train.connection.id)) first.set(train.connection.id, train);
    }
    expect(count / ids.size).toBeLessThan(18);
    for (const { direction, packets, octets, tcpFlagsFirst } of first.values()) {
      expect([direction, packets, octets, tcpFlagsFirst]).toEqual(['up', 1, 60, TCP_SYN]);
    }
  });

  test('has TCP connections a network engineer finds nothing strange about', () => {
    const byConnection = new Map<number, PacketTrain[]>();
    for (const train of trains) {
      const { id, protocol } = train.connection;
      if (protocol === PROTOCOL_TCP) byConnection.set(id, [...(byConnection.get(id) ?? []), train]);
    }
    const isOver = (own: PacketTrain[]): boolean =>
      own.some(({ tcpFlagsFirst, tcpFlagsLast }) => ((tcpFlagsFirst | tcpFlagsLast) & (TCP_FIN | TCP_RST)) !== 0);
    const over = [...byConnection.values()].filter(isOver);
    expect(over.length).toBeGreaterThan(10_000);
    // Only the small ones, of which there are enough: the packets of a large one are many.
    const small = over.filter((own) => own.reduce((sum, { packets }) => sum + packets, 0) < 2_000);
    expect([...new Set(small.flatMap(remarks))]).toEqual([]);
  });

  test('asks for a name before its server is contacted, and again after 5 minutes', () => {
    const answers = new Map<string, { at: number; address: number }>();
    const opened = new Set<number>();
    for (const { connection, direction, startNs } of trains) {
      const { id, insideAddress, serverName, serverAddress, dnsAnswer } = connection;
      const key = `${insideAddress} ${serverName}`;
      if (dnsAnswer !== 0) {
        if (direction === 'down') answers.set(key, { at: startNs, address: dnsAnswer });
        continue;
      }
      if (serverName === '' || opened.has(id)) continue;
      opened.add(id);
      const answer = answers.get(key);
      expect(answer?.address).toBe(serverAddress);
      expect(startNs - (answer?.at ?? 0)).toBeLessThan(302 * NS_PER_S);
    }
    expect(opened.size).toBeGreaterThan(10_000);
  });

  test('never uses a port again for the same server within 5 minutes', () => {
    const used = new Map<string, number>();
    const seen = new Set<number>();
    const again: PacketTrain[] = [];
    for (const train of trains) {
      const { id, insideAddress, insidePort, serverAddress, serverPort } = train.connection;
      const key = `${insideAddress} ${insidePort} ${serverAddress} ${serverPort}`;
      const lastUse = used.get(key) ?? -Infinity;
      // IKE has ports of its own, ICMP none.
      if (serverPort === 500 || serverPort === 4_500 || train.connection.protocol === PROTOCOL_ICMP) continue;
      if (insidePort < 49_152 || (!seen.has(id) && train.startNs - lastUse <= 300 * NS_PER_S)) again.push(train);
      seen.add(id);
      used.set(key, train.startNs);
    }
    expect(again).toEqual([]);
  });

  test('numbers connections without a gap', () => {
    expect(connections.map(({ id }) => id).sort((a, b) => a - b)).toEqual(connections.map((_, index) => index));
  });

  test('is quieter before 8:15 than at 10', () => {
    const between = (from: number, to: number): number =>
      trains.filter(({ startNs }) => startNs >= from * HOUR_NS && startNs < to * HOUR_NS).length;
    expect(between(0, 0.25)).toBeLessThan(between(2, 2.25) / 2);
    expect(between(4.25, 4.5)).toBeLessThan(between(2, 2.25));
  });
});

test('without people and devices nothing ever happens', () => {
  expect(trainsOf(openOffice({ office: { employees: 0 } }))).toEqual([]);
});

test('a device nobody listed has some web and DNS traffic', () => {
  const office = openOffice({ office: { employees: 0, devices: [{ name: 'console', ip: '10.0.77.7', kind: 'game console' }] } });
  expect(office.devices).toEqual([
    { address: 0x0a004d07, ipv6Address: 0, name: 'console', kind: 'game console', inventoried: false },
  ]);
  const ports = new Set(trainsOf(office).map(({ connection }) => connection.serverPort));
  expect(ports.has(443) && ports.has(53)).toBe(true);
});

test('activityScale 0 leaves what is scripted', () => {
  const people = [{ name: 'Kim', activities: someActivities }];
  const trains = trainsOf(openOffice({ office: { employees: 9, activityScale: 0 }, people }));
  expect(trains.length).toBeGreaterThan(0);
  expect(trains.every(({ connection }) => connection.device === 0)).toBe(true);
});
