const SLOT_MS = 30 * 60_000;
/** Slots that are remembered: two days. */
const MAX_SLOTS = 96;
/** Devices that are told apart in a slot. */
const MAX_DEVICES = 4_096;

/** When the office is at work, by how many of its devices are: learnt from the flows, so that no clock, zone or holiday is to be known. */
export class OfficeRhythm {
  /** Devices by half hour, the oldest first. */
  readonly #slots = new Map<number, Set<number>>();
  readonly #restPart: number;
  readonly #minDevices: number;

  /** `restPart`: of the most devices there were; where no more are at work the office rests. `minDevices`: fewer are no office. */
  constructor(restPart: number, minDevices: number) {
    this.#restPart = restPart;
    this.#minDevices = minDevices;
  }

  /** Notes that a device did something at an instant of the router's clock, and says whether it was the first of its half hour. */
  note(atMs: number, inside: number): boolean {
    const slot = Math.floor(atMs / SLOT_MS);
    let devices = this.#slots.get(slot);
    const isFirst = devices === undefined;
    if (devices === undefined) {
      devices = new Set();
      this.#slots.set(slot, devices);
      const [oldest] = this.#slots.keys();
      if (this.#slots.size > MAX_SLOTS && oldest !== undefined) this.#slots.delete(oldest);
    }
    if (devices.size < MAX_DEVICES) devices.add(inside);
    return isFirst;
  }

  /** Whether the office rested in the half hour before an instant; not known, hence no, until it was seen at work. */
  rests(atMs: number): boolean {
    const most = Math.max(0, ...[...this.#slots.values()].map(({ size }) => size));
    const now = this.#slots.get(Math.floor(atMs / SLOT_MS) - 1)?.size ?? 0;
    return most >= this.#minDevices && now <= this.#restPart * most;
  }
}
