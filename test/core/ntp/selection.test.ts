import fc from 'fast-check';
import { expect, test } from 'vitest';
import { combine, selectServers, type Candidate } from '../../../core/ntp/selection.ts';

const candidate = (server: string, offsetNs: number, rootDistanceNs = 10, stratum = 1, jitterNs = 1): Candidate => ({
  server,
  offsetNs,
  rootDistanceNs,
  stratum,
  jitterNs,
});
const names = (candidates: readonly Candidate[]): string[] => candidates.map(({ server }) => server).toSorted();

test('one server is believed; two that contradict each other are not', () => {
  expect(names(selectServers([candidate('a', 5)]).survivors)).toEqual(['a']);
  expect(selectServers([])).toEqual({ survivors: [], falsetickers: [] });
  expect(selectServers([candidate('a', 0), candidate('b', 100)])).toEqual({ survivors: [], falsetickers: [] });
  expect(names(selectServers([candidate('a', 0), candidate('b', 5)]).survivors)).toEqual(['a', 'b']);
});

test('the majority outvotes who contradicts it, and names it', () => {
  const { survivors, falsetickers } = selectServers([
    candidate('liar', 1_000),
    candidate('a', 0),
    candidate('b', 4),
    candidate('c', -3),
  ]);
  expect(names(survivors)).toEqual(['a', 'b', 'c']);
  expect(names(falsetickers)).toEqual(['liar']);
});

test('whose interval only touches the majority is no falseticker, but not followed either', () => {
  const { survivors, falsetickers } = selectServers([
    candidate('a', 0),
    candidate('b', 1),
    candidate('c', 2),
    candidate('vague', 60, 55),
  ]);
  expect(names(survivors)).toEqual(['a', 'b', 'c']);
  expect(falsetickers).toEqual([]);
});

test('of more than three the one furthest away is left out, if it is further than the servers are steady', () => {
  const near = ['a', 'b', 'c', 'd'].map((name, index) => candidate(name, index));
  const far = candidate('far', 8);
  expect(names(selectServers([...near, far]).survivors)).not.toContain('far');
  const unsteady = [...near, far].map((one) => ({ ...one, jitterNs: 100 }));
  expect(names(selectServers(unsteady).survivors)).toEqual(['a', 'b', 'c', 'd', 'far']);
});

test('survivors come by stratum, then by distance, and count by the inverse of their distance', () => {
  const { survivors } = selectServers([candidate('far', 0, 30), candidate('second', 0, 5, 2), candidate('near', 1, 10)]);
  expect(survivors.map(({ server }) => server)).toEqual(['near', 'far', 'second']);
  expect(combine([candidate('a', 0, 10), candidate('b', 30, 20)], ({ offsetNs }) => offsetNs)).toBeCloseTo(10, 9);
});

test('law: a majority whose intervals hold the truth is never outvoted, whatever the others say', () => {
  const truthful = fc
    .tuple(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: -1, max: 1, noNaN: true }))
    .map(([distance, error]) => ({ offsetNs: error * distance, rootDistanceNs: distance, isTrue: true }));
  const lie = fc
    .tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: -1e6, max: 1e6 }))
    .map(([rootDistanceNs, offsetNs]) => ({ offsetNs, rootDistanceNs, isTrue: false }));
  fc.assert(
    fc.property(fc.array(truthful, { minLength: 2, maxLength: 8 }), fc.array(lie, { maxLength: 7 }), (majority, rest) => {
      const all = [...rest.slice(0, majority.length - 1), ...majority];
      const candidates = all.map((one, index) => ({ ...one, server: String(index), stratum: 1, jitterNs: 1 }));
      const { survivors, falsetickers } = selectServers(candidates);
      expect(falsetickers.filter(({ isTrue }) => isTrue)).toEqual([]);
      // Whom it follows agrees with the truth as far as it claims to, or within what the truthful ones leave open.
      const widest = Math.max(...majority.map(({ rootDistanceNs }) => rootDistanceNs));
      for (const { offsetNs } of survivors) expect(Math.abs(offsetNs)).toBeLessThanOrEqual(2 * widest);
    }),
    { numRuns: 500 },
  );
});
