import type { Label } from '../collecting/label.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import type { Alert } from '../detect/alert.ts';
import type { DetectConfig } from '../detect/config.ts';
import type { ViewedFlows } from '../detect/inside-view.ts';
import type { WatchedOffice } from '../detect/office.ts';

/** What the thread of detection is begun with. */
export interface DetectionTask {
  readonly watched: WatchedOffice;
  readonly config: DetectConfig;
  /** Of each kind; beyond it new ones are left out, as in the Collecting Process. */
  readonly maxNames: number;
}

/** What it is told, in this order. */
export type DetectionRequest =
  | { readonly kind: 'flows'; readonly flows: ViewedFlows }
  | { readonly kind: 'nat-events'; readonly events: NatEventBatch }
  | { readonly kind: 'labels'; readonly labels: readonly Label[] }
  | { readonly kind: 'settle' };

/** What it says. */
export type DetectionAnswer =
  /** So many of the rows it was given are behind it; `unwatched` of them, in all so far, are of exporters beyond `maxExporters`. */
  | { readonly kind: 'seen'; readonly rows: number; readonly unwatched: number }
  /** New, or with more known of them than before. */
  | { readonly kind: 'alerts'; readonly alerts: readonly Alert[] }
  | { readonly kind: 'settled' };
