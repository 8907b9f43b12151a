import { InvalidArgumentError } from 'commander';
import { parsePrefix, type IPv4Prefix } from '../../core/net/address.ts';
import { parseEndpoint, type Endpoint } from '../../core/net/endpoint.ts';
import { parseDestination, type Destination } from './destination.ts';

/** More flows a second than any machine sends. */
const AS_MANY_AS_THERE_CAN_BE = 1e9;

export function destination(text: string): Destination {
  const parsed = parseDestination(text);
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError('It is not a host and a port such as 127.0.0.1:4739, tls:// before it or not, nor file:path.');
}

export function endpoint(text: string): Endpoint {
  const parsed = parseEndpoint(text);
  if (parsed === undefined) throw new InvalidArgumentError('It is not a host and a port such as 127.0.0.1:4739.');
  return parsed;
}

export function prefix(text: string): IPv4Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new InvalidArgumentError('It is not an IPv4 prefix such as 10.0.0.0/16.');
  return parsed;
}

export function speed(text: string): 'max' | number {
  if (text === 'max') return 'max';
  const factor = text === 'real' ? 1 : /^\d+(\.\d+)?x$/.test(text) ? Number.parseFloat(text) : 0;
  if (factor <= 0) throw new InvalidArgumentError('It is not max, real or a factor such as 60x.');
  return factor;
}

export const numberFrom =
  (low: number, high: number) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It is not a number from ${low} to ${high}.`);
  };

/** Flow Records a second, or as many as there can be. */
export function loadRate(text: string): number {
  return text === 'max' ? AS_MANY_AS_THERE_CAN_BE : numberFrom(1, AS_MANY_AS_THERE_CAN_BE)(text);
}

export const collected = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

export function timeOfDay(text: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It is not a time of day such as 09:30.');
  return Number(match[1]) * 60 + Number(match[2]);
}
