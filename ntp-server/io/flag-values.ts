import { InvalidArgumentError } from 'commander';
import { parseDurationNs } from '../../core/time/duration-text.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';

export function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It is not a number.');
}

/** Milliseconds of `5m`, `-1.5s` or `200us`. */
export function durationMs(text: string): number {
  const ns = parseDurationNs(text);
  if (ns !== undefined) return ns / NS_PER_MS;
  throw new InvalidArgumentError('It is not a duration such as 5m, -1.5s or 200us; units are ns, us, ms, s, m, h and d.');
}

/** Parts per million of `50ppm` or `20ppb`. */
export function ppm(text: string): number {
  const [, amount, unit] = /^([+-]?\d+(?:\.\d+)?)(ppm|ppb)$/.exec(text) ?? [];
  if (amount !== undefined) return unit === 'ppm' ? Number(amount) : Number(amount) / 1_000;
  throw new InvalidArgumentError('It is not a rate such as 50ppm, -0.5ppm or 20ppb.');
}

/** 0 to 1 of `20%`. */
export function share(text: string): number {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  if (percent !== undefined && Number(percent) <= 100) return Number(percent) / 100;
  throw new InvalidArgumentError('It is not a share from 0% to 100%, such as 20%.');
}

/** A minute of 61 seconds has one inserted, one of 59 has one deleted. */
export function leapMinute(text: string): 'insert' | 'delete' {
  if (text === '61') return 'insert';
  if (text === '59') return 'delete';
  throw new InvalidArgumentError('It is not 61 or 59, the seconds of the minute with the leap second.');
}

export const repeated = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
