import type { MeteredBatch } from '../../core/flow/metered-batch.ts';

/** What flows carried. */
export interface Volume {
  readonly packets: number;
  readonly octets: number;
}

/** The flows all exporters tell of, one after the other and over again, and how long ago they were when they are told. */
export class FlowRing {
  readonly batch: MeteredBatch;
  readonly #startedAgoMs: Float64Array;
  readonly #endedAgoMs: Float64Array;
  /** Of all rows before each; one more than there are rows. */
  readonly #packetsBefore: Float64Array;
  readonly #octetsBefore: Float64Array;

  /** In `batch` start and end are milliseconds before the export; the ring takes it over. */
  constructor(batch: MeteredBatch) {
    this.batch = batch;
    this.#startedAgoMs = batch.flowStartMs.slice();
    this.#endedAgoMs = batch.flowEndMs.slice();
    this.#packetsBefore = sumsBefore(batch.packetDeltaCount);
    this.#octetsBefore = sumsBefore(batch.octetDeltaCount);
  }

  /** Dates `count` rows, `first` and on, as told now. */
  date(first: number, count: number, nowMs: number, uptimeMs: number): void {
    const { flowStartMs, flowEndMs, flowStartUptimeMs, flowEndUptimeMs } = this.batch;
    const startedAgoMs = this.#startedAgoMs;
    const endedAgoMs = this.#endedAgoMs;
    for (let row = first; row < first + count; row++) {
      const started = startedAgoMs[row] as number;
      const ended = endedAgoMs[row] as number;
      flowStartMs[row] = nowMs - started;
      flowEndMs[row] = nowMs - ended;
      flowStartUptimeMs[row] = uptimeMs - started;
      flowEndUptimeMs[row] = uptimeMs - ended;
    }
  }

  /** Of `flows` flows from row `first` on, round and round. */
  volume(first: number, flows: number): Volume {
    const upTo = (row: number, before: Float64Array): number =>
      Math.floor(row / this.batch.length) * (before.at(-1) as number) + (before[row % this.batch.length] as number);
    const between = (before: Float64Array): number => upTo(first + flows, before) - upTo(first, before);
    return { packets: between(this.#packetsBefore), octets: between(this.#octetsBefore) };
  }
}

function sumsBefore(values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let row = 0; row < values.length; row++) sums[row + 1] = (sums[row] as number) + (values[row] as number);
  return sums;
}
