import type { PacketTrain } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Activity } from '../wire.ts';
import type { LeasePool } from './lease-pool.ts';

/** A device that has an address only while it does something: from its first activity until the last has ended and its last packet passed. */
export class DhcpClient {
  readonly #device: number;
  readonly #pool: LeasePool;
  readonly #releasePart: number;
  readonly #random: Random;
  #address: number | undefined;
  #activities = 0;
  #lastPacketNs = -Infinity;

  /** `random` is the device's own, for nothing else. */
  constructor(device: number, pool: LeasePool, releasePart: number, random: Random) {
    this.#device = device;
    this.#pool = pool;
    this.#releasePart = releasePart;
    this.#random = random;
  }

  /** Throws when the device is not there, which would be a mistake of ours. */
  get address(): number {
    if (this.#address === undefined) throw new Error(`device ${this.#device} sends before it has an address`);
    return this.#address;
  }

  /** Notes what the device sends or gets. */
  carries({ startNs, intervalNs, packets }: PacketTrain): void {
    this.#lastPacketNs = Math.max(this.#lastPacketNs, startNs + intervalNs * (packets - 1));
  }

  /** The activity, which does not happen when there is no address for it. What another one begins may use its connections, so there the address stays. */
  during(at: TrueNs, activity: Activity): Activity {
    const isThere = this.#activities > 0;
    if (isThere) this.#activities++;
    return this.#follow(at, activity, isThere);
  }

  *#follow(at: TrueNs, activity: Activity, isThere: boolean): Activity {
    if (!isThere && !this.#come(at)) return;
    let now = at;
    for (let step = activity.next(); step.done !== true; step = activity.next()) {
      now = trueNs(Math.max(now, step.value));
      yield now;
    }
    this.#activities--;
    if (this.#activities === 0) this.#go(now);
  }

  #come(at: TrueNs): boolean {
    if (this.#activities === 0) this.#address = this.#pool.begin(this.#device, at)?.address;
    if (this.#address === undefined) return false;
    this.#activities++;
    return true;
  }

  #go(at: TrueNs): void {
    this.#address = undefined;
    this.#pool.end(this.#device, trueNs(Math.max(at, this.#lastPacketNs)), this.#random.chance(this.#releasePart));
  }
}
