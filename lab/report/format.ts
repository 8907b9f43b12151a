/** How numbers are written for people: decimal units, one short form for each size, nothing that depends on a locale. */

const OCTET_UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `12 B`, `400 kB`, `2.0 GB`: the largest unit that leaves at least 1, with two or three significant digits. */
export function formatOctets(octets: number): string {
  const size = Math.abs(octets);
  if (size < 1_000) return `${Math.round(octets)} B`;
  let scaled = size;
  let unit = -1;
  // 999.5 would be written as 1000: it belongs to the next unit.
  do {
    scaled /= 1_000;
    unit++;
  } while (scaled >= 999.5 && unit < OCTET_UNITS.length - 1);
  const digits = scaled < 99.95 ? scaled.toFixed(1) : scaled.toFixed(0);
  return `${octets < 0 ? '-' : ''}${digits} ${OCTET_UNITS[unit]}`;
}

/** `23.1 %`; what is there but rounds to nothing is `< 0.1 %`. */
export function formatPercent(percent: number): string {
  return percent > 0 && percent < 0.05 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}

/** `1,234,567`; fractions keep at most three digits. */
export function formatNumber(value: number): string {
  const [whole = '', fraction] = String(Math.round(value * 1_000) / 1_000).split('.');
  const grouped = whole.includes('e') ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** The value of a check. */
export const formatMeasured = (value: number | null): string => (value === null ? 'not measured' : formatNumber(value));

/** `1 record`, `1,234 records`. */
export const formatCount = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`;

const DURATION_UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** `10 h`, `1 h 30 min`, `45 s`, `1.5 s`, `12 ms`: the two largest units that matter. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return formatSeconds(seconds);
  let rest = Math.round(seconds);
  if (rest < 60) return '1 min';
  const parts: string[] = [];
  for (const [unit, length] of DURATION_UNITS) {
    const amount = Math.floor(rest / length);
    rest -= amount * length;
    if (amount > 0) parts.push(`${amount} ${unit}`);
  }
  if (rest > 0) parts.push(`${rest} s`);
  return parts.slice(0, 2).join(' ');
}

function formatSeconds(seconds: number): string {
  const ms = seconds * 1_000;
  if (ms === 0) return '0 s';
  if (ms < 0.9995) return `${Math.max(1, Math.round(ms * 1_000))} µs`;
  if (ms < 999.5) return `${trimmed(ms, ms < 9.95 ? 1 : 0)} ms`;
  return seconds >= 59.95 ? '1 min' : `${trimmed(seconds, 1)} s`;
}

/** Fixed digits without the zeros that say nothing. */
const trimmed = (value: number, digits: number): string => String(Number(value.toFixed(digits)));

/** `5 min fast`, `12 ms slow`, `exact`. */
export function formatClockError(errorMs: number): string {
  if (errorMs === 0) return 'exact';
  return `${formatDuration(Math.abs(errorMs) / 1_000)} ${errorMs > 0 ? 'fast' : 'slow'}`;
}

/** `2026-03-02 08:00 UTC` of an ISO instant. */
export const formatInstant = (iso: string): string => iso.replace(/T(\d\d:\d\d)(:00)?(\.0+)?Z$/, ' $1 UTC');

/** One line without control characters: no name in a report may move the cursor. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
