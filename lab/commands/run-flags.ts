import { InvalidArgumentError } from 'commander';
import type { CapturePoint } from '../../core/net/train-packets/packet-writer.ts';
import { durationSchema } from '../scenario/duration.ts';

/** The flags of `flowlab run`, parsed. */
export interface RunFlags {
  readonly seed?: number;
  readonly speed?: 'max' | 'real' | number;
  readonly duration?: string;
  readonly set?: string[];
  readonly out?: string;
  readonly packets?: string;
  readonly packetsAt?: CapturePoint;
  readonly serve?: true;
  readonly port: number;
  readonly json?: true;
  readonly quiet?: true;
  /** False with --no-color. */
  readonly color: boolean;
}

export const MAX_SEED = 0xffffffff;

/** Whole numbers from `least` to `most`. */
export const parseWhole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`it must be a whole number from ${least} to ${most}.`);
    return value;
  };

export const parseSeed = parseWhole(0, MAX_SEED);

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('it must be a port from 1 to 65535, or 0 for one that is free.');
  return port;
}

export function parseSpeed(text: string): 'max' | 'real' | number {
  if (text === 'max' || text === 'real') return text;
  const factor = /^\d+(\.\d+)?x$/.test(text) ? Number.parseFloat(text) : 0;
  if (factor <= 0) throw new InvalidArgumentError('it must be max, real or a factor such as 60x.');
  return factor;
}

export function parseDurationText(text: string): string {
  if (!durationSchema.safeParse(text).success)
    throw new InvalidArgumentError('it must be a number and ms, s, m, h or d, such as 30m.');
  return text;
}

export function collectSetting(text: string, before: string[] = []): string[] {
  if (!/^[^=]+=/.test(text)) throw new InvalidArgumentError('it must be key=value, such as router.clock.ntp=false.');
  return [...before, text];
}
