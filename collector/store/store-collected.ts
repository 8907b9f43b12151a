import type { CollectingProcess } from '../collecting/collecting-process.ts';
import type { CollectedBatch } from '../collecting/collected-batch.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import { NotStoredError, type FlowStore } from './flow-store.ts';

/** Whoever is shown every batch before it is stored. */
export interface BatchWatcher {
  handle(batch: CollectedBatch): void;
  handleNatEvents(batch: NatEventBatch): void;
}

/**
 * Stores every batch that waits in the Collecting Process and gives it back for reuse. What cannot be stored is counted. The watchers see each
 * batch first.
 */
export async function storeCollected(
  collecting: CollectingProcess,
  store: FlowStore,
  watchers: readonly BatchWatcher[] = [],
): Promise<void> {
  for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) {
    for (const watcher of watchers) watcher.handle(batch);
    await stored(collecting, batch, store.append(batch));
  }
  for (let batch = collecting.pollNatEvents(); batch !== undefined; batch = collecting.pollNatEvents()) {
    for (const watcher of watchers) watcher.handleNatEvents(batch);
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
