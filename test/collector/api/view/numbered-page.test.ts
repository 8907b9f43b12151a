import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageBefore, type NumberedPage } from '../../../../collector/api/view/numbered-page.ts';

interface Item {
  readonly index: number;
}
/** Numbers that go up with holes: those between are of other senders. */
const KEPT = fc
  .uniqueArray(fc.nat({ max: 300 }), { maxLength: 80 })
  .map((numbers) => numbers.sort((one, other) => one - other).map((index) => ({ index })));
const LIMIT = fc.integer({ min: 1, max: 12 });

const numbersOf = ({ items }: NumberedPage<Item>): number[] => items.map(({ index }) => index);

/** All pages from the newest to the oldest. */
function walked(kept: readonly Item[], limit: number): NumberedPage<Item>[] {
  const pages = [pageBefore(kept, limit)];
  for (let page = pages[0]!; page.turns.older !== undefined; pages.push(page)) page = pageBefore(kept, limit, page.turns.older);
  return pages;
}

test('going on to older ones has every item once, the newest first, no page larger than it may be', () => {
  fc.assert(
    fc.property(KEPT, LIMIT, (kept, limit) => {
      const pages = walked(kept, limit).map(numbersOf);
      expect(pages.flat()).toEqual(kept.map(({ index }) => index).reverse());
      for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
      expect(pages.at(-1)!.length).toBeLessThanOrEqual(limit);
    }),
  );
});

test('going back to newer ones leads by the same pages', () => {
  fc.assert(
    fc.property(KEPT, LIMIT, (kept, limit) => {
      for (const [newer, older] of walked(kept, limit).flatMap((page, at, all) => (at === 0 ? [] : [[all[at - 1]!, page]])))
        expect(pageBefore(kept, limit, older!.turns.newer)).toEqual(newer);
    }),
  );
});

test('from anywhere nothing is passed over, either way', () => {
  fc.assert(
    fc.property(KEPT, LIMIT, fc.integer({ min: -5, max: 305 }), (kept, limit, before) => {
      const { items, turns } = pageBefore(kept, limit, before);
      const below = kept.filter(({ index }) => index < before);
      expect(items).toEqual(below.slice(-limit).reverse());
      const newer = pageBefore(kept, limit, turns.newer).items;
      const above = kept.filter(({ index }) => index >= before);
      expect(newer).toEqual(expect.arrayContaining(above.slice(0, limit)));
      expect(turns.older === undefined).toBe(below.length <= limit);
    }),
  );
});

test('a page asked for by number stays as it is while newer ones come and the oldest go, as far as it is kept', () => {
  fc.assert(
    fc.property(KEPT, LIMIT, fc.integer({ min: 1, max: 20 }), fc.nat({ max: 80 }), (kept, limit, more, gone) => {
      const last = kept.at(-1)?.index ?? 0;
      const later = [...kept, ...Array.from({ length: more }, (_, place) => ({ index: last + 1 + place }))].slice(gone);
      const oldest = later[0]?.index ?? Infinity;
      for (const before of walked(kept, limit).flatMap(({ turns }) => turns.older ?? [])) {
        const asBefore = numbersOf(pageBefore(kept, limit, before)).filter((index) => index >= oldest);
        expect(numbersOf(pageBefore(later, limit, before))).toEqual(asBefore);
      }
    }),
  );
});
