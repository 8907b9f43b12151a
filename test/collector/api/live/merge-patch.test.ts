import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Feed } from '../../../../collector/api/live/feed.ts';
import { mergePatch, type JsonObject } from '../../../../collector/api/live/merge-patch.ts';
import { applyMergePatch } from '../../../../collector/dashboard/live/merge-patch.ts';

/** The examples of RFC 7396 appendix A: what it was, the patch, what it becomes. */
const EXAMPLES: readonly [string, string, string][] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', 'null', 'null'],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
];

/** Objects of few keys, so that two of them often meet. */
const objects = fc.letrec<{ value: unknown; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(0, 1, 'a', true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'toString'), tie('value'), { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<JsonObject>, // prettier-ignore
})).object;

describe('a merge patch', () => {
  it.each(EXAMPLES)('of RFC 7396 makes of %s with %s what it is to', (before, patch, after) => {
    expect(applyMergePatch(JSON.parse(before), JSON.parse(patch))).toEqual(JSON.parse(after));
  });

  it('makes what is wanted of what there was, over the wire, or says that none can', () => {
    let told = 0;
    fc.assert(
      fc.property(objects, objects, (from, to) => {
        const patch = mergePatch(from, to);
        if (patch === undefined) {
          expect(JSON.stringify(to)).toContain('null');
          return;
        }
        told++;
        const received: unknown = JSON.parse(JSON.stringify(patch));
        expect(applyMergePatch(from, received)).toEqual(to);
      }),
      { numRuns: 2_000 },
    );
    expect(told).toBeGreaterThan(500);
  });

  it('leaves what is the same the same object, and changes nothing in place', () => {
    const before = Object.freeze({ people: [1, 2], line: Object.freeze({ up: 1, down: 2 }) });
    const after = applyMergePatch(before, { line: { up: 3 } }) as typeof before;
    expect(after).toEqual({ people: [1, 2], line: { up: 3, down: 2 } });
    expect(after.people).toBe(before.people);
  });
});

describe('a feed', () => {
  it('brings whoever missed whatever up to the present', () => {
    fc.assert(
      fc.property(
        fc.array(objects, { minLength: 1, maxLength: 12 }),
        fc.nat(12),
        fc.integer({ min: 0, max: 4 }),
        (views, seen, kept) => {
          const feed = new Feed(1_000, kept);
          let [had, version]: [JsonObject | undefined, number | undefined] = [undefined, undefined];
          for (const [index, view] of views.entries()) {
            feed.accept(view);
            if (index === seen) [had, version] = [view, feed.version];
          }
          const updates = feed.since(version);
          let shown: unknown = had;
          for (const update of updates) shown = 'view' in update ? update.view : applyMergePatch(shown, update.patch);
          expect(shown).toEqual(views.at(-1));
          expect(updates.length).toBeLessThanOrEqual(Math.max(1, kept));
        },
      ),
    );
  });

  it('gives the whole view to whoever comes with a version of another history', () => {
    const feed = new Feed(1_000, 8);
    feed.accept({ a: 1 });
    feed.accept({ a: 2 });
    for (const version of [undefined, 3, 998, 5_000]) expect(feed.since(version)).toEqual([{ version: 1_001, view: { a: 2 } }]);
    expect(feed.since(1_000)).toEqual([{ version: 1_001, from: 1_000, patch: { a: 2 } }]);
    expect(feed.since(1_001)).toEqual([]);
  });
});
