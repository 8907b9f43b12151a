/** Wall-clock times of a zone of the IANA data base, read and written as people write them. */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** 1970 began on a Thursday. */
const FIRST_MONDAY_DAY = 4;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock of the zone shows at an instant, as if it were UTC; both in milliseconds since 1970. */
export function localMs(atMs: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const; // prettier-ignore
    format = new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', ...fields });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The instant at which a clock of the zone shows that; the first of two, `undefined` where clocks are put forward over it. */
function instantOf(shownMs: number, zone: string): number | undefined {
  // Whatever the zone does, its offset is that of half a day before or after.
  const offsets = [-DAY_MS / 2, DAY_MS / 2].map((away) => localMs(shownMs + away, zone) - (shownMs + away));
  const instants = offsets.map((offset) => shownMs - offset).filter((atMs) => localMs(atMs, zone) === shownMs);
  return instants.length === 0 ? undefined : Math.min(...instants);
}

/** `2026-03-02 09:05`, with seconds where there are any. */
export function writeTime(atMs: number, zone: string): string {
  const [date = '', time = ''] = new Date(localMs(atMs, zone)).toISOString().slice(0, 19).split('T');
  return `${date} ${time.endsWith(':00') ? time.slice(0, 5) : time}`;
}

const WRITTEN = /^(?:(\d{4})-(\d{1,2})-(\d{1,2}))?(?:(?:^|[ T]+)(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/**
 * The instant of `2026-03-02 09:05`, `2026-03-02 09:05:30`, of `2026-03-02`, which is its midnight, or of `09:05`, which is on the day of `nearMs`. Throws a
 * RangeError of one sentence for anything else.
 */
export function readTime(text: string, zone: string, nearMs: number): number {
  const [, ...fields] = WRITTEN.exec(text.trim()) ?? [];
  const [year, month, day, hour, minute = '0', second = '0'] = fields;
  if (year === undefined && hour === undefined)
    throw new RangeError(`"${text.trim()}" is no time: write it as 2026-03-02 09:05, or 09:05 alone`);
  const date = year === undefined ? midnightOf(nearMs, zone) : Date.UTC(Number(year), Number(month) - 1, Number(day));
  const shownMs = date + Number(hour ?? 0) * HOUR_MS + Number(minute) * MINUTE_MS + Number(second) * 1_000;
  const isDay =
    year === undefined || new Date(date).toISOString().startsWith(`${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}T`);
  if (!isDay || Number(hour ?? 0) > 23 || Number(minute) > 59 || Number(second) > 59)
    throw new RangeError(`"${text.trim()}" is on no calendar or clock`);
  const atMs = hour === undefined ? startOfDay(shownMs, zone) : instantOf(shownMs, zone);
  if (atMs === undefined) throw new RangeError(`"${text.trim()}" is skipped in ${zone}: clocks are put forward over it`);
  return atMs;
}

/** Midnight of the day of an instant, as a clock shows it. */
const midnightOf = (atMs: number, zone: string): number => Math.floor(localMs(atMs, zone) / DAY_MS) * DAY_MS;

/** When the day begins whose midnight clocks show as that; where they skip it, the first instant after. */
function startOfDay(midnightMs: number, zone: string): number {
  for (let shownMs = midnightMs; ; shownMs += 15 * MINUTE_MS) {
    const atMs = instantOf(shownMs, zone);
    if (atMs !== undefined) return atMs;
  }
}

/** Where the day or the week, from Monday (ISO 8601), of an instant begins. */
export function startOf(unit: 'day' | 'week', atMs: number, zone: string): number {
  const midnightMs = midnightOf(atMs, zone);
  const sinceMonday = (((midnightMs / DAY_MS - FIRST_MONDAY_DAY) % 7) + 7) % 7;
  return startOfDay(midnightMs - (unit === 'week' ? sinceMonday * DAY_MS : 0), zone);
}
