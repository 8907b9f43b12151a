import { Worker } from 'node:worker_threads';
import type { SegmentOutcome, SegmentTask, WritesSegments } from './segment-writer.ts';

/**
 * Writes segments in a thread of its own, so that who receives does not wait. Columns in shared memory are not copied for it: nobody may
 * change them before it answers.
 */
export class SegmentThread implements WritesSegments {
  #worker: Worker | undefined = this.#begin();
  #answer: (outcome: SegmentOutcome) => void = () => undefined;

  write(task: SegmentTask): Promise<SegmentOutcome> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      // One that ended is begun anew.
      this.#worker ??= this.#begin();
      this.#worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #begin(): Worker {
    const module = new URL('./segment-worker.ts', import.meta.url).href;
    const worker = new Worker(new URL('../start-worker.mjs', import.meta.url), { workerData: { module } });
    let why = 'the thread that writes has ended';
    worker.on('message', (outcome: SegmentOutcome) => this.#answer(outcome));
    worker.on('error', ({ message }) => void (why = message.split('\n')[0] ?? why));
    worker.once('exit', () => {
      this.#worker = undefined;
      this.#answer({ kind: 'failed', why });
    });
    return worker;
  }
}
