import { availableParallelism } from 'node:os';
import { CONDITION_NAMES, type Condition } from './conditions.ts';
import { scoreInThreads } from './day-pool.ts';
import { scoreOf, type DetectionReport } from './detection-report.ts';
import type { CreateDetector } from './detector.ts';
import { plainDetector } from './plain-detector.ts';
import { TOLERANCE_S } from '../verify/detection/match.ts';
import { scoreDay, type DayScore, type DayTask } from './score-day.ts';

/** How far scoring has come. */
export interface ScoreProgress {
  readonly days: number;
  readonly ofDays: number;
  readonly hits: number;
  readonly missed: number;
  readonly falseAlarms: number;
}

export interface ScoreOptions {
  /** Makes the detector for a day, or the path of a module whose default export does; the collector's own detectors without it. */
  readonly detector?: CreateDetector | string;
  /** Of days with misbehaviour; 101 to 120 unless told. */
  readonly seeds?: readonly number[];
  /** Of days without; 201 to 210 unless told. */
  readonly quietSeeds?: readonly number[];
  /** All of them unless told. */
  readonly conditions?: readonly Condition[];
  /** Seconds by which an alert's times may miss the event, beside the error of the router's clock; 60 unless told. */
  readonly toleranceS?: number;
  /** How many days are simulated at once, each in a thread; as many as there are processors unless told. A function runs here, one day after the other. */
  readonly threads?: number;
  readonly onProgress?: (progress: ScoreProgress) => void;
  /** Ends it early: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export const DEFAULT_SEEDS = range(101, 120);
export const DEFAULT_QUIET_SEEDS = range(201, 210);

/**
 * Shows a detector days whose truth is known, and says how good it is. The same seeds and detector give the same report. Rejects
 * with a `DetectorMistake` when the detector cannot be loaded or answers what it may not.
 */
export async function scoreDetector(options: ScoreOptions = {}): Promise<DetectionReport> {
  const { detector, seeds = DEFAULT_SEEDS, quietSeeds = DEFAULT_QUIET_SEEDS, conditions = CONDITION_NAMES, signal } = options;
  const { toleranceS = TOLERANCE_S, threads = availableParallelism() } = options;
  const toleranceMs = toleranceS * 1_000;
  const tasks = conditions.flatMap((condition): DayTask[] => [
    ...seeds.map((seed) => ({ seed, isQuiet: false, condition })),
    ...quietSeeds.map((seed) => ({ seed, isQuiet: true, condition })),
  ]);
  const scores: DayScore[] = [];
  const take = (score: DayScore): void => {
    scores.push(score);
    options.onProgress?.(progressOf(scores, tasks.length));
  };
  options.onProgress?.(progressOf([], tasks.length));
  if (typeof detector === 'function') {
    for (const task of tasks) take(await scoreDay(task, plainDetector(detector), { toleranceMs, signal }));
  } else await scoreInThreads(tasks, { detector, toleranceMs }, threads, take, signal);
  return {
    schemaVersion: 1,
    detector: typeof detector === 'function' ? detector.name || 'a function' : (detector ?? 'flowlab'),
    seeds,
    quietSeeds,
    toleranceS,
    conditions: conditions.map((condition) =>
      scoreOf(
        condition,
        scores.filter((score) => score.condition === condition),
      ),
    ),
    mistakes: tasks.flatMap((task) => scores.find((score) => isOf(score, task))?.mistakes ?? []),
  };
}

const isOf = (score: DayScore, task: DayTask): boolean =>
  score.seed === task.seed && score.isQuiet === task.isQuiet && score.condition === task.condition;

function progressOf(scores: readonly DayScore[], ofDays: number): ScoreProgress {
  const tallies = scores.flatMap((score) => [...score.tallies.values()]);
  const sum = (count: 'hits' | 'missed' | 'falseAlarms'): number => tallies.reduce((total, tally) => total + tally[count], 0);
  return { days: scores.length, ofDays, hits: sum('hits'), missed: sum('missed'), falseAlarms: sum('falseAlarms') };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
