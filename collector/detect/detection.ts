import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import type { Alert } from './alert.ts';
import { AlertBook } from './alert-book.ts';
import type { DetectConfig } from './config.ts';
import type { Detector } from './detector.ts';
import { ADVICE, createDetectors } from './detectors.ts';
import { InsideView, type ViewedFlows } from './inside-view.ts';
import { SamplingGuess } from './sampling-guess.ts';
import { Office, type NamesGiven, type WatchedOffice } from './office.ts';

/** What there was no room for; each has an option. */
export interface DetectionCounters {
  readonly forgottenAddresses: number;
  readonly forgottenKeys: number;
  readonly refusedAlerts: number;
}

/** All detectors over the flows of one office. The same whether flows come live, in a simulation, or out of a store. */
export class Detection {
  readonly #view: InsideView;
  readonly #book: AlertBook;
  readonly #office: Office;
  readonly #sampling: SamplingGuess;
  readonly #detectors: readonly Detector[];

  /** `given`: what the exporters gave names for; it may grow while flows come. */
  constructor(watched: WatchedOffice, given: NamesGiven, config: DetectConfig) {
    const office = (this.#office = new Office(watched, given));
    this.#view = new InsideView({ ...watched, hostOf: (address) => office.hostOf(address) }, config.maxAddresses);
    this.#book = new AlertBook(config.maxAlerts, ADVICE);
    this.#sampling = new SamplingGuess(config.assumedSamplingInterval);
    const { addresses } = this.#view;
    this.#detectors = createDetectors({ book: this.#book, addresses, office }, config);
  }

  /** Alerts so far, the oldest first, with what is known of each by now. */
  get alerts(): Alert[] {
    return this.#book.alerts;
  }

  get counters(): DetectionCounters {
    return {
      forgottenAddresses: this.#view.addresses.forgotten,
      forgottenKeys: this.#detectors.reduce((sum, { forgotten }) => sum + forgotten, 0),
      refusedAlerts: this.#book.refused,
    };
  }

  /** Takes Flow Records in the order they were collected; those of other exporters are left out. */
  handle(batch: ViewedFlows): void {
    this.#office.refresh(this.#view.addresses);
    const flows = this.#view.turn(batch);
    this.#sampling.fill(flows);
    for (const detector of this.#detectors) detector.handle(flows);
  }

  handleNatEvents(batch: NatEventBatch): void {
    for (const detector of this.#detectors) detector.handleNatEvents?.(batch);
  }

  /** No more records are to come. */
  settle(): void {
    for (const detector of this.#detectors) detector.settle?.();
  }

  /** The next alert that is new or tells more than it did, or `undefined`. */
  poll(): Alert | undefined {
    return this.#book.poll();
  }
}
