import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { octetsOfFirst, type Connection, type PacketTrain } from '../../../../core/net/packet-train.ts';
import { PacketWriter } from '../../../../core/net/train-packets/packet-writer.ts';
import { trueNs } from '../../../../core/time/instant.ts';
import { naivePackets, NaiveTcp, type NaivePacket } from '../../../support/naive-packets.ts';

const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 8) + 999 };
const EPOCH_NS = BigInt(EPOCH.unixMs) * 1_000_000n;
const PUBLIC = { address: 0xcb007101, port: 61_000 };
const NEVER = trueNs(Number.MAX_SAFE_INTEGER);
const [SYN, FIN, ACK, PSH] = [0x02, 0x01, 0x10, 0x08];

const connection = (id: number, protocol: number, serverPort: number, more: Partial<Connection> = {}): Connection => ({
  id,
  device: 0,
  activity: -1,
  protocol,
  insideAddress: 0x0a00010a,
  insidePort: 50_000 + id,
  serverAddress: 0xc6120101,
  serverPort,
  serverName: 'www.example.org',
  dnsAnswer: 0,
  calledAddress: 0,
  calledPort: 0,
  ...more,
});

const train = (of: Connection, more: Partial<PacketTrain>): PacketTrain => ({
  connection: of,
  direction: 'up',
  startNs: trueNs(0),
  intervalNs: 0,
  packets: 1,
  octets: 60,
  tcpFlagsFirst: 0,
  tcpFlags: 0,
  tcpFlagsLast: 0,
  ...more,
});

/** The packets of trains, those before each of `pauses` asked for first. */
function packetsOf(trains: readonly PacketTrain[], point: 'lan' | 'wan' = 'lan', pauses: readonly number[] = []): NaivePacket[] {
  const writer = new PacketWriter(EPOCH, point);
  const records: Buffer[] = [];
  const write = (until: number): void => {
    for (let record = writer.next(trueNs(until)); record !== undefined; record = writer.next(trueNs(until)))
      records.push(Buffer.from(record));
  };
  const waiting = [...trains].sort((one, other) => one.startNs - other.startNs);
  for (const pause of [...pauses].sort((one, other) => one - other)) {
    while (waiting[0] !== undefined && waiting[0].startNs < pause)
      writer.add(waiting.shift() as PacketTrain, PUBLIC.address, PUBLIC.port);
    write(pause);
  }
  for (const each of waiting) writer.add(each, PUBLIC.address, PUBLIC.port);
  write(NEVER);
  return [...naivePackets(Buffer.concat(records))];
}

const flags = fc.constantFrom(SYN, SYN | ACK, ACK, PSH | ACK, 0, 0xff & ~(FIN | 0x04));

/** Trains of up to four connections. What both sides have ended is forgotten, so here the inside alone ends anything. */
const trains = fc.array(
  fc
    .record({
      id: fc.nat(3),
      isUp: fc.boolean(),
      startNs: fc.nat(50_000_000),
      intervalNs: fc.nat(4_000_000),
      packets: fc.integer({ min: 1, max: 12 }),
      each: fc.integer({ min: 40, max: 1_500 }),
      remainder: fc.nat(11),
      tcpFlagsFirst: flags,
      tcpFlags: flags,
      tcpFlagsLast: flags,
      ends: fc.boolean(),
    })
    .map(({ id, isUp, each, remainder, ends, packets, startNs, ...more }) => {
      const protocol = [6, 17, 6, 47][id] as number;
      const tcp = protocol === 6 ? more : {};
      const octets = each * packets + (remainder % packets);
      const ended = protocol === 6 && isUp && ends ? { tcpFlagsLast: more.tcpFlagsLast | FIN } : {};
      const direction = isUp ? 'up' : 'down';
      const shape = {
        direction,
        startNs: trueNs(startNs),
        packets,
        octets,
        intervalNs: packets === 1 ? 0 : more.intervalNs,
      } as const;
      return train(connection(id, protocol, [443, 3_478, 80, 0][id] as number), { ...tcp, ...shape, ...ended });
    }),
  { maxLength: 12 },
);

describe('whatever the trains', () => {
  test('every packet is there, at its time, with its octets, control bits and checksums', () => {
    fc.assert(
      fc.property(trains, fc.constantFrom('lan', 'wan'), (given, point) => {
        const wanted = given.flatMap((each) =>
          Array.from({ length: each.packets }, (_, index) => {
            const { connection: of, direction, tcpFlagsFirst, tcpFlags, tcpFlagsLast } = each;
            const hasPorts = of.protocol !== 47;
            const nearAddress = point === 'lan' ? of.insideAddress : PUBLIC.address;
            const near = `${nearAddress}:${hasPorts ? (point === 'lan' ? of.insidePort : PUBLIC.port) : 0}`;
            const far = `${of.serverAddress}:${of.serverPort}`;
            const atNs = EPOCH_NS + BigInt(each.startNs + index * each.intervalNs);
            const octets = octetsOfFirst(each, index + 1) - octetsOfFirst(each, index);
            const bits = index === 0 ? tcpFlagsFirst : index === each.packets - 1 ? tcpFlagsLast : tcpFlags;
            return `${atNs} ${of.protocol} ${direction === 'up' ? `${near} ${far}` : `${far} ${near}`} ${octets} ${bits}`;
          }),
        );
        const packets = packetsOf(given, point);
        const written = packets.map(
          ({ atNs, protocol, source, sourcePort, destination, destinationPort, octets, tcpFlags }) =>
            `${atNs} ${protocol} ${source}:${sourcePort} ${destination}:${destinationPort} ${octets} ${tcpFlags}`,
        );
        expect([...written].sort()).toEqual(wanted.sort());
        for (const [index, { atNs, checksumsHold }] of packets.entries()) {
          expect(atNs).toBeGreaterThanOrEqual(packets[index - 1]?.atNs ?? 0n);
          expect(checksumsHold).toBe(true);
        }
      }),
    );
  });

  test('TCP numbers have no gap and no overlap, and nothing is acknowledged that was not sent', () => {
    fc.assert(
      fc.property(trains, (given) => {
        const tcp = new NaiveTcp();
        for (const packet of packetsOf(given)) if (packet.protocol === 6) tcp.segment(packet);
        expect(tcp.wrong).toEqual([]);
      }),
    );
  });

  // But for the Identification: a side that is forgotten begins to count anew (RFC 6864 section 4.1 lets it be anything).
  test('the packets are the same however often they are asked for', () => {
    const told = ({ identification: _, ...rest }: NaivePacket): object => rest;
    fc.assert(
      fc.property(trains, fc.array(fc.nat(100_000_000), { maxLength: 6 }), (given, pauses) => {
        expect(packetsOf(given, 'lan', pauses).map(told)).toEqual(packetsOf(given).map(told));
      }),
    );
  });
});

test('a TCP connection from SYN to the last acknowledgement (RFC 9293 section 3.5)', () => {
  const of = connection(1, 6, 443);
  const tcp = (direction: 'up' | 'down', atNs: number, octets: number, tcpFlagsFirst: number): PacketTrain =>
    train(of, { direction, startNs: trueNs(atNs), octets, tcpFlagsFirst });
  const packets = packetsOf([
    tcp('up', 1, 60, SYN),
    tcp('down', 2, 60, SYN | ACK),
    tcp('up', 3, 52, ACK),
    tcp('up', 4, 152, PSH | ACK),
    tcp('down', 5, 1_052, PSH | ACK | FIN),
    train(of, { startNs: trueNs(6), intervalNs: 2, packets: 2, octets: 104, tcpFlagsFirst: ACK | FIN, tcpFlagsLast: ACK }),
    tcp('down', 7, 52, ACK),
  ]);
  const [here = 0, there = 0] = packets.map(({ sequence }) => sequence);
  const relative = (number: number, initial: number): number => (number - initial + 2 ** 32) % 2 ** 32;
  const numbers = packets.map(({ destinationPort, sequence, acknowledgement, payload }) => {
    const [own, peer] = destinationPort === 443 ? [here, there] : [there, here];
    return [relative(sequence, own), acknowledgement === 0 ? 0 : relative(acknowledgement, peer), payload.length];
  });
  expect(numbers).toEqual([
    [0, 0, 0],
    [0, 1, 0],
    [1, 1, 0],
    [1, 1, 100],
    [1, 101, 1_000],
    [101, 1_002, 0],
    [1_002, 102, 0],
    [102, 1_002, 0],
  ]);
});

test('IPv4 Identifications count from packet to packet of a side', () => {
  const of = connection(5, 17, 443);
  const packets = packetsOf([
    train(of, { packets: 40, octets: 4_000, intervalNs: 5 }),
    train(of, { direction: 'down', startNs: trueNs(3) }),
  ]);
  const ours = packets.filter(({ destinationPort }) => destinationPort === 443).map(({ identification }) => identification);
  expect(ours).toEqual(ours.map((_, index) => ((ours[0] ?? 0) + index) % 65_536));
});

test('NTP is a question of 48 octets, and an answer that names the time of the question (RFC 5905 section 7.3)', () => {
  const of = connection(2, 17, 123);
  const [question, answer] = packetsOf([
    train(of, { octets: 76 }),
    train(of, { octets: 76, direction: 'down', startNs: trueNs(20_000_000) }),
  ]).map(({ payload }) => payload);
  expect([question?.length, answer?.length]).toEqual([48, 48]);
  // Version 4, client and server.
  expect([question?.[0], answer?.[0]]).toEqual([0x23, 0x24]);
  expect(answer?.readBigUInt64BE(24)).toBe(question?.readBigUInt64BE(40));
  // Seconds since 1900, of which 2208988800 were before 1970.
  expect(question?.readUInt32BE(40)).toBe(Math.floor(EPOCH.unixMs / 1_000) + 2_208_988_800);
});

test('a packet too short for its headers or too long for IPv4 is refused', () => {
  expect(() => packetsOf([train(connection(1, 6, 443), { octets: 39 })])).toThrow(RangeError);
  expect(() => packetsOf([train(connection(1, 17, 443), { octets: 27 })])).toThrow(RangeError);
  expect(() => packetsOf([train(connection(1, 17, 443), { octets: 65_536 })])).toThrow(RangeError);
});
