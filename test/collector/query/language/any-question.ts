import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerQuestion } from '../../../../collector/query/language/answer-question.ts';
import type { Dialect } from '../../../../collector/query/language/dialect.ts';
import { parseQuestion } from '../../../../collector/query/language/parse-question.ts';
import { Vocabulary } from '../../../../collector/query/language/vocabulary.ts';
import type { FlowStore } from '../../../../collector/store/flow-store.ts';
import { parseRange, type AddressRange } from '../../../../core/net/stored-address.ts';
import { NINE } from '../../support/flows.ts';
import { askedOf, row, textOf, WORLDS } from './oracle-arbitraries.ts';
import { batchOf } from './oracle-batch.ts';
import { naiveAnswer, type Asked, type World } from './oracle.ts';

type Answer = readonly (readonly (string | number)[])[];

const valueOf = (one: readonly (string | number)[]): number => Number(one.at(-1));
/** Rates are quotients of floating point numbers. */
const sorted = (rows: Answer): string[] =>
  rows.map((one) => JSON.stringify([...one.slice(0, -1), valueOf(one).toPrecision(12)])).toSorted();

/** Which of equal rows a limit keeps is nobody's business: the values are the largest, and every row is one of all. */
function expectSame(found: Answer, all: Answer, asked: Asked): void {
  if (asked.kind !== 'top') return expect(sorted(found)).toEqual(sorted(all));
  const largest = all.map(valueOf).toSorted((one, other) => other - one).slice(0, asked.limit); // prettier-ignore
  expect(found.map((one) => valueOf(one).toPrecision(12))).toEqual(largest.map((value) => value.toPrecision(12)));
  const known = sorted(all);
  for (const one of sorted(found)) expect(known).toContain(one);
  if (all.length <= asked.limit) expect(sorted(found)).toEqual(known);
}

/** Tests that a store of any kind answers any question as counting row by row does. `newStore` makes an empty one, for each of the runs. */
export function testAnyQuestion(dialect: Dialect, newStore: () => Promise<FlowStore>, numRuns = 15): void {
  test.each([['with an inventory', 0], ['without one', 1]] as const)('any question has the answer that counting row by row has, %s', async (_, index) => {
    const world = WORLDS[index] as World;
    const inside = world.inside.map((text) => parseRange(text) as AddressRange);
    const vocabulary = new Vocabulary({ ...world, inside });
    const tables = fc.tuple(fc.array(row, { maxLength: 25 }), fc.array(askedOf(world), { minLength: 12, maxLength: 12 }));
    await fc.assert(
      fc.asyncProperty(tables, async ([rows, questions]) => {
        const store = await newStore();
        try {
          await store.append(batchOf(rows));
          for (const asked of questions) {
            const question = parseQuestion(textOf(asked), { vocabulary, nowMs: NINE, toleranceMs: 0 });
            if (question.kind === 'who') throw new Error('another question');
            try {
              const answer = await answerQuestion(store, question, vocabulary, dialect);
              expectSame(answer.rows, naiveAnswer(rows, world, asked), asked);
            } catch (error) {
              throw new Error(`${textOf(asked)}\n${(error as Error).message}`, { cause: error });
            }
          }
        } finally {
          await store.close();
        }
      }),
      // A counterexample is made smaller until the time is up.
      { numRuns, interruptAfterTimeLimit: 45_000, markInterruptAsFailure: true },
    );
  }); // prettier-ignore
}
