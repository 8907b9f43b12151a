import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PROTOCOL_TCP, PROTOCOL_UDP, trainEnd, type PacketTrain } from '../../../core/net/packet-train.ts';
import { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { Host } from '../../../exporter/office/host.ts';
import { serverAt } from '../../../exporter/office/internet/server.ts';
import { QuicSession } from '../../../exporter/office/transport/quic-session.ts';
import { MIN_TRANSFER_OCTETS } from '../../../exporter/office/transport/session.ts';
import { fetchOnce } from '../../../exporter/office/transport/tcp-fetch.ts';
import { TcpSession } from '../../../exporter/office/transport/tcp-session.ts';
import { Wire } from '../../../exporter/office/wire.ts';
import { remarks } from './engineers-eye.ts';
import { octetsOf } from './run-office.ts';

function bench() {
  const wire = new Wire(trueNs(1e15));
  const host = new Host(0, { ipv4: 0x0a00010a, ipv6: 0, nat64Prefix: undefined }, new Random(1), wire);
  const sent = (): PacketTrain[] => {
    const trains: PacketTrain[] = [];
    for (let train = wire.take(trueNs(1e15)); train !== undefined; train = wire.take(trueNs(1e15))) trains.push(train);
    return trains;
  };
  return { host, sent };
}

const transfers = fc.array(
  fc.record({
    direction: fc.constantFrom('up' as const, 'down' as const),
    octets: fc.integer({ min: MIN_TRANSFER_OCTETS, max: 20_000_000 }),
    bitsPerSecond: fc.integer({ min: 1_000, max: 1_000_000_000 }),
  }),
  { minLength: 1, maxLength: 8 },
);

const kinds = [
  ['TCP', (host: Host) => new TcpSession(host, serverAt(0xc6120101, PROTOCOL_TCP, 443, 'a.example'), 0)],
  ['QUIC', (host: Host) => new QuicSession(host, serverAt(0xc6120101, PROTOCOL_UDP, 443, 'a.example'), 0)],
] as const;

describe.each(kinds)('a %s session', (_, open) => {
  test('takes its overhead and what is transferred, ends when it says, and is as regular as packets are', () => {
    fc.assert(
      fc.property(transfers, (steps) => {
        const { host, sent } = bench();
        const session = open(host);
        let now = session.open(trueNs(0));
        for (const { direction, octets, bitsPerSecond } of steps) {
          const begin = now;
          const wantedNs = session.transferNs(direction, octets, bitsPerSecond);
          now = session.transfer(direction, now, octets, bitsPerSecond);
          expect(now - begin).toBe(wantedNs);
        }
        const end = session.close(now);
        expect(end - now).toBe(session.closeNs);
        const trains = sent();
        expect(octetsOf(trains)).toBe(session.overheadOctets + steps.reduce((sum, { octets }) => sum + octets, 0));
        expect(Math.max(...trains.map(trainEnd))).toBe(end);
        for (const { packets, octets, intervalNs } of trains) {
          expect(octets).toBeGreaterThanOrEqual(packets * 40);
          expect(octets).toBeLessThanOrEqual(packets * 1_500);
          expect(intervalNs).toBeLessThanOrEqual(1_000_000_000);
        }
      }),
    );
  });
});

test('a fetch carries its request and its response, and takes as long as its last packet', () => {
  const requests = fc.integer({ min: 0, max: 20_000 });
  const responses = fc.integer({ min: 0, max: 3_000_000 });
  fc.assert(
    fc.property(requests, responses, (requestOctets, responseOctets) => {
      const { host, sent } = bench();
      const server = serverAt(0xc6121001, PROTOCOL_TCP, 443, 'a.example');
      const end = fetchOnce(host, trueNs(0), { server, activity: -1, requestOctets, responseOctets, bitsPerSecond: 40e6 });
      const trains = sent();
      expect(Math.max(...trains.map(trainEnd))).toBe(end);
      expect(octetsOf(trains)).toBeGreaterThan(requestOctets + responseOctets);
      expect(remarks(trains)).toEqual([]);
    }),
  );
});

test('whatever is transferred, each burst begins with the client and everything is acknowledged', () => {
  fc.assert(
    fc.property(transfers, fc.boolean(), (steps, isResumed) => {
      const { host, sent } = bench();
      const session = new TcpSession(host, serverAt(0xc6120101, PROTOCOL_TCP, 443, 'a.example'), 0, isResumed);
      let now = session.open(trueNs(0));
      for (const { direction, octets, bitsPerSecond } of steps)
        now = after(session.transfer(direction, now, octets, bitsPerSecond), 3 * NS_PER_S);
      session.close(now);
      expect(remarks(sent())).toEqual([]);
    }),
    { numRuns: 20 },
  );
});
