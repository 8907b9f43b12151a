import type { ExploreTable } from '../../../api/view/explore-view.ts';
import { titleOf } from './units.ts';

/** Spreadsheets take a text that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** A cell of CSV (RFC 4180). A text that a spreadsheet would run gets an apostrophe before it. */
export function csvCell(value: string | number): string {
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const STATISTICS = ['min', 'average', 'p95', 'max', 'total'] as const;

/** What is shown as CSV: a row for each group, with a column for each bucket after its statistics. */
export function csvOf({ by, unit, measure, groups, startMs, bucketMs }: ExploreTable): string {
  const totalUnit = measure === 'rate' ? 'octets' : unit;
  const times = (groups[0]?.values ?? []).map((_, index) => new Date(startMs + index * bucketMs).toISOString());
  const heads = STATISTICS.map((name) => `${name} (${name === 'total' ? totalUnit : unit})`);
  const names = by.length === 0 ? ['group'] : by;
  const rows = groups.map((group) => {
    const keys = group.keys.length === 0 ? [titleOf(group)] : group.keys;
    return [...names.map((_, index) => keys[index] ?? ''), ...STATISTICS.map((name) => group[name]), ...group.values];
  });
  return [[...names, ...heads, ...times], ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** What is shown as JSON, with what was asked. */
export const jsonOf = (table: ExploreTable, asked: Readonly<Record<string, string>>): string =>
  `${JSON.stringify({ asked, ...table }, null, 2)}\n`;
