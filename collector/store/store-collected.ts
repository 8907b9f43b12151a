import type { CollectingProcess } from '../collecting/collecting-process.ts';
import type { CollectedBatch } from '../collecting/collected-batch.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import { NotStoredError, type FlowStore } from './flow-store.ts';

/** Stores every batch that waits in the Collecting Process and gives it back for reuse. What cannot be stored is counted. */
export async function storeCollected(collecting: CollectingProcess, store: FlowStore): Promise<void> {
  for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) {
    await stored(collecting, batch, store.append(batch));
  }
  for (let batch = collecting.pollNatEvents(); batch !== undefined; batch = collecting.pollNatEvents()) {
    await stored(collecting, batch, store.appendNatEvents(batch));
  }
}

async function stored(
  collecting: CollectingProcess,
  batch: CollectedBatch | NatEventBatch,
  appended: Promise<void>,
): Promise<void> {
  try {
    await appended;
  } catch (error) {
    collecting.countNotStored(batch);
    if (!(error instanceof NotStoredError)) throw error;
  } finally {
    collecting.release(batch);
  }
}
