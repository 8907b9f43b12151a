import { trueNs } from '../../../core/time/instant.ts';
import type { VirtualClock } from '../../../core/time/virtual-clock.ts';

/** What a device read of its clocks, in nanoseconds: the wall since the scenario's epoch, the uptime since it was switched on. */
export interface ClockReading {
  wall(trueInstant: number): number;
  uptime(trueInstant: number): number;
}

/** Reads a clock that is not touched any more, with its noise and resolution, also as it went on after the scenario's end. */
export const readingOf = (clock: VirtualClock): ClockReading => ({
  wall: (instant) => clock.read(trueNs(instant)),
  uptime: (instant) => clock.uptime(trueNs(instant)),
});
