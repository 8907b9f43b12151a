import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptureMistakes } from '../../core/net/capture/captured-frame.ts';
import { CaptureReader } from '../../core/net/capture/capture-reader.ts';
import { trueNs, type TrueNs } from '../../core/time/instant.ts';
import { CapturedTraffic, epochOf, type PacketPath } from '../captured-traffic.ts';
import { RouterPath } from '../router-path.ts';
import { SeenPath } from '../seen-path.ts';
import { feedCapture } from './capture-source.ts';
import type { CaptureOptions } from './command-line.ts';
import { MessageFile } from './message-file.ts';
import { openSink, type MessageSink } from './message-sink.ts';
import { Pace } from './pace.ts';

const MESSAGES_BETWEEN_PAUSES = 100;
/** Messages that are collected before the sink is given them. */
const MOST_WAITING = 100;
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
  /** Messages that are to be sent. */
  #waiting: Uint8Array[] = [];
  #sent = 0;

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
      await this.#readAll().catch((error: unknown) => {
        if (!this.#signal.aborted) throw error;
      });
      // What an interruption leaves unread is not the capture's mistake.
      if (!this.#signal.aborted) this.#reader.end();
      if (this.mistakes.byCode.has('not-a-capture') && this.#traffic === undefined)
        throw new Error(`${pcap} is no capture: it begins with no magic number of pcap or pcapng`);
      if (this.#traffic !== undefined) await this.#flush(this.#path as PacketPath, this.#traffic.now);
    } finally {
      this.#file?.close();
      await this.#sink.close();
    }
  }

  async #readAll(): Promise<void> {
    const reader = this.#reader;
    for await (const _ of feedCapture(this.#options.pcap, reader, this.#signal)) {
      while (reader.next()) {
        const traffic = (this.#traffic ??= this.#begin());
        const now = traffic.timeOf(reader.frame);
        const waiting = this.#advance(this.#path as PacketPath, now);
        if (waiting !== undefined) await waiting;
        traffic.handle(now, reader.frame);
      }
      if (this.#traffic !== undefined) this.#collect(this.#path as PacketPath, this.#traffic.now);
      await this.#send();
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
  #advance(path: PacketPath, now: TrueNs): Promise<void> | undefined {
    if (this.#pace !== undefined && this.#pace.aheadMs(now) > 0) return this.#keepPace(path, now, this.#pace);
    for (let timers = 0; path.nextTimeout() <= now; timers++) this.#wake(path, next(path, now, timers));
    return this.#waiting.length > MOST_WAITING ? this.#send() : undefined;
  }

  async #keepPace(path: PacketPath, now: TrueNs, pace: Pace): Promise<void> {
    for (let timers = 0; path.nextTimeout() <= now; timers++) {
      const at = next(path, now, timers);
      await pace.reach(at, this.#signal);
      this.#wake(path, at);
      await this.#send();
    }
    await pace.reach(now, this.#signal);
  }

  /** Does what is due at `now`, and collects the Messages that come of it. */
  #wake(path: PacketPath, now: TrueNs): void {
    path.handleTimeout(now);
    this.#collect(path, now);
  }

  async #flush(path: PacketPath, now: TrueNs): Promise<void> {
    for (let isDone = false; !isDone;) {
      isDone = path.flush(now);
      this.#collect(path, now);
      await this.#send();
    }
  }

  #collect(path: PacketPath, now: TrueNs): void {
    for (let message = path.poll(); message !== undefined; message = path.poll()) {
      this.#file?.message(now, message);
      this.#waiting.push(message);
    }
  }

  async #send(): Promise<void> {
    const { pauseMs } = this.#options;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) {
      await this.#sink?.send(message);
      if (pauseMs > 0 && ++this.#sent % MESSAGES_BETWEEN_PAUSES === 0) await sleep(pauseMs);
    }
  }
}

/** When to wake a path that has something due by `now`: one timer after the other, but not through years. */
const next = (path: PacketPath, now: TrueNs, timers: number): TrueNs =>
  timers < MOST_TIMERS_IN_A_GAP ? path.nextTimeout() : now;
