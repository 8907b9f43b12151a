import { open } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptureMistakes } from '../../core/net/capture/captured-frame.ts';
import { CaptureReader } from '../../core/net/capture/capture-reader.ts';
import { trueNs, type TrueNs } from '../../core/time/instant.ts';
import { CapturedTraffic, epochOf, type PacketPath } from '../captured-traffic.ts';
import { RouterPath } from '../router-path.ts';
import { SeenPath } from '../seen-path.ts';
import type { CaptureOptions } from './command-line.ts';
import { MessageFile } from './message-file.ts';
import { openSink, type MessageSink } from './message-sink.ts';
import { Pace } from './pace.ts';

const READ_OCTETS = 1 << 20;
const MESSAGES_BETWEEN_PAUSES = 100;
/** Timers of a quiet stretch that are walked through one by one; a capture that leaps over years is not. */
const MOST_TIMERS_IN_A_GAP = 10_000;

/** Meters a capture file, or one that comes through a pipe, and exports its flows in packet time. */
export class CaptureExporter {
  readonly #options: CaptureOptions;
  readonly #reader = new CaptureReader();
  readonly #signal: AbortSignal;
  #sink: MessageSink | undefined;
  #file: MessageFile | undefined;
  #pace: Pace | undefined;
  #path: PacketPath | undefined;
  #traffic: CapturedTraffic | undefined;
  #messages = 0;

  /** When `signal` is aborted, what has been read is exported and `run` resolves. */
  constructor(options: CaptureOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** `undefined` until the first packet has come. */
  get traffic(): CapturedTraffic | undefined {
    return this.#traffic;
  }

  get exported(): PacketPath['exported'] | undefined {
    return this.#path?.exported;
  }

  get mistakes(): CaptureMistakes {
    return this.#reader.mistakes;
  }

  /** Reads to the end and exports everything. Rejects with an Error of one sentence when a file or the collector cannot be had. */
  async run(onLost: (reason: string) => void): Promise<void> {
    const { pcap, write, collector, tls } = this.#options;
    const onReconnected = (): void => this.#path?.beginSession(this.#traffic?.now ?? trueNs(0));
    this.#sink = await openSink(collector, tls, { onLost, onReconnected });
    try {
      if (write !== undefined) this.#file = new MessageFile(write);
      const input = pcap === '-' ? process.stdin : await openCapture(pcap);
      // A pipe may be quiet for long, and is left at once all the same.
      await this.#readAll(addAbortSignal(this.#signal, input)).catch((error: unknown) => {
        if (!this.#signal.aborted) throw error;
      });
      // What an interruption leaves unread is not the capture's mistake.
      if (!this.#signal.aborted) this.#reader.end();
      if (this.mistakes.byCode.has('not-a-capture') && this.#traffic === undefined)
        throw new Error(`${pcap} is no capture: it begins with no magic number of pcap or pcapng`);
      if (this.#traffic !== undefined) this.#path?.flush(this.#traffic.now);
      await this.#send();
    } finally {
      this.#file?.close();
      await this.#sink.close();
    }
  }

  async #readAll(input: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const octets of input) {
      this.#reader.handle(octets);
      while (this.#reader.next()) {
        const traffic = (this.#traffic ??= this.#begin());
        const now = traffic.timeOf(this.#reader.frame);
        const waiting = this.#advance(now);
        if (waiting !== undefined) await waiting;
        traffic.handle(now, this.#reader.frame);
      }
      await this.#send();
      this.#signal.throwIfAborted();
    }
  }

  #begin(): CapturedTraffic {
    const { inside, speed } = this.#options;
    const config = this.#options.router;
    const epoch = epochOf(this.#reader.frame);
    this.#path = inside === undefined ? new SeenPath(config, epoch) : new RouterPath(config, inside, epoch);
    this.#file?.begin(epoch);
    if (speed !== 'max') this.#pace = new Pace(speed);
    return new CapturedTraffic(this.#path, epoch);
  }

  /** Does what is due up to `now`; a promise only when that takes waiting. */
  #advance(now: TrueNs): Promise<void> | undefined {
    const path = this.#path as PacketPath;
    const isDue = path.nextTimeout() <= now;
    const isEarly = this.#pace !== undefined && this.#pace.aheadMs(now) > 0;
    return isDue || isEarly ? this.#catchUp(path, now) : undefined;
  }

  async #catchUp(path: PacketPath, now: TrueNs): Promise<void> {
    for (let timers = 0; timers < MOST_TIMERS_IN_A_GAP; timers++) {
      const next = path.nextTimeout();
      if (next > now) break;
      await this.#pace?.reach(next, this.#signal);
      path.handleTimeout(next);
      await this.#send(next);
    }
    await this.#pace?.reach(now, this.#signal);
    path.handleTimeout(now);
    await this.#send(now);
  }

  async #send(now = this.#traffic?.now): Promise<void> {
    const { pauseMs } = this.#options;
    for (let message = this.#path?.poll(); message !== undefined; message = this.#path?.poll()) {
      if (now !== undefined) this.#file?.message(now, message);
      await this.#sink?.send(message);
      if (pauseMs > 0 && ++this.#messages % MESSAGES_BETWEEN_PAUSES === 0) await sleep(pauseMs);
    }
  }
}

async function openCapture(path: string): Promise<Readable> {
  try {
    const file = await open(path);
    return file.createReadStream({ highWaterMark: READ_OCTETS });
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}
