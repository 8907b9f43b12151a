import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockReader, BlockWriter, HEAD_OCTETS, headOf, isWhole } from '../../../../collector/store/journal/block.ts';

interface Received {
  readonly payload: Uint8Array;
  readonly source: string;
  readonly receivedAtUs: number;
}

const source = fc
  .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 1, max: 65_535 }))
  .map(([address, port]) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`));
const payload = fc
  .tuple(fc.oneof({ weight: 8, arbitrary: fc.nat(100) }, fc.nat(1_500), fc.constantFrom(0, 65_507, 65_535)), fc.nat(255))
  .map(([length, first]) => Uint8Array.from({ length }, (_, at) => (first + at * 7) % 256));
const receivedAtUs = fc.integer({ min: 0, max: 2e15 });
const received = fc.record({ payload, source, receivedAtUs });
/** From many sources, and from two that come again in other blocks. */
const stream = fc.array(
  fc.oneof(received, fc.record({ payload, source: fc.constantFrom('192.0.2.1:4739', '[2001:db8::1]:4739'), receivedAtUs })),
);

function readAll(block: Uint8Array): Received[] {
  const read: Received[] = [];
  new BlockReader().read(block, (shown, from, receivedAtUs) => read.push({ payload: shown.slice(), source: from, receivedAtUs }));
  return read;
}

/** Fills memory until there is no room, and returns the block and what is in it. */
function filled(memory: Uint8Array, datagrams: readonly Received[], number = 7) {
  const writer = new BlockWriter();
  writer.begin(memory);
  const taken = datagrams.filter((one) => writer.add(one.payload, one.source, one.receivedAtUs));
  return { block: writer.finish(number), taken, counted: writer.datagrams };
}

const inWords = ({ payload: octets, source: from, receivedAtUs }: Received): string =>
  `${receivedAtUs} ${from} ${Buffer.from(octets).toString('base64')}`;

const inEights = (octets: number): number => Math.ceil(octets / 8) * 8;

const small = (): Uint8Array =>
  filled(new Uint8Array(4_096), [
    { payload: Uint8Array.of(1, 2, 3), source: '192.0.2.1:4739', receivedAtUs: 1 },
    { payload: new Uint8Array(0), source: '[2001:db8::1]:4739', receivedAtUs: 2 },
    { payload: new Uint8Array(40).fill(9), source: '192.0.2.1:4739', receivedAtUs: 3 },
  ]).block;

describe('a block', () => {
  it('has every datagram it took, in order, in memory that threads share', () => {
    const writer = new BlockWriter();
    const memory = new Uint8Array(new SharedArrayBuffer(262_144), 8, 200_000);
    fc.assert(
      fc.property(stream, fc.maxSafeNat(), (datagrams, number) => {
        // The same writer and memory again: nothing of an earlier block may show.
        writer.begin(memory);
        const taken = datagrams.filter((one) => writer.add(one.payload, one.source, one.receivedAtUs));
        const block = writer.finish(number);
        const head = headOf(block);
        expect(head).toMatchObject({ number, octets: block.length, datagrams: taken.length });
        expect(head !== undefined && isWhole(block, head)).toBe(true);
        expect(readAll(block).map(inWords)).toEqual(taken.map(inWords));
      }),
      { numRuns: 100 },
    );
  });

  it('has room until the last octet, and says that there is none exactly when there is none', () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: HEAD_OCTETS, max: 3_000 }), (datagrams, octets) => {
        const writer = new BlockWriter();
        writer.begin(new Uint8Array(octets));
        // By the format: 8 octets and its text for a source when it is new, 16 and its payload for a datagram, in eights.
        let used = HEAD_OCTETS;
        const named = new Set<string>();
        for (const one of datagrams) {
          const ofDatagram = 16 + inEights(one.payload.length);
          const ofSource = 8 + inEights(one.source.length);
          const isNew = !named.has(one.source);
          const isTaken = writer.add(one.payload, one.source, one.receivedAtUs);
          // Whoever sent the one before, or is new, is known for sure; for others room for the text may be asked for.
          if (isTaken) expect(used + ofDatagram + (isNew ? ofSource : 0)).toBeLessThanOrEqual(octets);
          else expect(used + ofDatagram + ofSource).toBeGreaterThan(octets);
          if (!isTaken) continue;
          named.add(one.source);
          used += ofDatagram + (isNew ? ofSource : 0);
        }
        expect(writer.finish(0)).toHaveLength(used);
      }),
    );
    const one = { payload: new Uint8Array(65_535).fill(1), source: '192.0.2.1:4739', receivedAtUs: 5 };
    const exactly = HEAD_OCTETS + 8 + 16 + 16 + 65_536;
    expect(filled(new Uint8Array(exactly), [one])).toMatchObject({ counted: 1, block: { length: exactly } });
    expect(filled(new Uint8Array(exactly - 1), [one])).toMatchObject({ counted: 0, block: { length: HEAD_OCTETS } });
  });

  it('is not whole with any octet changed or any end cut off', () => {
    const block = small();
    const isGood = (octets: Uint8Array): boolean => {
      const head = headOf(octets);
      return head !== undefined && isWhole(octets, head);
    };
    expect(isGood(block)).toBe(true);
    for (let at = 0; at < block.length; at++) {
      for (const bit of [0x01, 0x80, 0xff]) {
        const changed = block.slice();
        changed[at] = (changed[at] as number) ^ bit;
        expect(isGood(changed), `octet ${at}`).toBe(false);
      }
      expect(isGood(block.subarray(0, at)), `the first ${at} octets`).toBe(false);
    }
  });
});

describe('what is no block', () => {
  /** Reads without throwing, and shows no more than there is. */
  function expectBounded(octets: Uint8Array): void {
    let shown = 0;
    new BlockReader().read(octets, (one) => void (shown += 16 + one.length));
    expect(shown).toBeLessThanOrEqual(Math.max(0, octets.length - HEAD_OCTETS));
    const head = headOf(octets);
    if (head !== undefined) isWhole(octets, head);
  }

  it('is read without harm: arbitrary octets', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), expectBounded), { numRuns: 2_000 });
  });

  it('is read without harm: octets of a block that were changed', () => {
    const changes = fc.array(fc.tuple(fc.nat(10_000), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(changes, fc.nat(1_000), (all, cut) => {
        const octets = small();
        for (const [at, octet] of all) octets[at % octets.length] = octet;
        expectBounded(octets.subarray(0, Math.max(0, octets.length - (cut % 16))));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read without harm: entries longer than any datagram', () => {
    for (const word of [200_000, (200_000 | 0x80_00_00_00) >>> 0]) {
      const octets = new Uint8Array(262_144);
      new DataView(octets.buffer).setUint32(HEAD_OCTETS, word, true);
      expect(readAll(octets)).toEqual([]);
    }
  });
});
