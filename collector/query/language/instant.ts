const DATE = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970 of a time with its zone such as `2026-03-02T14:03:22Z`; `undefined` when the text is none. */
export const instantOf = (text: string): number | undefined => (INSTANT.test(text) ? parsed(text) : undefined);

/** The same of the beginning of a day of UTC, `2026-03-02`. */
export const dayOf = (text: string): number | undefined => (DATE.test(text) ? parsed(text) : undefined);

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function parsed(text: string): number | undefined {
  const day = Date.parse(text.slice(0, 10));
  const isOfCalendar = !Number.isNaN(day) && new Date(day).toISOString().slice(0, 10) === text.slice(0, 10);
  const ms = Date.parse(text);
  return isOfCalendar && !Number.isNaN(ms) ? ms : undefined;
}
