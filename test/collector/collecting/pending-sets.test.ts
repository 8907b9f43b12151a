import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costOfWaiting, PendingSets, type PendingBudget, type WaitingSet } from '../../../collector/collecting/pending-sets.ts';

test('empty Sets are not free: a Message of 64 KiB can hold 16,000 of them', () => {
  const pending = new PendingSets(1_280);
  let dropped = 0;
  for (let set = 0; set < 100; set++) dropped += pending.add({ templateId: 256 + set, octets: new Uint8Array(0) });
  expect(dropped).toBe(90);
  expect(pending.take(345)).toEqual([]);
  expect(pending.take(346)).toHaveLength(1);
  expect(pending.take(355)).toHaveLength(1);
});

interface NumberedSet extends WaitingSet {
  readonly number: number;
}

/** The same by a list that is searched from end to end. */
class NaiveSets {
  sets: NumberedSet[] = [];
  readonly #maxOctets: number;
  readonly #budget: PendingBudget;

  constructor(maxOctets: number, budget: PendingBudget) {
    this.#maxOctets = maxOctets;
    this.#budget = budget;
  }

  get octets(): number {
    return this.sets.reduce((sum, { octets }) => sum + costOfWaiting(octets.length), 0);
  }

  add(set: NumberedSet): number {
    const cost = costOfWaiting(set.octets.length);
    if (cost > this.#maxOctets || cost > this.#budget.octetsLeft - this.octets) return 1;
    const before = this.sets.length;
    this.sets.push(set);
    while (this.octets > this.#maxOctets) this.sets.shift();
    return before + 1 - this.sets.length;
  }

  take(templateId: number): NumberedSet[] {
    const taken = this.sets.filter((set) => set.templateId === templateId);
    this.sets = this.sets.filter((set) => set.templateId !== templateId);
    return taken;
  }
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ add: fc.integer({ min: 256, max: 260 }), octets: fc.nat(400) }) },
  { weight: 2, arbitrary: fc.record({ take: fc.integer({ min: 256, max: 260 }) }) },
  { weight: 1, arbitrary: fc.constant({ clear: true }) },
);

test('whatever is added, taken and dropped, what is left is what a list would have', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.nat(3_000), fc.nat(3_000), (steps, maxOctets, budgetOctets) => {
      const budget = { octetsLeft: budgetOctets };
      const pending = new PendingSets<NumberedSet>(maxOctets, budget);
      const naive = new NaiveSets(maxOctets, { octetsLeft: budgetOctets });
      steps.forEach((one, number) => {
        if ('add' in one) {
          const set = { templateId: one.add, octets: new Uint8Array(one.octets), number };
          expect(pending.add(set)).toBe(naive.add(set));
        } else if ('take' in one) expect(pending.take(one.take)).toEqual(naive.take(one.take));
        else {
          expect(pending.clear()).toBe(naive.sets.length);
          naive.sets = [];
        }
        expect([pending.size, budget.octetsLeft]).toEqual([naive.sets.length, budgetOctets - naive.octets]);
      });
    }),
    { numRuns: 500 },
  );
});
