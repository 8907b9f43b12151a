import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { ExploreGroup, ExploreTable } from '../../../collector/api/view/explore-view.ts';
import { narrowed } from '../../../collector/dashboard/pages/explore/explore-question.ts';
import { csvCell, csvOf, jsonOf } from '../../../collector/dashboard/pages/explore/exported.ts';
import { REST, ribbonOf, type RibbonBand } from '../../../collector/dashboard/pages/explore/ribbon.ts';
import { parseWhere } from '../../../collector/query/language/parse-condition.ts';
import { Vocabulary } from '../../../collector/query/language/vocabulary.ts';

const group = (keys: readonly string[], values: readonly number[]): ExploreGroup => ({
  keys,
  isOther: keys.length === 0,
  values,
  min: Math.min(...values),
  average: values.reduce((sum, value) => sum + value, 0) / values.length,
  p95: Math.max(...values),
  max: Math.max(...values),
  total: values.reduce((sum, value) => sum + value, 0),
});

const tableOf = (groups: readonly ExploreGroup[]): ExploreTable => ({
  by: ['person', 'app'],
  measure: 'bytes',
  unit: 'octets',
  bucketMs: 60_000,
  startMs: Date.UTC(2026, 2, 2, 9),
  groups,
  groupCount: groups.length,
  total: { value: 0, sure: 'exact' },
  notes: [],
});

/** Reads CSV by the grammar of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /"((?:[^"]|"")*)"(,|\r\n)|([^",\r\n]*)(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) throw new Error('no CSV');
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[3]!);
    if ((match[2] ?? match[4]) === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('CSV of what is shown', () => {
  it('is read back as it was, but for texts that a spreadsheet would run', () => {
    const anyName = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\r=1', 'a,"b"', '<img onerror=alert(1)>'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(anyName, anyName, fc.integer()), { minLength: 1 }), (rows) => {
        const read = readCsv(csvOf(tableOf(rows.map(([who, what, value]) => group([who, what], [value, 2])))));
        expect(read.shift()!.slice(-2)).toEqual(['2026-03-02T09:00:00.000Z', '2026-03-02T09:01:00.000Z']);
        rows.forEach(([who, what, value], index) => {
          const [first, second] = read[index]!;
          for (const [told, name] of [
            [first!, who],
            [second!, what],
          ] as const) {
            // prettier-ignore
            expect(told.replace(/^'/, '')).toBe(name.replace(/^'/, ''));
            expect(told).not.toMatch(/^[=+\-@\t\r]/);
          }
          expect(Number(read[index]!.at(-2))).toBe(value);
        });
      }),
    );
  });

  test('numbers stay numbers', () => {
    expect(csvCell(-1)).toBe('-1');
    expect(csvCell('-1')).toBe("'-1");
  });

  test('what is left over has a row too', () => {
    const [, , other] = readCsv(csvOf(tableOf([group(['John', 'web'], [1, 2]), group([], [3, 4])])));
    expect(other).toEqual(['all others', '', '3', '3.5', '4', '4', '7', '3', '4']);
  });
});

test('JSON has all that is shown, and what was asked', () => {
  const table = tableOf([group(['John', 'web'], [1, 2])]);
  expect(JSON.parse(jsonOf(table, { where: 'who = John' }))).toEqual({ asked: { where: 'who = John' }, ...table });
});

test('bands of a ribbon add up to what they come from and go to, side by side', () => {
  const anyKeys = fc.tuple(...['who', 'what', 'where'].map((stem) => fc.nat(20).map((index) => `${stem} ${index}`)));
  fc.assert(
    fc.property(fc.uniqueArray(anyKeys, { selector: String, minLength: 1, maxLength: 60 }), fc.boolean(), (keys, hasRest) => {
      const groups = [...keys.map((each, index) => group(each, [index + 1])), ...(hasRest ? [group([], [5])] : [])];
      const total = groups.reduce((sum, each) => sum + each.total, 0);
      const { nodes, bands } = ribbonOf(groups, 3, 400);
      for (const column of [0, 1, 2]) {
        const own = nodes.filter((node) => node.column === column);
        expect(own.reduce((sum, node) => sum + node.total, 0)).toBe(total);
        expect(own.length).toBeLessThanOrEqual(13);
        if (hasRest) expect(own.at(-1)!.name).toBe(REST);
      }
      for (const node of nodes) {
        expect(node.top + node.height).toBeLessThanOrEqual(400.001);
        for (const side of ['from', 'to'] as const) {
          const own = bands.filter((band) => band[side] === node);
          if (node.column === (side === 'from' ? 2 : 0)) continue;
          expect(own.reduce((sum, band) => sum + band.total, 0)).toBe(node.total);
          const topOf = (band: RibbonBand): number => (side === 'from' ? band.fromTop : band.toTop);
          let free = node.top;
          for (const band of own.toSorted((one, other) => topOf(one) - topOf(other))) {
            expect(topOf(band)).toBeCloseTo(free, 3);
            free += band.height;
          }
          expect(free).toBeCloseTo(node.top + node.height, 3);
        }
      }
    }),
  );
});

describe('a filter made narrower', () => {
  const name = (text: string) => ({ name: text, address: `10.0.0.${text.length}`, department: '' });
  const vocabulary = new Vocabulary({
    inside: [],
    inventory: ['John', 'anna maria', 'the "big" screen', 'or', '<img onerror=x>'].map(name),
    applications: [],
    names: new Map(),
  });

  it('is one that can be understood, and holds where both do', () => {
    for (const where of ['', 'port = 443', 'port = 443 or port = 80'])
      for (const person of vocabulary.people) {
        const text = narrowed(where, 'person', person)!;
        const parsed = parseWhere(text, vocabulary);
        const added = { kind: 'name', dimension: 'person', indexes: [vocabulary.people.indexOf(person) + 1] };
        expect(parsed).toEqual(where === '' ? added : { kind: 'and', all: [parseWhere(where, vocabulary), added] });
      }
  });

  it('is none where there is no name, or one that cannot be written', () => {
    expect(narrowed('', 'server name', '-')).toBeUndefined();
    expect(narrowed('', 'person', `both " and '`)).toBeUndefined();
  });
});
