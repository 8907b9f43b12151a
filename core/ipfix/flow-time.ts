import { MICROSECOND_MASK, NTP_TO_UNIX_S } from './ntp-time.ts';
import type { FieldSpecifier } from './template.ts';
import { decodeValue } from './value-decoder.ts';

/** Elements that tell when a flow began, when it ended and when an event was, those that need no other clock first. */
const TIME_ELEMENTS = {
  start: [152, 150, 154, 156, 158, 22],
  end: [153, 151, 155, 157, 159, 21],
  event: [323, 322, 324, 325],
} as const;
export type TimeOf = keyof typeof TIME_ELEMENTS;

const TWO_32 = 2 ** 32;

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
      return length === 8 ? safe(view.getUint32(offset) * TWO_32 + view.getUint32(offset + 4), 1e3) : undefined;
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
    default:
      return relativeUs(elementId, unsigned(view, offset, length), base);
  }
}

/** Deltas of 158 and 159 lie before the Export Time; 21 and 22 are uptimes. */
function relativeUs(elementId: number, value: number | undefined, { exportTimeUs, uptimeMs }: TimeBase): number | undefined {
  if (value === undefined) return undefined;
  if (elementId === 158 || elementId === 159) return exportTimeUs - value;
  return uptimeMs === undefined ? undefined : exportTimeUs - signed32(uptimeMs - value) * 1e3;
}

/**
 * The difference of two uptimes of 32 bits: they begin anew after 49.7 days, and a flow may end, by a device's own clock, a little after
 * the Message that tells of it.
 */
const signed32 = (difference: number): number => Number(BigInt.asIntN(32, BigInt(difference)));

/** The uptime that a device had at `exportTimeUs` when it was initialised at `initTimeMs` (element 160), modulo 2^32. */
export const uptimeSince = (initTimeMs: number, exportTimeUs: number): number =>
  Number(BigInt.asUintN(32, BigInt(Math.floor(exportTimeUs / 1e3) - initTimeMs)));

/** Of an NTP timestamp of 64 bits; its seconds count from 1900 and begin anew in 2036. */
const ntpUs = (seconds: number, fraction: number, exportTimeUs: number): number =>
  secondsNear(seconds + TWO_32 - NTP_TO_UNIX_S, exportTimeUs) * 1e6 + Math.floor((fraction >>> 0) / (TWO_32 / 1e6));

/**
 * Which seconds since 1970 a count modulo 2^32 means: those nearest to the Export Time and not before 1970 (RFC 7011 section 5.2 and
 * 6.1.9). Until 2038 that is 1970 to 2106.
 */
function secondsNear(count: number, nearUs: number): number {
  const seconds = count + TWO_32 * Math.round((nearUs / 1e6 - count) / TWO_32);
  return seconds < 0 ? seconds + TWO_32 : seconds;
}

/** The Export Time of a header in microseconds since 1970: its 32 bits of seconds begin anew in 2106, so when it came decides. */
export const exportTimeUs = (seconds: number, nanoseconds: number, receivedAtS: number): number =>
  secondsNear(seconds, receivedAtS * 1e6) * 1e6 + Math.floor(nanoseconds / 1e3);

const safe = (value: number, factor: number): number | undefined =>
  Number.isSafeInteger(value * factor) ? value * factor : undefined;

/** Of any length from one octet to eight (RFC 7011 section 6.2). */
function unsigned(view: DataView, offset: number, length: number): number | undefined {
  const value = decodeValue('unsigned64', view, offset, length);
  if (typeof value === 'number') return value;
  // Only its low 32 bits matter to an uptime.
  return typeof value === 'bigint' ? Number(BigInt.asUintN(32, value)) : undefined;
}
