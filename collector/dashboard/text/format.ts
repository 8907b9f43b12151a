/** Numbers and times as a reader has them. Octets count as in the report: 1 kB is 1,000 octets. */

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
const RATES = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'] as const;

export const formatCount = (value: number): string => WHOLE.format(value);

export const formatOctets = (octets: number): string => scaled(octets, UNITS);

export const formatRate = (bitPerS: number): string => scaled(bitPerS, RATES);

/** Three digits and a unit: `2.0 GB`, `34.6 MB`, `500 MB`. */
function scaled(value: number, units: readonly string[]): string {
  let [rest, unit] = [Math.abs(value), 0];
  // 999.5 would be told as 1000.
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1_000;
    unit++;
  }
  const digits = unit === 0 || rest >= 99.95 ? 0 : 1;
  return `${value < 0 ? '−' : ''}${rest.toFixed(digits)} ${units[unit]}`;
}

export function formatPercent(percent: number): string {
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent.toFixed(1)} %`;
}

const HD_VIDEO_OCTETS_PER_H = 2.25e9;
const PHOTO_OCTETS = 3e6;

/** How much that is in things people know: a stream of 5 Mbit/s, or photographs of 3 MB. */
export function inEverydayTerms(octets: number): string {
  const hours = octets / HD_VIDEO_OCTETS_PER_H;
  if (hours >= 1.5) return `about ${formatCount(hours)} h of HD video`;
  if (hours >= 1 / 30) return `about ${formatCount(hours * 60)} min of HD video`;
  const photos = Math.round(octets / PHOTO_OCTETS);
  return photos >= 2 ? `about ${photos} photographs` : 'less than two photographs';
}

const MS = { d: 86_400_000, h: 3_600_000, min: 60_000, s: 1_000 } as const;

/** The two largest units that matter: `1 h 5 min`, `40 s`, `12 ms`. */
export function formatDuration(ms: number): string {
  const sign = ms < 0 ? '−' : '';
  const size = Math.abs(ms);
  if (size > 0 && size < 1) return `${sign}${(size * 1_000).toFixed(0)} µs`;
  if (size < MS.s) return `${sign}${size > 0 && size < 10 ? size.toFixed(1) : size.toFixed(0)} ms`;
  if (size < 10 * MS.s) return `${sign}${(size / MS.s).toFixed(1)} s`;
  if (size < MS.min) return `${sign}${(size / MS.s).toFixed(0)} s`;
  const pairs = [['d', 'h'], ['h', 'min'], ['min', 's']] as const; // prettier-ignore
  const [large, small] = pairs.find(([unit]) => size >= MS[unit]) ?? pairs[2];
  const smalls = Math.round(size / MS[small]);
  const ratio = MS[large] / MS[small];
  const rest = smalls % ratio;
  return `${sign}${Math.floor(smalls / ratio)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}

/** A duration with its sign: `+5 min`, `−200 µs`; what is less than half a microsecond is `0 ms`. */
export const formatSigned = (ms: number): string =>
  Math.abs(ms) < 0.0005 ? '0 ms' : `${ms > 0 ? '+' : ''}${formatDuration(ms)}`;

/** How far a clock is off: `5 min ahead`, `200 µs behind`; what is less than half a microsecond is `right`. */
export const formatClockError = (ms: number): string =>
  Math.abs(ms) < 0.0005 ? 'right' : `${formatDuration(Math.abs(ms))} ${ms > 0 ? 'ahead' : 'behind'}`;

/** `192.0.2.1:443`, `[2001:db8::1]:443`. */
export const formatEndpoint = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string, kind: 'time' | 'minute' | 'day' | 'date' | 'milliseconds'): Intl.DateTimeFormat {
  const key = `${zone} ${kind}`;
  let format = formats.get(key);
  if (format === undefined) {
    const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    const parts = {
      time: { ...clock, second: '2-digit' },
      minute: clock,
      day: { day: 'numeric', month: 'short', ...clock },
      date: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
      milliseconds: { ...clock, second: '2-digit', fractionalSecondDigits: 3 },
    } as const;
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...parts[kind] });
    formats.set(key, format);
  }
  return format;
}

/** `14:03:07` */
export const formatTime = (ms: number, zone: string): string => formatOf(zone, 'time').format(ms);
/** `14:03` */
export const formatMinute = (ms: number, zone: string): string => formatOf(zone, 'minute').format(ms);
/** `Mon, 2 Mar 2026` */
export const formatDate = (ms: number, zone: string): string => formatOf(zone, 'date').format(ms);
/** `14:03:07.125` */
export const formatInstant = (ms: number, zone: string): string => formatOf(zone, 'milliseconds').format(ms);

const LONG_MS = 36 * MS.h;

/** How times of a chart that spans so long are told: `14:03`, or `2 Mar, 14:03` where days have to be told apart. */
export const formatTimeOf =
  (spanMs: number, zone: string) =>
  (ms: number): string =>
    formatOf(zone, spanMs > LONG_MS ? 'day' : 'minute').format(ms);
