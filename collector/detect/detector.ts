import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import type { Exporter } from '../store/flow-store.ts';
import type { AddressNumbers } from './address-numbers.ts';
import type { Advice, AlertKind } from './alert.ts';
import type { AlertBook } from './alert-book.ts';
import type { InsideFlows } from './inside-flows.ts';
import type { Office } from './office.ts';

/** What a detector has at hand. */
export interface Surroundings {
  /** Where alerts are raised. */
  readonly book: AlertBook;
  /** Whose numbers the flows have. Keep `addressOf` of a number in an alert, as the number may be forgotten. */
  readonly addresses: AddressNumbers;
  readonly office: Office;
  /** Whose records are looked at. */
  readonly exporter: Exporter;
}

/**
 * Looks for one kind of misbehaviour in flows as they come, with bounded state. Its time is that of the rows: what happened when is told by
 * the router's clock, when an alert was raised by the collector's (`receivedAtUs` of the row that settled it). So it says the same of a
 * stored file as of flows that come, in whatever batches, and no answer depends on when it was asked.
 */
export interface Detector {
  /** Takes rows as they were collected: mostly in the order flows ended, now and then late, lost or twice. They are valid during the call. */
  handle(flows: InsideFlows): void;
  /** Takes these NAT events of a batch (RFC 8158). */
  handleNatEvents?(events: NatEventBatch, rows: readonly number[]): void;
  /** No more rows are to come: says what only waited for later ones. */
  settle?(): void;
  /** What was forgotten for want of room: keys, not rows. */
  readonly forgotten: number;
}

/** A detector as the list of them has it. */
export interface DetectorKind<Config> {
  readonly kind: AlertKind;
  readonly advice: Advice;
  create(surroundings: Surroundings, config: Config): Detector;
}
