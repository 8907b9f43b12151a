import type { ObservedPacket } from '../../core/flow/observed-packet.ts';
import type { PacketTrain } from '../../core/net/packet-train.ts';
import { EventQueue } from '../../core/time/event-queue.ts';
import type { TrueNs } from '../../core/time/instant.ts';
import { loadPacket, packetAt, type Observed } from './train-part.ts';

/** A train and which of its packets is the next. */
interface Expanding {
  readonly train: PacketTrain;
  readonly observed: Observed;
  index: number;
}

/** Turns trains that run side by side into their packets, one after the other in the order of time. */
export class TrainExpander {
  readonly #trains = new EventQueue<Expanding>();

  add(train: PacketTrain, observed: Observed): void {
    this.#trains.push(train.startNs, { train, observed, index: 0 });
  }

  /** When the next packet passes, or `undefined`. */
  get nextInstant(): TrueNs | undefined {
    return this.#trains.nextInstant;
  }

  /** Makes `packet` the next one. Only to be called when there is one. */
  take(packet: ObservedPacket): void {
    const next = this.#trains.pop();
    const { train, observed, index } = next;
    loadPacket(packet, train, observed, index);
    next.index++;
    if (next.index < train.packets) this.#trains.push(packetAt(train, next.index), next);
  }
}
