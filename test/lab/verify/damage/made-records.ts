import { Holdings } from '../../../../lab/verify/damage/holdings.ts';
import type { JudgedRecords, Telling } from '../../../../lab/verify/damage/judged-records.ts';
import { pairsOf } from '../../../../lab/verify/damage/order.ts';

/** A record in whole milliseconds, with what is told of it. */
export interface Made {
  readonly startMs: number;
  readonly endMs: number;
  readonly toldStartMs?: number;
  readonly toldEndMs?: number;
  readonly receivedMs?: number;
  readonly octets?: number;
  readonly conversation?: number;
  readonly holder?: number;
}

const NS_PER_MS = 1e6;

/** Records side by side; all use one public endpoint, each for its holder. */
export function madeRecords(made: readonly Made[]): { records: JudgedRecords; telling: Telling } {
  const column = (of: (each: Made) => number): Float64Array => Float64Array.from(made, of);
  const holdings = new Holdings();
  const byStart = [...made].sort((one, other) => one.startMs - other.startMs);
  for (const { holder = 1, startMs, endMs } of byStart) holdings.use(6, 1, holder, startMs * NS_PER_MS, endMs * NS_PER_MS);
  const judged = {
    length: made.length,
    startNs: column(({ startMs }) => startMs * NS_PER_MS),
    endNs: column(({ endMs }) => endMs * NS_PER_MS),
    sentNs: column(({ endMs }) => endMs * NS_PER_MS),
    arrivedNs: column(({ endMs, receivedMs = endMs + 1_000 }) => receivedMs * NS_PER_MS),
    octets: column(({ octets = 1_000 }) => octets),
    conversation: Uint32Array.from(made, ({ conversation }, row) => conversation ?? 2 * row),
    endpoint: new Int32Array(made.length),
    holder: column(({ holder = 1 }) => holder),
    holdings,
    lease: new Int32Array(made.length).fill(-1),
    device: new Uint32Array(made.length),
    leases: new Holdings(),
  };
  return {
    records: { ...judged, pairs: pairsOf(judged) },
    telling: {
      startNs: column(({ startMs, toldStartMs = startMs }) => toldStartMs * NS_PER_MS),
      endNs: column(({ endMs, toldEndMs = endMs }) => toldEndMs * NS_PER_MS),
      receivedNs: judged.arrivedNs,
    },
  };
}
