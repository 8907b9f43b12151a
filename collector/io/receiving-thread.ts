import { Worker } from 'node:worker_threads';
import { firstLine } from './exit.ts';
import type { ListenerStats } from './listening.ts';
import type { ReceivedBlock, ReceivingAnswer, ReceivingRequest, ReceivingStats, ReceivingTask } from './receiving-messages.ts';

/**
 * UDP sockets in a thread of their own, which does nothing but take datagrams and hand them on in blocks: decoding, questions and the page never
 * keep it waiting.
 */
export class ReceivingThread {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #stats: ReceivingStats = { listeners: [], journalFailure: undefined };
  /** Why it ended before it was told to, in one sentence. */
  #failure: string | undefined;
  #answered: () => void = () => undefined;

  private constructor(worker: Worker, onBlock: (block: ReceivedBlock) => void) {
    this.#worker = worker;
    worker.on('message', (answer: ReceivingAnswer) => {
      if (answer.kind === 'block') return onBlock(answer.block);
      if (answer.kind === 'refused') this.#failure = answer.message;
      else this.#stats = answer.stats;
      this.#answered();
    });
    worker.on('error', (error) => void (this.#failure = firstLine(error)));
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#answered();
        resolve();
      });
    });
  }

  /** Opens all sockets or none. Rejects with an Error of one sentence when an address cannot be had. */
  static async begin(task: ReceivingTask, onBlock: (block: ReceivedBlock) => void): Promise<ReceivingThread> {
    const module = new URL('./receiving-worker.ts', import.meta.url).href;
    const worker = new Worker(new URL('../store/start-worker.mjs', import.meta.url), { workerData: { module, task } });
    const thread = new ReceivingThread(worker, onBlock);
    await new Promise<void>((resolve) => void (thread.#answered = resolve));
    if (thread.#stats.listeners.length > 0) return thread;
    await worker.terminate();
    throw new Error(thread.#failure ?? 'the thread that receives did not begin');
  }

  /** Of each listener, as they were told last: within a second, or later while receiving waits for room. */
  get stats(): readonly ListenerStats[] {
    return this.#stats.listeners;
  }

  /** Why nothing is received any more, in one sentence. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Why datagrams are in no file, in one sentence; `undefined` while they are, or are not to be. */
  get journalFailure(): string | undefined {
    return this.#stats.journalFailure;
  }

  /** Resolves when everything that came was handed on and all sockets are closed. */
  async close(): Promise<void> {
    this.#worker.postMessage('close' satisfies ReceivingRequest);
    await this.#ended;
  }
}
