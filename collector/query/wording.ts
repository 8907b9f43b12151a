/** Decimal units as people say them: `0.4 MB`, `85 MB`, `2.0 GB`. */
export function wordOctets(octets: number): string {
  if (octets >= 999.5e6) return `${(octets / 1e9).toFixed(1)} GB`;
  if (octets >= 9.95e6) return `${Math.round(octets / 1e6)} MB`;
  if (octets >= 99_500) return `${(octets / 1e6).toFixed(1)} MB`;
  return octets >= 1_000 ? `${Math.round(octets / 1_000)} kB` : `${octets} B`;
}

/** `45 s`, `30 min`, `1 h 30 min`. */
export function wordDuration(seconds: number): string {
  if (seconds < 59.5) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1,234` of a whole number. */
export const wordNumber = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 port`, `1,234 ports`. */
export const wordCount = (count: number, one: string, many = `${one}s`): string =>
  `${wordNumber(count)} ${count === 1 ? one : many}`;

/** `09:15:02 UTC` of milliseconds since 1970; a number that is no date stays a number. */
export function wordTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : `${date.toISOString().slice(11, 19)} UTC`;
}

/** `2026-03-02 09:15:02 UTC` of milliseconds since 1970; a number that is no date stays a number. */
export function wordInstant(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : `${date.toISOString().slice(0, 10)} ${wordTime(ms)}`;
}

/** One line without control characters: no name from outside may move the cursor. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

/** Rows of cells as lines, their columns one below the other: texts to the left, numbers to the right. All rows have as many cells. */
export function alignedLines(rows: readonly (readonly string[])[], isText: (column: number) => boolean): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const aligned = (cell: string, column: number): string =>
    isText(column) ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number);
  return rows.map((row) => row.map(aligned).join('  ').trimEnd());
}
