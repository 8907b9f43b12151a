/** Lengths of time that a calendar has; a week begins on Monday (ISO 8601). */
export type PeriodUnit = 'hour' | 'day' | 'week';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** Time in even steps fine enough for every boundary of the calendar: zones are whole quarters of an hour off UTC. */
export const GRID_MS = 900_000;
/** 1970 began on a Thursday. */
const FIRST_MONDAY_DAY = 4;

/** A time zone of the IANA data base, by which the calendar goes. */
export class Zone {
  readonly #format: Intl.DateTimeFormat;
  /** What clocks show more than UTC, by the minute: to find it out takes long, and is asked again and again. Since 1972 they change at whole minutes. */
  readonly #offsets = new Map<number, number>();

  /** Throws a RangeError of one sentence when there is no such zone. */
  constructor(name: string) {
    const fields = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    try {
      this.#format = new Intl.DateTimeFormat('en', { timeZone: name, hourCycle: 'h23', ...fields });
    } catch (error) {
      throw new RangeError(`"${name}" is no time zone such as Europe/Berlin or UTC`, { cause: error });
    }
  }

  /** Milliseconds since 1970 of the beginning of the period the instant lies in. */
  startOf(unit: PeriodUnit, atMs: number): number {
    const localDay = Math.floor(this.#localMs(atMs) / DAY_MS);
    if (unit === 'day') return this.#dayStart(localDay);
    if (unit === 'week') return this.#dayStart(localDay - ((localDay - FIRST_MONDAY_DAY) % 7 + 7) % 7); // prettier-ignore
    const dayMs = this.#dayStart(localDay);
    return dayMs + Math.floor((atMs - dayMs) / HOUR_MS) * HOUR_MS;
  }

  /** The first instant of a day, counted from 1970 by the calendar of the zone; where clocks skip midnight, the first after it. */
  #dayStart(localDay: number): number {
    const wantedMs = localDay * DAY_MS;
    let atMs = wantedMs - this.#offsetMs(wantedMs);
    // The offset of the guess may be another than that of the answer: twice is enough unless midnight is skipped.
    for (let tries = 0; tries < 2; tries++) atMs = wantedMs - this.#offsetMs(atMs);
    while (this.#localMs(atMs) < wantedMs) atMs += MINUTE_MS;
    // Where midnight comes twice the day begins with the first.
    const hourBefore = atMs - HOUR_MS;
    return this.#localMs(hourBefore) >= wantedMs ? hourBefore : atMs;
  }

  /** What a clock of the zone shows, as if it were UTC. */
  #localMs(atMs: number): number {
    return atMs + this.#offsetMs(atMs);
  }

  #offsetMs(atMs: number): number {
    const fromMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    let offsetMs = this.#offsets.get(fromMs);
    if (offsetMs === undefined) {
      const parts = Object.fromEntries(this.#format.formatToParts(fromMs).map(({ type, value }) => [type, Number(value)]));
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
      offsetMs = Date.UTC(year, month - 1, day, hour, minute, second) - fromMs;
      this.#offsets.set(fromMs, offsetMs);
    }
    return offsetMs;
  }
}

/** Where every period begins that touches `fromMs` until before `toMs`, and after them where the last ends. */
export function periodStarts(zone: Zone, unit: PeriodUnit, fromMs: number, toMs: number): number[] {
  const longestMs = { hour: HOUR_MS, day: 25 * HOUR_MS, week: 7 * DAY_MS + HOUR_MS }[unit];
  const starts = [zone.startOf(unit, fromMs)];
  for (let startMs = starts[0] as number; startMs < toMs;) {
    const next = zone.startOf(unit, startMs + longestMs);
    // A day of 23 hours: an instant 25 hours on is in the day after the next.
    const before = zone.startOf(unit, next - 1);
    startMs = before > startMs ? before : next;
    starts.push(startMs);
  }
  return starts;
}
