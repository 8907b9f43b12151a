import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Slab } from '../../../core/bytes/slab.ts';

test('a copy stays what it was, whatever is copied after it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 80_000 }), fc.integer({ min: 0, max: 255 })), { maxLength: 20 }),
      (parts) => {
        const slab = Slab.endless();
        const source = new Uint8Array(80_000);
        const copies = parts.map(([length, octet]) => slab.copy(source.fill(octet), length));
        parts.forEach(([length, octet], index) => {
          expect(copies[index]?.length).toBe(length);
          expect(copies[index]?.every((each) => each === octet)).toBe(true);
        });
      },
    ),
    { numRuns: 30 },
  );
});
