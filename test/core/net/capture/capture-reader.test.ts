import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureReader } from '../../../../core/net/capture/capture-reader.ts';
import {
  block,
  endian,
  interfaceBlock,
  packetBlock,
  pcap,
  sectionHeader,
  uint32,
  zeros,
  type Captured,
  type Octets,
} from '../../../support/captures.ts';

const PACKETS: readonly Captured[] = [
  { timeS: 1_772_438_400, timeNs: 123_456_000, octets: [1, 2, 3] },
  { timeS: 1_772_438_401, timeNs: 0, octets: [] },
  { timeS: 1_772_438_402, timeNs: 999_999_000, octets: [4, 5, 6, 7, 8], originalLength: 1_500 },
];

interface Read {
  readonly frames: (Captured & { readonly linkType: number })[];
  readonly mistakes: Record<string, number>;
  readonly unreadOctets: number;
}

/** Reads a capture in pieces of the given lengths, the rest in one; `inPlace` writes them into the reader's own memory. */
function read(capture: Uint8Array, cuts: readonly number[] = [], inPlace = false): Read {
  const reader = new CaptureReader({ maxRecordOctets: 65_536 });
  const frames: Read['frames'] = [];
  let at = 0;
  for (const length of [...cuts, capture.length]) {
    // A piece of its own, overwritten afterwards: nothing may be kept of it.
    const piece = capture.slice(at, at + length);
    at += piece.length;
    if (inPlace) {
      reader.room(piece.length).set(piece);
      reader.filled(piece.length);
    } else reader.handle(piece);
    piece.fill(0xff);
    while (reader.next()) {
      const { octets, begin, end, originalLength, linkType, timeS, timeNs } = reader.frame;
      frames.push({ timeS, timeNs, octets: [...octets.subarray(begin, end)], originalLength, linkType });
    }
  }
  reader.end();
  const mistakes = Object.fromEntries([...reader.mistakes.byCode].map(([code, { count }]) => [code, count]));
  return { frames, mistakes, unreadOctets: reader.unreadOctets };
}

const expected = (linkType: number): Read['frames'] =>
  PACKETS.map((packet) => ({ originalLength: packet.octets.length, ...packet, linkType }));

const bytes = (...parts: readonly Octets[]): Uint8Array => Uint8Array.from(parts.flat());

/** Two sections of either byte order; interfaces that count in microseconds, nanoseconds, 2^-20 s and from an offset. */
const PCAPNG = bytes(
  sectionHeader(),
  block(0xbad, zeros(8)),
  interfaceBlock(1),
  interfaceBlock(101, [[9, [9]]]),
  interfaceBlock(113, [[9, [0x80 | 20]], [14, [...[...uint32(1_000_000)].reverse(), ...zeros(4)]]]), // prettier-ignore
  packetBlock(0, 1_772_438_400_123_456n, [1, 2, 3]),
  packetBlock(1, 1_772_438_400_123_456_789n, [4]),
  packetBlock(2, 3n << 19n, [5, 6]),
  sectionHeader(false),
  interfaceBlock(228, [[9, [12]]], { littleEndian: false }),
  packetBlock(0, 1_500_000_250_000n, [7, 8, 9, 10], false),
  block(3, [...endian(false)(900), 11, 12, 13, 14], false),
);

describe('classic pcap', () => {
  test.each([true, false])(
    'is read in both byte orders, with microseconds and nanoseconds (little-endian: %s)',
    (littleEndian) => {
      for (const nanoseconds of [true, false]) {
        expect(read(pcap(PACKETS, { linkType: 101, littleEndian, nanoseconds }))).toEqual({
          frames: expected(101),
          mistakes: {},
          unreadOctets: 0,
        });
      }
    },
  );

  test('ends at a record of impossible length', () => {
    const good = pcap(PACKETS.slice(0, 1), { linkType: 1 });
    const { frames, mistakes, unreadOctets } = read(bytes([...good], zeros(8), endian(true)(65_537), zeros(100)));
    expect({ count: frames.length, mistakes, unreadOctets }).toEqual({
      count: 1,
      mistakes: { 'bad-length': 1 },
      unreadOctets: 112,
    });
  });

  test('cut within a record gives the packets before it', () => {
    const capture = pcap(PACKETS, { linkType: 1 });
    expect(read(capture.subarray(0, -1))).toMatchObject({ frames: { length: 2 }, mistakes: { 'cut-short': 1 } });
  });
});

describe('pcapng', () => {
  test('is read with its sections, interfaces and resolutions', () => {
    const { frames, mistakes } = read(PCAPNG);
    expect(mistakes).toEqual({});
    expect(frames).toEqual([
      { timeS: 1_772_438_400, timeNs: 123_456_000, octets: [1, 2, 3], originalLength: 3, linkType: 1 },
      { timeS: 1_772_438_400, timeNs: 123_456_789, octets: [4], originalLength: 1, linkType: 101 },
      { timeS: 1_000_001, timeNs: 500_000_000, octets: [5, 6], originalLength: 2, linkType: 113 },
      { timeS: 1, timeNs: 500_000_250, octets: [7, 8, 9, 10], originalLength: 4, linkType: 228 },
      { timeS: 1, timeNs: 500_000_250, octets: [11, 12, 13, 14], originalLength: 900, linkType: 228 },
    ]);
  });

  test('goes on behind a block that is wrong in itself', () => {
    const orphan = packetBlock(7, 0n, [1]);
    const overrun = block(6, [...zeros(12), ...endian(true)(100), ...zeros(4)]);
    const differing = [...packetBlock(0, 0n, [1]).slice(0, -4), ...zeros(4)];
    const capture = bytes(sectionHeader(), interfaceBlock(1), orphan, overrun, differing, packetBlock(0, 0n, [2]));
    const { frames, mistakes } = read(capture);
    expect(frames.map(({ octets }) => octets)).toEqual([[1], [2]]);
    expect(mistakes).toEqual({ 'unknown-interface': 1, 'packet-overruns-block': 1, 'lengths-differ': 1 });
  });
});

describe('whatever the octets', () => {
  const captures = [pcap(PACKETS, { linkType: 1 }), pcap(PACKETS, { linkType: 1, littleEndian: false }), PCAPNG];

  test('cut at any place, a capture gives the same packets', () => {
    for (const capture of captures) {
      const whole = read(capture);
      for (let cut = 0; cut <= capture.length; cut++) expect(read(capture, [cut])).toEqual(whole);
      expect(read(capture, new Array<number>(capture.length).fill(1))).toEqual(whole);
    }
  });

  test('changed, shortened or invented ones are read to the end, the same however they come', () => {
    const mutated = fc
      .tuple(fc.constantFrom(...captures), fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }), fc.nat(400))
      .map(([capture, changes, length]) => {
        const copy = capture.slice(0, capture.length - (length % 50));
        for (const [at, value] of changes) copy[at % copy.length] = value;
        return copy;
      });
    const invented = fc.uint8Array({ maxLength: 200 });
    const cuts = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.oneof(mutated, invented), cuts, (capture, pieces) => {
        expect(read(capture, pieces)).toEqual(read(capture));
        expect(read(capture, pieces, true)).toEqual(read(capture));
      }),
      { numRuns: 2_000 },
    );
  });

  test('what is no capture is said to be none', () => {
    expect(read(Uint8Array.from([1, 2, 3, 4, 5]))).toEqual({ frames: [], mistakes: { 'not-a-capture': 1 }, unreadOctets: 5 });
    expect(read(new Uint8Array(0)).mistakes).toEqual({});
  });
});
