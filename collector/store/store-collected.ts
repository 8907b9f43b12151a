import type { CollectingProcess } from '../collecting/collecting-process.ts';
import type { CollectedBatch } from '../collecting/collected-batch.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import type { SegmentKind } from './spool/segment.ts';
import { NotStoredError, type FlowStore } from './flow-store.ts';

/** Whoever is shown every batch before it is stored. */
export interface BatchWatcher {
  handle(batch: CollectedBatch): void;
  handleNatEvents(batch: NatEventBatch): void;
}

/** Whoever keeps account of what goes to the store, in its order. */
export interface BatchLedger {
  /** Returns `false` when none of it is to be stored; rows may be taken out. */
  begins(kind: SegmentKind, batch: CollectedBatch | NatEventBatch): boolean;
  /** It was stored, or could not be. */
  ends(kind: SegmentKind, batch: CollectedBatch | NatEventBatch): void;
}

/**
 * Stores every batch that waits in the Collecting Process and gives it back for reuse. What cannot be stored is counted. The watchers see each
 * batch first.
 */
export async function storeCollected(
  collecting: CollectingProcess,
  store: FlowStore,
  watchers: readonly BatchWatcher[] = [],
  ledger?: BatchLedger,
): Promise<void> {
  const isToStore = (kind: SegmentKind, batch: CollectedBatch | NatEventBatch): boolean => {
    const begins = ledger?.begins(kind, batch) ?? true;
    if (!begins) collecting.release(batch);
    return begins;
  };
  for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) {
    if (!isToStore('flows', batch)) continue;
    for (const watcher of watchers) watcher.handle(batch);
    await stored(collecting, batch, store.append(batch), () => ledger?.ends('flows', batch));
  }
  for (let batch = collecting.pollNatEvents(); batch !== undefined; batch = collecting.pollNatEvents()) {
    if (!isToStore('natEvents', batch)) continue;
    for (const watcher of watchers) watcher.handleNatEvents(batch);
    await stored(collecting, batch, store.appendNatEvents(batch), () => ledger?.ends('natEvents', batch));
  }
}

async function stored(
  collecting: CollectingProcess,
  batch: CollectedBatch | NatEventBatch,
  appended: Promise<void>,
  ends: () => void,
): Promise<void> {
  try {
    await appended;
  } catch (error) {
    collecting.countNotStored(batch);
    if (!(error instanceof NotStoredError)) throw error;
  } finally {
    ends();
    collecting.release(batch);
  }
}
