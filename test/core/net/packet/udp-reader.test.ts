import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureReader } from '../../../../core/net/capture/capture-reader.ts';
import { Reassembly } from '../../../../core/net/packet/reassembly.ts';
import { UdpReader, type UdpDatagram } from '../../../../core/net/packet/udp-reader.ts';
import { ETHERTYPE, ethernet, ipv4, ipv6, pcap, uint16, uint32, zeros, type Octets } from '../../../support/captures.ts';

const UDP = 17;
const FRAGMENT_HEADER = 44;
const PAYLOAD: Octets = Array.from({ length: 100 }, (_, index) => index);
const DATAGRAM: Octets = [...uint16(4_739), ...uint16(2_055), ...uint16(108), ...uint16(0), ...PAYLOAD];
const SOURCE = 0xc0000201;

interface Frame {
  readonly octets: Octets;
  readonly timeS?: number;
}

/** The datagrams in a capture of these frames, in packets of a buffer that is written into again. */
function read(frames: readonly Frame[], reader = new UdpReader({ maxPackets: 4, timeoutS: 60 })): UdpDatagram[] {
  const capture = new CaptureReader();
  const found: UdpDatagram[] = [];
  for (const [index, { octets, timeS = 0 }] of frames.entries()) {
    const piece = pcap([{ timeS, timeNs: 0, octets }], { linkType: 1 });
    const chunk = index === 0 ? piece : piece.subarray(24);
    capture.handle(chunk);
    while (capture.next()) {
      const datagram = reader.read(capture.frame);
      if (datagram !== undefined) found.push({ ...datagram, payload: Uint8Array.from(datagram.payload) });
    }
    chunk.fill(0);
  }
  return found;
}

const v4 = (payload: Octets, fields: object = {}): Frame => ({
  octets: ethernet(ETHERTYPE.ipv4, ipv4({ source: SOURCE, destination: 1, protocol: UDP, ...fields }, payload)),
});

/** Pieces of the datagram, each of a multiple of 8 octets but the last. */
const pieces = (cuts: readonly number[], make: (begin: number, piece: Octets, hasMore: boolean) => Frame): Frame[] => {
  const begins = [0, ...[...new Set(cuts)].sort((one, other) => one - other)];
  return begins.map((begin, index) => {
    const end = begins[index + 1] ?? DATAGRAM.length;
    return make(begin, DATAGRAM.slice(begin, end), end < DATAGRAM.length);
  });
};

const fragment4 = (begin: number, piece: Octets, moreFragments: boolean): Frame =>
  v4(piece, { identification: 7, fragmentOffset: begin / 8, moreFragments });

const fragment6 = (begin: number, piece: Octets, hasMore: boolean): Frame => ({
  octets: ethernet(
    ETHERTYPE.ipv6,
    ipv6(1, 2, FRAGMENT_HEADER, [UDP, 0, ...uint16(begin | (hasMore ? 1 : 0)), ...uint32(99_999), ...piece]),
  ),
});

const cuts = fc.array(
  fc.integer({ min: 1, max: 13 }).map((unit) => 8 * unit),
  { minLength: 1, maxLength: 6 },
);

test('a datagram over IPv4 and one over IPv6, with what the link adds behind left out', () => {
  expect(read([v4(DATAGRAM)])).toEqual([
    { sourceAddress: '192.0.2.1', sourcePort: 4_739, destinationPort: 2_055, payload: Uint8Array.from(PAYLOAD) },
  ]);
  const padded = ethernet(ETHERTYPE.ipv6, [...ipv6(1, 2, UDP, DATAGRAM), 0, 0, 0, 0]);
  expect(read([{ octets: padded }])).toMatchObject([{ sourceAddress: '2001:db8::1', payload: Uint8Array.from(PAYLOAD) }]);
});

test('a capture that was cut short keeps what is there', () => {
  expect(read([{ octets: v4(DATAGRAM).octets.slice(0, 14 + 20 + 8 + 30) }])[0]?.payload).toEqual(
    Uint8Array.from(PAYLOAD.slice(0, 30)),
  );
});

test.each([
  ['IPv4 (RFC 791 section 3.2)', fragment4],
  ['IPv6 (RFC 8200 section 4.5)', fragment6],
])('fragments of %s, in any order and some twice', (_name, make) => {
  fc.assert(
    fc.property(cuts, fc.infiniteStream(fc.nat(1_000)), fc.boolean(), (at, order, isTwice) => {
      const frames = pieces(at, make);
      const sent = isTwice ? [...frames.slice(0, -1), ...frames] : frames;
      const shuffled = sent.map((frame) => [order.next().value as number, frame] as const).sort(([a], [b]) => a - b);
      const found = read(shuffled.map(([, frame]) => frame));
      expect(found[0]?.payload).toEqual(Uint8Array.from(PAYLOAD));
      expect(found.length).toBe(1);
    }),
    { numRuns: 200 },
  );
});

describe('reassembly is bounded', () => {
  const octets = new Uint8Array(8);

  test('the oldest is given up for a new one, and what is too old', () => {
    const reassembly = new Reassembly({ maxPackets: 2, timeoutS: 60 });
    for (const key of ['a', 'b', 'c']) reassembly.add(key, 0, octets, true, 0);
    expect([reassembly.waiting, reassembly.givenUp]).toEqual([2, 1]);
    expect(reassembly.add('b', 8, octets, false, 60)).toEqual(new Uint8Array(16));
    reassembly.add('d', 0, octets, true, 61);
    expect([reassembly.waiting, reassembly.givenUp]).toEqual([1, 2]);
  });

  test.each([
    [
      'that overlap (RFC 5722)',
      [
        [0, true],
        [4, true],
      ],
    ],
    [
      'behind the last one',
      [
        [64, true],
        [8, false],
      ],
    ],
    ['beyond what IP can carry', [[65_532, false]]],
  ] as const)('pieces %s give the packet up', (_name, parts) => {
    const reassembly = new Reassembly({ maxPackets: 2, timeoutS: 60 });
    for (const [offset, hasMore] of parts) expect(reassembly.add('a', offset, octets, hasMore, 0)).toBeUndefined();
    expect([reassembly.waiting, reassembly.givenUp]).toEqual([0, 1]);
  });
});

test('other protocols, and datagrams shorter than their header, are counted', () => {
  const reader = new UdpReader({ maxPackets: 1, timeoutS: 60 });
  const tcp = ethernet(ETHERTYPE.ipv4, ipv4({ source: SOURCE, destination: 1, protocol: 6 }, zeros(20)));
  expect(read([{ octets: tcp }, v4(zeros(7)), { octets: ethernet(ETHERTYPE.arp, zeros(28)) }], reader)).toEqual([]);
  expect(reader.otherFrames).toBe(3);
});
