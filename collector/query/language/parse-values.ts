import { dayOf, instantOf } from './instant.ts';
import type { TokenReader } from './tokens.ts';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const SIZES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
export const DAY_MS = 86_400_000;

/** A century: beyond it times are none any more. */
const LONGEST_SPAN_MS = 3_155_760_000_000;

/** `5m`, `1h`, `2d`: milliseconds. */
export function parseSpan(tokens: TokenReader): number {
  const { text, at } = tokens.take();
  const match = /^(\d{1,9})(ms|s|m|h|d|w)$/.exec(text);
  const ms = Number(match?.[1]) * (UNITS_MS[match?.[2] ?? ''] ?? 0);
  if (!(ms > 0 && ms <= LONGEST_SPAN_MS)) tokens.fail(`"${text}" is not a length of time such as 5m, 1h or 2d`, at);
  return ms;
}

/** Milliseconds since 1970 of a time with its zone, or of the beginning of a day of UTC. */
export function parseInstant(tokens: TokenReader): number {
  const { text, at } = tokens.take();
  const ms = instantOf(text) ?? dayOf(text);
  return ms ?? tokens.fail(`"${text}" is not a date, nor a time with its zone such as 2026-03-02T14:03:22Z`, at);
}

/** The beginning of a day of UTC. */
export function parseDate(tokens: TokenReader): number {
  const { text, at } = tokens.take();
  return dayOf(text) ?? tokens.fail(`"${text}" is not a date such as 2026-03-02`, at);
}

/** `1500`, `20M`; `undefined` when the text is no such number. */
export function numberOf(text: string): number | undefined {
  const match = /^(\d{1,15})([kmgt]?)$/i.exec(text);
  const value = Number(match?.[1]) * (SIZES[(match?.[2] ?? '').toLowerCase()] as number);
  return Number.isSafeInteger(value) ? value : undefined;
}
