import { HEADER_QUANTUM_US } from './stretch.ts';

const US_PER_MS = 1e3;
const US_PER_S = 1e6;
/** What an uptime of 32 bits of milliseconds lies off when one side of a difference has begun anew, and how near that must be. */
const WRAP_US = 2 ** 32 * US_PER_MS;
const WRAP_NEAR_US = 3_600 * US_PER_S;

/** Flow Records whose times cannot be, or are not to be believed, by why; each is counted under the first that holds. */
export interface TimeFlags {
  /** They tell no time, or only uptimes of a device that does not say when it was switched on. */
  readonly untimed: number;
  /** About 49.7 days off: an uptime began anew, and its sender reckoned with it as if it had not. */
  readonly wrapped: number;
  /** Began after they ended. */
  readonly negative: number;
  /** Ended after their own Message was sent, by the same clock. */
  readonly afterExport: number;
  /** Ended long before their Message was sent, by the same clock: more than any active timeout and a queue explain. */
  readonly stale: number;
  /** Ended later than they were received, by the collector's clock. */
  readonly future: number;
  /** Their times count from a systemInitTimeMilliseconds (element 160) of before the clock was set. */
  readonly staleInitTime: number;
}

/** What is not said of a record's time yet. */
export interface TimeRules {
  readonly futureToleranceMs: number;
  readonly staleAfterS: number;
}

/** When a Message was sent and came. */
interface Between {
  readonly exportTimeUs: number;
  readonly receivedAtUs: number;
}

/** Which flag a record has; times are microseconds since 1970 by the exporter's clock, 0 when not told. */
export function flagOf(startUs: number, endUs: number, message: Between, rules: TimeRules): keyof TimeFlags | undefined {
  const latestUs = endUs === 0 ? startUs : endUs;
  if (latestUs === 0) return 'untimed';
  const ageUs = message.exportTimeUs - latestUs;
  const toleranceUs = rules.futureToleranceMs * US_PER_MS;
  if (isWrapped(ageUs) || (startUs > 0 && isWrapped(latestUs - startUs))) return 'wrapped';
  if (startUs > latestUs) return 'negative';
  if (-ageUs > HEADER_QUANTUM_US + toleranceUs) return 'afterExport';
  if (ageUs > rules.staleAfterS * US_PER_S) return 'stale';
  return latestUs > message.receivedAtUs + toleranceUs ? 'future' : undefined;
}

const isWrapped = (us: number): boolean => Math.abs(Math.abs(us) - WRAP_US) < WRAP_NEAR_US;

export const noFlags = (): { -readonly [Flag in keyof TimeFlags]: number } => ({
  untimed: 0,
  wrapped: 0,
  negative: 0,
  afterExport: 0,
  stale: 0,
  future: 0,
  staleInitTime: 0,
});
