import { octetsOfFirst, type PacketTrain } from '../packet-train.ts';
import { EventQueue } from '../../time/event-queue.ts';
import { trueNs, type TrueNs } from '../../time/instant.ts';

/** A train that is running, at one of its packets. */
export class RunningTrain {
  readonly train: PacketTrain;
  /** Which of its packets is at hand, counted from 0. */
  index = -1;

  constructor(train: PacketTrain) {
    this.train = train;
  }

  get at(): TrueNs {
    return trueNs(this.train.startNs + this.train.intervalNs * this.index);
  }

  get octets(): number {
    return octetsOfFirst(this.train, this.index + 1) - octetsOfFirst(this.train, this.index);
  }

  get tcpFlags(): number {
    const { packets, tcpFlagsFirst, tcpFlags, tcpFlagsLast } = this.train;
    if (this.index === 0) return tcpFlagsFirst;
    return this.index === packets - 1 ? tcpFlagsLast : tcpFlags;
  }

  get isLast(): boolean {
    return this.index === this.train.packets - 1;
  }
}

/** Trains that run at the same time, taken apart into packets in the order of time. */
export class TrainMerge {
  readonly #running = new EventQueue<RunningTrain>();

  /** How many trains have packets left. */
  get size(): number {
    return this.#running.size;
  }

  add(train: PacketTrain): void {
    this.#running.push(train.startNs, new RunningTrain(train));
  }

  /** The train whose packet is the next before `until`, moved on to it; `undefined` when there is none. */
  next(until: TrueNs): RunningTrain | undefined {
    const at = this.#running.nextInstant;
    if (at === undefined || at >= until) return undefined;
    const running = this.#running.pop();
    running.index++;
    if (!running.isLast) this.#running.push(trueNs(at + running.train.intervalNs), running);
    return running;
  }
}
