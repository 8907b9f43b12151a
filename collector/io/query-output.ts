import type { AnswerColumn, TableAnswer } from '../query/language/answer-question.ts';
import { alignedLines, oneLine, wordDuration, wordNumber, wordOctets } from '../query/wording.ts';

type Value = string | number | boolean | null;
type Row = readonly Value[];

const TEXTS: ReadonlySet<AnswerColumn['unit']> = new Set(['text', 'time']);

/** An aligned table, numbers to the right, no line wider than the terminal. */
export function tableLines({ columns, rows, notes }: TableAnswer, width: number): string[] {
  const cells = [columns.map(({ name }) => name), ...rows.map((row) => row.map((value, index) => wordOf(value, columns[index])))];
  const lines = alignedLines(cells, (index) => TEXTS.has(columns[index]?.unit ?? 'text'));
  const cut = lines.map((line) => (line.length > width ? `${line.slice(0, Math.max(1, width - 1))}…` : line));
  return [...cut, ...(rows.length === 0 ? ['nothing was found'] : []), ...notes.map((note) => `(${note})`)];
}

/** The answer as one JSON document: each row an object by the names of the columns, times as ISO 8601. */
export function jsonLines({ columns, rows, notes }: TableAnswer): string[] {
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map(({ name, unit }, index) => [name, unit === 'time' ? instant(row[index]) : row[index]])),
  );
  return [JSON.stringify({ columns, rows: objects, notes }, undefined, 2)];
}

/**
 * RFC 4180, without the line ends of CR LF at its end: whoever prints adds them. A text that a spreadsheet would take for a formula has an apostrophe before
 * it; notes are not part of it.
 */
export function csvLines({ columns, rows }: Pick<TableAnswer, 'columns' | 'rows'>): string[] {
  const values = rows.map((row) => row.map((value, index) => (columns[index]?.unit === 'time' ? instant(value) : value)));
  return [columns.map(({ name }) => name), ...values].map((row: Row) => `${row.map(csvField).join(',')}\r`);
}

function csvField(value: Value): string {
  if (typeof value !== 'string') return String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(value) && value !== '-' ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function wordOf(value: string | number, column: AnswerColumn | undefined): string {
  if (typeof value === 'string') return oneLine(value);
  switch (column?.unit) {
    case 'octets':
      return wordOctets(value);
    case 'bits-per-second':
      return wordOctets(value).replace(/B$/, 'bit/s');
    case 'seconds':
      return value === 0 ? '0 s' : wordDuration(value);
    case 'time':
      return instant(value).replace('T', ' ').replace(/\.000Z$/, ' UTC'); // prettier-ignore
    case 'number':
      return wordNumber(value);
    default:
      return String(value);
  }
}

/** ISO 8601; a number that is no date stays a number. */
function instant(value: Value | undefined): string {
  const date = new Date(Number(value));
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
}
