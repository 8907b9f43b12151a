import type { Exporter, FlowStore, StoredFlows } from '../store/flow-store.ts';

const COLUMNS = ['flowStartMs', 'flowEndMs', 'octetDeltaCount'] as const;

/**
 * Octets that change their time bucket when every stored time, or every one of an exporter, is moved by `-errorMs`: with the
 * exporter's clock error, those that lie in a wrong bucket; with the opposite sign, those that would if the clock had that error.
 * A record's octets count as spread evenly from its first to its last packet, or lie at one of them where the other cannot be.
 * Buckets of `bucketS` seconds are aligned to the UNIX epoch.
 */
export async function wrongBucketOctets(
  store: FlowStore,
  errorMs: number,
  bucketS: number,
  exporter?: Exporter,
): Promise<number> {
  const bucketMs = bucketS * 1_000;
  let wrong = 0;
  const add = ({ length, flowStartMs, flowEndMs, octetDeltaCount }: StoredFlows<(typeof COLUMNS)[number]>): void => {
    for (let row = 0; row < length; row++) {
      const endMs = flowEndMs[row] as number;
      const from = (flowStartMs[row] as number) || endMs;
      const to = Math.max(from, endMs) + 1;
      const share = (wrongTime(to, errorMs, bucketMs) - wrongTime(from, errorMs, bucketMs)) / (to - from);
      wrong += (octetDeltaCount[row] as number) * share;
    }
  };
  await store.scan(COLUMNS, add, exporter);
  return Math.round(wrong);
}

/** How much of the time from 1970 to `ms` lies in another bucket than `errorMs` before it. */
function wrongTime(ms: number, errorMs: number, bucketMs: number): number {
  const reach = Math.min(Math.abs(errorMs), bucketMs);
  const buckets = Math.floor(ms / bucketMs);
  const into = ms - buckets * bucketMs;
  // A fast clock carries what came just before a border over it; a slow one keeps back what came just after.
  const partly = errorMs > 0 ? Math.min(into, reach) : Math.max(0, into - (bucketMs - reach));
  return buckets * reach + partly;
}
