import { InvalidArgumentError } from 'commander';
import { CONDITION_NAMES, type Condition } from '../score/conditions.ts';
import { MAX_SEED } from './run-flags.ts';

/** The flags of `flowlab detect score`, parsed. */
export interface ScoreFlags {
  readonly seeds?: number[];
  readonly quietSeeds?: number[];
  readonly conditions?: Condition[];
  readonly detector?: string;
  readonly tolerance?: number;
  readonly threads?: number;
  readonly minPrecision?: number;
  readonly minRecall?: number;
  readonly maxQuietAlerts?: number;
  readonly json?: true;
  readonly quiet?: true;
  /** False with --no-color. */
  readonly color: boolean;
}

const MAX_SEEDS = 10_000;

/** `101-120,130`; `none` for no day of the kind. */
export function parseSeeds(text: string): number[] {
  if (text === 'none') return [];
  const seeds = new Set<number>();
  for (const part of text.split(',')) {
    const [, first = '', last = first] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === '' || from > to || to > MAX_SEED)
      throw new InvalidArgumentError(`it must be seeds from 0 to ${MAX_SEED} such as 101-120,130, or none.`);
    if (to - from >= MAX_SEEDS) throw new InvalidArgumentError(`it must be at most ${MAX_SEEDS} seeds.`);
    for (let seed = from; seed <= to; seed++) seeds.add(seed);
  }
  if (seeds.size > MAX_SEEDS) throw new InvalidArgumentError(`it must be at most ${MAX_SEEDS} seeds.`);
  return [...seeds];
}

export function parseConditions(text: string): Condition[] {
  const names = [...new Set(text.split(','))];
  return names.map((name) => {
    const condition = CONDITION_NAMES.find((known) => known === name);
    if (condition === undefined) throw new InvalidArgumentError(`it must be some of ${CONDITION_NAMES.join(',')}.`);
    return condition;
  });
}

/** A part of a whole, 0 to 1. */
export function parsePart(text: string): number {
  const part = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(part <= 1)) throw new InvalidArgumentError('it must be a number from 0 to 1.');
  return part;
}
