import { NS_PER_MS, NS_PER_S, NS_PER_US, type DurationNs } from './instant.ts';

const UNIT_NS: Readonly<Record<string, DurationNs>> = {
  ns: 1,
  us: NS_PER_US,
  ms: NS_PER_MS,
  s: NS_PER_S,
  m: 60 * NS_PER_S,
  h: 3_600 * NS_PER_S,
  d: 86_400 * NS_PER_S,
};

/** Nanoseconds of a text such as `5m`, `-1.5s` or `200us`, rounded to the nearest; `undefined` when it is no number with ns, us, ms, s, m, h or d. */
export function parseDurationNs(text: string): DurationNs | undefined {
  const [, amount, unit] = /^([+-]?\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)$/.exec(text) ?? [];
  return unit === undefined ? undefined : Math.round(Number(amount) * (UNIT_NS[unit] as DurationNs));
}
