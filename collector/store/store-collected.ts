import type { CollectingProcess } from '../collecting/collecting-process.ts';
import type { CollectedBatch } from '../collecting/collected-batch.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import { NotStoredError, type FlowStore } from './flow-store.ts';

/** Stores every batch that waits in the Collecting Process and gives it back for reuse, and the names it has learnt. What there is no room for is counted. */
export async function storeCollected(collecting: CollectingProcess, store: FlowStore): Promise<void> {
  for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) {
    await store.append(batch).catch(unlessNotStored(() => collecting.countNotStored(batch as CollectedBatch)));
    collecting.release(batch);
  }
  for (let batch = collecting.pollNatEvents(); batch !== undefined; batch = collecting.pollNatEvents()) {
    await store.appendNatEvents(batch).catch(unlessNotStored(() => collecting.countNotStored(batch as NatEventBatch)));
    collecting.release(batch);
  }
  await store.appendLabels(collecting.pollLabels());
}

const unlessNotStored =
  (count: () => void) =>
  (error: unknown): void => {
    if (!(error instanceof NotStoredError)) throw error;
    count();
  };
