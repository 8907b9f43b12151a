/** A thread that scores days: it is told one after the other, and answers with the score of each. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { ThreadAnswer, ThreadTask } from './day-pool.ts';
import { loadDetector } from './load-detector.ts';
import { DetectorMistake } from './plain-detector.ts';
import { scoreDay, type DayTask } from './score-day.ts';

const port = parentPort as MessagePort;
const { detector, toleranceMs } = (workerData as { readonly task: ThreadTask }).task;
let loaded: ReturnType<typeof loadDetector> | undefined;

port.on('message', (task: DayTask) => void answer(task));

async function answer(task: DayTask): Promise<void> {
  let said: ThreadAnswer;
  try {
    loaded ??= loadDetector(detector);
    said = { kind: 'scored', score: await scoreDay(task, await loaded, { toleranceMs }) };
  } catch (error) {
    const isMistake = error instanceof DetectorMistake;
    said = { kind: 'failed', message: error instanceof Error ? messageOf(error, isMistake) : String(error), isMistake };
  }
  port.postMessage(said);
}

/** Where an error of the detector's own code happened is what its author needs. */
const messageOf = (error: Error, isMistake: boolean): string => (isMistake ? error.message : (error.stack ?? error.message));
