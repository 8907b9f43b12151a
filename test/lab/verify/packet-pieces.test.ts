import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ledger, UP } from '../../../lab/verify/ledger.ts';
import { PacketPieces, type PacketPiece } from '../../../lab/verify/packet-pieces.ts';

const S = 1e9;
const MINUTE = 60 * S;
const END = 20 * MINUTE;

interface Train {
  readonly startNs: number;
  readonly intervalNs: number;
  readonly packets: number;
  readonly octets: number;
}

const trainArbitrary: fc.Arbitrary<Train> = fc.record({
  startNs: fc.integer({ min: 0, max: END }),
  intervalNs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: S }), fc.integer({ min: S, max: 5 * MINUTE })),
  packets: fc.integer({ min: 1, max: 200 }),
  octets: fc.integer({ min: 0, max: 1e6 }),
});
/** Epochs that are no whole minute too. */
const epochArbitrary = fc.integer({ min: 0, max: 2e12 });

function write(ledger: Ledger, { startNs, intervalNs, packets, octets }: Train): void {
  const { trains } = ledger;
  trains.connection.push(0);
  trains.direction.push(UP);
  trains.startNs.push(startNs);
  trains.intervalNs.push(intervalNs);
  trains.packets.push(packets);
  trains.octets.push(octets);
}

/** Octets by train and minute of UTC, packet by packet. */
function oracle(all: readonly Train[], epochMs: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const [train, { startNs, intervalNs, packets, octets }] of all.entries()) {
    for (let packet = 0; packet < packets; packet++) {
      const atNs = startNs + packet * intervalNs;
      if (atNs > END) continue;
      const own = Math.floor(octets / packets) + (packet < octets % packets ? 1 : 0);
      const key = `${train} ${minuteOf(atNs, epochMs)}`;
      found.set(key, (found.get(key) ?? 0) + own);
    }
  }
  return found;
}

/** By whole numbers: an epoch in nanoseconds is beyond what a number holds. */
const minuteOf = (atNs: number, epochMs: number): string =>
  String((BigInt(epochMs) * 1_000_000n + BigInt(atNs)) / BigInt(MINUTE));

test('pieces have every packet once and in its minute, however often they are asked for while the ledger grows', () => {
  fc.assert(
    fc.property(
      fc.array(trainArbitrary, { minLength: 1, maxLength: 12 }),
      fc.array(fc.integer({ min: 0, max: END }), { maxLength: 8 }),
      epochArbitrary,
      (drawn, instants, epochMs) => {
        const all = drawn.toSorted((one, other) => one.startNs - other.startNs);
        const ledger = new Ledger();
        const pieces = new PacketPieces(ledger, epochMs);
        const taken: PacketPiece[] = [];
        let written = 0;
        for (const nowNs of [...instants.toSorted((one, other) => one - other), END]) {
          for (; (all[written]?.startNs ?? Infinity) <= nowNs; written++) write(ledger, all[written] as Train);
          ledger.endNs = nowNs;
          pieces.take(nowNs, false, (piece) => {
            expect(piece.endNs).toBeLessThanOrEqual(nowNs);
            taken.push(piece);
          });
        }
        pieces.take(END, true, (piece) => taken.push(piece));
        pieces.take(END, true, () => expect.fail('told twice'));
        const found = new Map<string, number>();
        for (const { train, startNs, endNs, octets } of taken) {
          const key = `${train} ${minuteOf(startNs, epochMs)}`;
          expect(minuteOf(endNs, epochMs)).toBe(minuteOf(startNs, epochMs));
          found.set(key, (found.get(key) ?? 0) + octets);
        }
        expect(found).toEqual(oracle(all, epochMs));
      },
    ),
  );
});
