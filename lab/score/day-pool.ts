import { Worker } from 'node:worker_threads';
import type { DayScore, DayTask } from './score-day.ts';
import { DetectorMistake } from './plain-detector.ts';

/** What a thread is begun with. */
export interface ThreadTask {
  /** Path of the module that makes the detector; the collector's own without it. */
  readonly detector: string | undefined;
  readonly toleranceMs: number;
}

/** What a thread says: a day is over, or went wrong. */
export type ThreadAnswer =
  | { readonly kind: 'scored'; readonly score: DayScore }
  | { readonly kind: 'failed'; readonly message: string; readonly isMistake: boolean };

/** Scores days in `threads` threads at once, each with one day at a time. Rejects with the first failure, or the signal's reason. */
export async function scoreInThreads(
  tasks: readonly DayTask[],
  threadTask: ThreadTask,
  threads: number,
  onScore: (score: DayScore) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const waiting = [...tasks];
  const workers = Array.from({ length: Math.min(threads, tasks.length) }, () => beginThread(threadTask));
  try {
    await Promise.all(workers.map((worker) => work(worker, waiting, onScore, signal)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

const beginThread = (task: ThreadTask): Worker =>
  new Worker(new URL('../../collector/store/start-worker.mjs', import.meta.url), {
    workerData: { module: new URL('./day-worker.ts', import.meta.url).href, task },
  });

/** Gives one thread a day after the other until none waits. */
function work(
  worker: Worker,
  waiting: DayTask[],
  onScore: (score: DayScore) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const task = waiting.shift();
      if (task === undefined) resolve();
      else worker.postMessage(task);
    };
    const abort = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    worker.on('message', (answer: ThreadAnswer) => {
      if (answer.kind === 'failed')
        return reject(answer.isMistake ? new DetectorMistake(answer.message) : failureOf(answer.message));
      onScore(answer.score);
      next();
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a thread ended before its day')));
    next();
  });
}

/** What is thrown in a thread happened there: where it is told again is of no use. */
const failureOf = (stack: string): Error => Object.assign(new Error(stack.split('\n')[0]), { stack });
