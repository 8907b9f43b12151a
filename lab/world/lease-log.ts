import { NS_PER_MS, trueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { Office } from '../../exporter/office/office.ts';
import type { LentAddress } from '../verify/damage/holdings.ts';
import type { KeptClock } from './kept-clock.ts';

/** What a site's DHCP server writes down, by a clock of its own if it has one. */
export class LeaseLog {
  /** `undefined`: it is always right. */
  readonly clock: KeptClock | undefined;
  readonly #office: Pick<Office, 'leases'>;

  constructor(office: Pick<Office, 'leases'>, clock?: KeptClock) {
    this.#office = office;
    this.clock = clock;
  }

  /** Leases by when they are written to begin. Call it when the run is over: instants to come are foretold of a clock nobody touches. */
  get entries(): readonly LentAddress[] {
    return this.#entries(this.clock?.clock);
  }

  /** The same had nobody kept the clock. */
  get entriesWithoutNtp(): readonly LentAddress[] {
    return this.#entries(this.clock?.untouched());
  }

  #entries(clock: VirtualClock | undefined): readonly LentAddress[] {
    const { leases } = this.#office;
    if (clock === undefined) return leases;
    // It writes whole milliseconds, as a server does whose clock is right; of a lease that has no end it tells none.
    const read = (instant: number): number =>
      instant === Infinity ? instant : Math.floor(clock.read(trueNs(instant)) / NS_PER_MS) * NS_PER_MS;
    return leases
      .map(({ device, address, fromNs, toNs }) => {
        const from = read(fromNs);
        // Set back meanwhile, the clock would have the lease end before it began.
        return { device, address, fromNs: from, toNs: Math.max(from + NS_PER_MS, read(toNs)) };
      })
      .sort((one, other) => one.fromNs - other.fromNs);
  }
}
