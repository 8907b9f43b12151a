import type { LoadExporter, Told } from './load-exporter.ts';

const NOTHING: Told = { messages: 0, flows: 0, packets: 0, octets: 0 };

/** What became of one exporter's Messages, in the order it made them. */
export class LoadTally {
  /** What the system did not take. */
  refused = NOTHING;
  readonly exporter: LoadExporter;
  #settled = 0;

  constructor(exporter: LoadExporter) {
    this.exporter = exporter;
  }

  /** What the system has taken. */
  get accepted(): Told {
    return sum(this.exporter.told(0, this.#settled), this.refused, -1);
  }

  /** The next Message was taken or refused; returns its number. */
  settle(isAccepted: boolean): number {
    const message = this.#settled++;
    if (!isAccepted) this.refused = sum(this.refused, this.exporter.told(message, message + 1));
    return message;
  }
}

export const totalOf = (told: readonly Told[]): Told => told.reduce((total, one) => sum(total, one), NOTHING);

const sum = (one: Told, other: Told, times = 1): Told => ({
  messages: one.messages + times * other.messages,
  flows: one.flows + times * other.flows,
  packets: one.packets + times * other.packets,
  octets: one.octets + times * other.octets,
});
