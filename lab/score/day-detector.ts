import type { AddressRange } from '../../core/net/stored-address.ts';
import type { CollectedBatch } from '../../collector/collecting/collected-batch.ts';
import type { CollectingProcess } from '../../collector/collecting/collecting-process.ts';
import type { NatEventBatch } from '../../collector/collecting/nat-event-batch.ts';
import type { InventoryEntry } from '../../collector/query/inventory.ts';
import type { Exporter } from '../../collector/store/flow-store.ts';
import type { DetectorAlert } from './detector.ts';

/** What is known of the office whose day it is. */
export interface DayOffice {
  readonly inside: readonly AddressRange[];
  readonly exporter: Exporter;
  readonly inventory: readonly InventoryEntry[];
  readonly publicAddresses: readonly number[];
  readonly forbidden: readonly string[];
  /** Names that the router has given so far. */
  readonly given: Pick<CollectingProcess, 'applications' | 'names'>;
}

/** Any detector, as a day is shown to it: batches of the collector, in the order they were collected. */
export interface DayDetector {
  flows(batch: CollectedBatch, nowMs: number): void;
  natEvents(batch: NatEventBatch, nowMs: number): void;
  end(nowMs: number): void;
  /** What it said; complete after `end`. */
  readonly alerts: readonly Required<Omit<DetectorAlert, 'id'>>[];
}

export type CreateDayDetector = (office: DayOffice) => DayDetector;
