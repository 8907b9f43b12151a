import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DuplicateWindow } from '../../../collector/collecting/duplicate-window.ts';

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView => new DataView(buffer, byteOffset, byteLength);

/** The same by a list: the last Messages that were no second copies. */
function naive(size: number): (sequence: number, payload: Uint8Array) => boolean {
  const last: string[] = [];
  return (sequence, payload) => {
    const message = `${sequence} ${payload.join()}`;
    if (last.includes(message)) return true;
    last.push(message);
    if (last.length > size) last.shift();
    return false;
  };
}

const sequences = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0xffff_fff0, max: 0xffff_ffff }));
const payloads = fc.uint8Array({ minLength: 0, maxLength: 40 });
/** Few different ones, so that many come again. */
const messages = fc
  .tuple(fc.array(fc.tuple(sequences, payloads), { minLength: 1, maxLength: 60 }), fc.array(fc.nat(), { maxLength: 400 }))
  .map(([known, order]) => order.map((index) => known[index % known.length] as [number, Uint8Array]));

describe('the window of Messages that came', () => {
  it('knows those and only those that came among the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), messages, (size, stream) => {
        const [window, list] = [new DuplicateWindow(size), naive(size)];
        for (const [sequence, payload] of stream) expect(window.seen(sequence, viewOf(payload))).toBe(list(sequence, payload));
      }),
    );
  });

  it('tells Messages of one number by any of their bits, wherever that is', () => {
    for (const length of [1, 7, 16, 17, 1_400]) {
      for (let bit = 0; bit < 8 * length; bit += length > 100 ? 37 : 1) {
        const window = new DuplicateWindow(1_024);
        const payload = new Uint8Array(length).fill(0xa5);
        window.seen(7, viewOf(payload));
        payload[bit >> 3] = (payload[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(window.seen(7, viewOf(payload))).toBe(false);
      }
    }
  });

  it('has a thousand Messages of one number that differ in little', () => {
    const window = new DuplicateWindow(1_024);
    const payload = new Uint8Array(64);
    const view = new DataView(payload.buffer);
    for (let n = 0; n < 1_000; n++) {
      view.setUint32(48, n);
      expect(window.seen(0, view)).toBe(false);
    }
    for (let n = 0; n < 1_000; n++) {
      view.setUint32(48, n);
      expect(window.seen(0, view)).toBe(true);
    }
  });
});
