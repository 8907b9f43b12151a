import { RecentStates } from './recent-states.ts';

/** By how many devices of the office each server is used, as far as it matters. */
export class ServerUsers {
  readonly #devices: RecentStates<number[]>;
  readonly #most: number;

  /** `capacity`: servers at a time. `most`: devices that are told apart; further ones are only known to be there. */
  constructor(capacity: number, most: number) {
    this.#devices = new RecentStates(capacity, () => []);
    this.#most = most;
  }

  /** Servers that were forgotten for want of room. */
  get forgotten(): number {
    return this.#devices.forgotten;
  }

  /** Notes that a device uses a server, both by number, and says whether more than `most` devices do by now. */
  isPopular(server: number, inside: number): boolean {
    const devices = this.#devices.of(server);
    if (devices.length <= this.#most && !devices.includes(inside)) devices.push(inside);
    return devices.length > this.#most;
  }

  /** How many use it, `most + 1` at most. */
  count(server: number): number {
    return this.#devices.of(server).length;
  }
}
