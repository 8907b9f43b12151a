import { trueNs, type DurationNs, type TrueNs, type UptimeNs } from './instant.ts';
import type { ClockEvents } from './clock-events.ts';
import type { Oscillator } from './oscillator.ts';
import { Segments } from './segments.ts';

/** How long a device has been on, by an oscillator nobody corrects: only a reboot sets it back. */
export class UptimeCounter {
  readonly #segments = new Segments();
  readonly #oscillator: Oscillator;
  readonly #events: ClockEvents | undefined;
  #event = 0;
  #until: TrueNs;

  constructor(oscillator: Oscillator, events: ClockEvents | undefined, uptimeNs: DurationNs) {
    this.#oscillator = oscillator;
    this.#events = events;
    this.#segments.append(trueNs(0), uptimeNs, this.#rateAt(trueNs(0)));
    this.#until = this.#endOf(trueNs(0));
  }

  /** `now` may lie anywhere in the past as well. */
  read(now: TrueNs): UptimeNs {
    while (now >= this.#until) this.#continue(this.#until);
    return this.#segments.read(now) as UptimeNs;
  }

  #continue(at: TrueNs): void {
    let uptime = this.#segments.read(at);
    for (let event = this.#events?.get(this.#event); event?.at === at; event = this.#events?.get(++this.#event)) {
      if (event.reboot !== undefined) uptime = 0;
    }
    const rate = this.#rateAt(at);
    const last = this.#segments.length - 1;
    if (rate !== this.#segments.rate(last) || uptime !== this.#segments.read(at)) this.#segments.append(at, uptime, rate);
    this.#until = this.#endOf(at);
  }

  #rateAt(at: TrueNs): number {
    return 1 + this.#oscillator.ppmAt(at) / 1e6;
  }

  #endOf(at: TrueNs): TrueNs {
    return trueNs(Math.min(this.#oscillator.pieceEnd(at), this.#events?.get(this.#event)?.at ?? Infinity));
  }
}
