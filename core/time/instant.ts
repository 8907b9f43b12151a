/**
 * Time has types: true time, a device's wall clock and a device's uptime are never mixed by accident; only a
 * `VirtualClock` converts between them. Each is a safe integer of nanoseconds, so 104 days fit and nothing is rounded.
 */

/** True time: nanoseconds since the scenario's epoch. Only the simulation knows it. */
export type TrueNs = number & { readonly timescale: 'true' };

/** What a device's wall clock shows, as nanoseconds since the same epoch: `wall - true` is the clock's error. */
export type WallNs = number & { readonly timescale: 'wall' };

/** Nanoseconds since a device was switched on, by the device's own oscillator. */
export type UptimeNs = number & { readonly timescale: 'uptime' };

/** A length of time in nanoseconds, on whatever timescale it was measured. */
export type DurationNs = number;

export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;

export const trueNs = (ns: number): TrueNs => ns as TrueNs;
export const wallNs = (ns: number): WallNs => ns as WallNs;

/** The instant `duration` after `instant`, on the same timescale. */
export const after = <T extends TrueNs | WallNs | UptimeNs>(instant: T, duration: DurationNs): T => (instant + duration) as T;

/**
 * Where the scenario's epoch lies on the UNIX timescale. A wall clock reading becomes a date through it, and only at an
 * edge (a codec, a database, a report).
 */
export interface Epoch {
  /** Milliseconds since 1970-01-01T00:00:00Z, a whole number. */
  readonly unixMs: number;
}

/** Microseconds since 1970 of a wall clock reading, rounded down: a safe integer until the year 2255. */
export const unixUs = (epoch: Epoch, wall: WallNs): number => epoch.unixMs * 1_000 + Math.floor(wall / NS_PER_US);

/** Milliseconds since 1970 of a wall clock reading, rounded down as RFC 7011 section 6.1.8 stores it. */
export const unixMs = (epoch: Epoch, wall: WallNs): number => epoch.unixMs + Math.floor(wall / NS_PER_MS);

/** An instant as capture files write it: whole seconds since 1970, and nanoseconds of that second. */
export function captureTime(epoch: Epoch, now: TrueNs): { readonly s: number; readonly ns: number } {
  const epochS = Math.floor(epoch.unixMs / 1_000);
  const ns = now + (epoch.unixMs - epochS * 1_000) * NS_PER_MS;
  return { s: epochS + Math.floor(ns / NS_PER_S), ns: ns % NS_PER_S };
}
