import type { CollectingProcess } from '../collecting/collecting-process.ts';
import type { FlowStore } from './flow-store.ts';

/** Stores every batch that waits in the Collecting Process and gives it back for reuse, and the names it has learnt. */
export async function storeCollected(collecting: CollectingProcess, store: FlowStore): Promise<void> {
  for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) {
    await store.append(batch);
    collecting.release(batch);
  }
  for (let batch = collecting.pollNatEvents(); batch !== undefined; batch = collecting.pollNatEvents()) {
    await store.appendNatEvents(batch);
    collecting.release(batch);
  }
  await store.appendLabels(collecting.pollLabels());
}
