import { MICROSECOND_MASK, NTP_TO_UNIX_S } from './ntp-time.ts';
import type { FieldSpecifier } from './template.ts';

/** Elements that tell when a flow began, when it ended and when an event was, those that need no other clock first. */
const TIME_ELEMENTS = {
  start: [152, 150, 154, 156, 158, 22],
  end: [153, 151, 155, 157, 159, 21],
  event: [323, 322, 324, 325],
} as const;
export type TimeOf = keyof typeof TIME_ELEMENTS;

/** Of two elements that tell the same time the one with the lower rank is believed; 0 for all that tell none. */
export const timeRank = (elementId: number): number =>
  Math.max(0, ...Object.values(TIME_ELEMENTS).map((ids: readonly number[]) => ids.indexOf(elementId)));

const TWO_32 = 2 ** 32;
/** Milliseconds beyond it are no whole number of microseconds in a float: in the year 287396. */
export const MAX_TIME_MS = Math.floor(Number.MAX_SAFE_INTEGER / 1e3);

/** What a Message says of time. */
export interface TimeBase {
  /** Microseconds since 1970. */
  readonly exportTimeUs: number;
  /**
   * Milliseconds the device had been up then, modulo 2^32; `undefined` when nobody said. Without it elements 21 and 22 mean
   * nothing.
   */
  readonly uptimeMs: number | undefined;
}

/** A field that tells a time. */
export interface TimeField {
  readonly elementId: number;
  /** Its place in the Template. */
  readonly index: number;
}

/** The fields of a Template that tell this time, the one to believe first; of an element that is there twice, the first. */
export function timeFieldsOf(fields: readonly FieldSpecifier[], scopeFieldCount: number, time: TimeOf): TimeField[] {
  return TIME_ELEMENTS[time].flatMap((elementId) => {
    const index = fields.findIndex(
      (field, at) => at >= scopeFieldCount && field.enterpriseNumber === 0 && field.elementId === elementId,
    );
    return index < 0 ? [] : [{ elementId, index }];
  });
}

/** Microseconds since 1970, rounded down, that a time element's octets say; `undefined` when they cannot or it cannot be known. */
export function flowTimeUs(
  elementId: number,
  view: DataView,
  offset: number,
  length: number,
  base: TimeBase,
): number | undefined {
  const { exportTimeUs } = base;
  switch (elementId) {
    case 150:
    case 151:
    case 322:
      return length === 4 ? secondsNear(view.getUint32(offset), exportTimeUs) * 1e6 : undefined;
    case 152:
    case 153:
    case 323:
      return length === 8 ? usOfMs(view.getUint32(offset) * TWO_32 + view.getUint32(offset + 4)) : undefined;
    case 154:
    case 155:
    case 324:
      return length === 8
        ? ntpUs(view.getUint32(offset), view.getUint32(offset + 4) & MICROSECOND_MASK, exportTimeUs)
        : undefined;
    case 156:
    case 157:
    case 325:
      return length === 8 ? ntpUs(view.getUint32(offset), view.getUint32(offset + 4), exportTimeUs) : undefined;
    case 158:
    case 159:
      // Deltas of 32 bits lie before the Export Time.
      return length >= 1 && length <= 4 ? exportTimeUs - unsigned32(view, offset, length) : undefined;
    default:
      return uptimeUs(view, offset, length, base);
  }
}

/** Of elements 21 and 22. They have 32 bits; some send 64, whose upper half is of no account. */
function uptimeUs(view: DataView, offset: number, length: number, { exportTimeUs, uptimeMs }: TimeBase): number | undefined {
  if (uptimeMs === undefined || length < 1 || length > 8) return undefined;
  const unused = Math.max(0, length - 4);
  const value = unsigned32(view, offset + unused, length - unused);
  // They begin anew after 49.7 days, and a flow may end, by a device's own clock, a little after the Message that tells of it.
  return exportTimeUs - ((uptimeMs - value) | 0) * 1e3;
}

/** The uptime that a device had at `exportTimeUs` when it was initialised at `initTimeMs` (element 160), modulo 2^32. */
export const uptimeSince = (initTimeMs: number, exportTimeUs: number): number =>
  (Math.floor(exportTimeUs / 1e3) - initTimeMs) >>> 0;

/** Of an NTP timestamp of 64 bits; its seconds count from 1900 and begin anew in 2036. */
const ntpUs = (seconds: number, fraction: number, exportTimeUs: number): number =>
  secondsNear(seconds + TWO_32 - NTP_TO_UNIX_S, exportTimeUs) * 1e6 + Math.floor((fraction >>> 0) / (TWO_32 / 1e6));

/**
 * The first of the 2^32 seconds since 1970 that a count modulo 2^32 can mean: they lie around the Export Time and not before 1970 (RFC 7011
 * section 5.2 and 6.1.9). Until 2038 that is 1970 to 2106.
 */
export const eraStartS = (exportTimeUs: number): number => Math.max(0, Math.floor(exportTimeUs / 1e6) + 1 - TWO_32 / 2);

function secondsNear(count: number, nearUs: number): number {
  const start = eraStartS(nearUs);
  return start + ((count - start) >>> 0);
}

/** The Export Time of a header in microseconds since 1970: its 32 bits of seconds begin anew in 2106, so when it came decides. */
export const exportTimeUs = (seconds: number, nanoseconds: number, receivedAtS: number): number =>
  secondsNear(seconds, receivedAtS * 1e6) * 1e6 + Math.floor(nanoseconds / 1e3);

const usOfMs = (ms: number): number | undefined => (ms <= MAX_TIME_MS ? ms * 1e3 : undefined);

/** Of any length from one octet to four (RFC 7011 section 6.2). */
function unsigned32(view: DataView, offset: number, length: number): number {
  let value = 0;
  for (let at = 0; at < length; at++) value = value * 256 + view.getUint8(offset + at);
  return value;
}
