import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import type { Datagram } from '../collecting/datagram.ts';
import { AllowList } from '../listening/allow-list.ts';
import type { MessageTaker } from '../listening/streamed-messages.ts';
import { BlockWriter } from '../store/journal/block.ts';
import { ChunkWriter } from '../store/journal/chunk-writer.ts';
import { Slots } from '../store/journal/slots.ts';
import { Listening } from './listening.ts';
import type { ReceivingAnswer, ReceivingRequest, ReceivingStats, ReceivingTask } from './receiving-messages.ts';

/** A datagram waits no longer for others that come behind it. */
const HAND_ON_MS = 1;
const TELL_MS = 1_000;

/** Puts datagrams into blocks, writes those to disk and hands them on. */
class Receiving implements MessageTaker {
  readonly #slots: Slots;
  readonly #files: ChunkWriter | undefined;
  readonly #writer = new BlockWriter();
  readonly #say: (answer: ReceivingAnswer) => void;
  #slot: number;
  #next: number;
  #timer: NodeJS.Timeout | undefined;

  constructor({ memory, journal, block }: ReceivingTask, say: (answer: ReceivingAnswer) => void) {
    this.#slots = new Slots(memory);
    this.#files = journal === undefined ? undefined : new ChunkWriter(journal.directory, journal.config, journal.chunk);
    this.#next = block;
    this.#say = say;
    this.#slot = this.#slots.wait();
    this.#writer.begin(this.#slots.octetsOf(this.#slot));
  }

  get journalFailure(): string | undefined {
    return this.#files?.failure;
  }

  handle({ payload, source, receivedAtUs }: Datagram): void {
    if (!this.#writer.add(payload, source, receivedAtUs)) {
      this.#handOn();
      this.#writer.add(payload, source, receivedAtUs);
    }
    this.#timer ??= setTimeout(() => this.#handOn(), HAND_ON_MS);
  }

  issue(_issue: IpfixIssue): void {
    // Of connections, which are received elsewhere.
  }

  endSession(): void {
    // The same.
  }

  close(): void {
    this.#handOn();
    this.#files?.close();
  }

  #handOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { datagrams } = this.#writer;
    if (datagrams === 0) return;
    const number = this.#next++;
    const block = this.#writer.finish(number);
    const place = this.#files?.write(block, performance.now());
    // What is on disk need not be in memory, but what is nowhere else waits there: then the kernel keeps what comes, as long as it can.
    const other = this.#slots.take();
    const isInMemory = place === undefined || other !== undefined;
    const slot = isInMemory ? this.#slot : undefined;
    const { chunk, offset = 0 } = place ?? { chunk: undefined };
    this.#say({ kind: 'block', block: { number, octets: block.length, datagrams, slot, chunk, offset } });
    if (isInMemory) this.#slot = other ?? this.#slots.wait();
    this.#writer.begin(this.#slots.octetsOf(this.#slot));
  }
}

const port = parentPort as MessagePort;
const { task } = workerData as { task: ReceivingTask };
const say = (answer: ReceivingAnswer): void => port.postMessage(answer);

const receiving = new Receiving(task, say);

async function listen(): Promise<void> {
  const listening = await Listening.open(task.listen, new AllowList(task.allow), receiving);
  const stats = (): ReceivingStats => ({ listeners: listening.stats(), journalFailure: receiving.journalFailure });
  const timer = setInterval(() => say({ kind: 'stats', stats: stats() }), TELL_MS);
  port.once('message', (_: ReceivingRequest) => {
    clearInterval(timer);
    void listening.close().then(() => {
      receiving.close();
      say({ kind: 'closed', stats: stats() });
      port.close();
    });
  });
  say({ kind: 'listening', stats: stats() });
}

await listen().catch(({ message }: Error) => {
  say({ kind: 'refused', message });
  port.close();
});
