import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import type { Exporter } from '../store/flow-store.ts';
import type { Alert } from './alert.ts';
import { AllowList } from './allow-list.ts';
import { AlertBook } from './alert-book.ts';
import type { DetectConfig } from './config.ts';
import type { Detector } from './detector.ts';
import { ADVICE, createDetectors } from './detectors.ts';
import { FlowApplications } from './flow-applications.ts';
import { InsideView, type ViewedFlows } from './inside-view.ts';
import type { Office, WatchedOffice } from './office.ts';
import { SamplingGuess } from './sampling-guess.ts';

/** All detectors over the records of one exporter. It shares nothing with those of others that could change what it says. */
export class ExporterWatch {
  /** Rows of the batch at hand that are its. */
  readonly rows: number[] = [];
  readonly #view: InsideView;
  readonly #book: AlertBook;
  readonly #sampling: SamplingGuess;
  readonly #detectors: readonly Detector[];

  constructor(exporter: Exporter, { inside }: Pick<WatchedOffice, 'inside'>, office: Office, config: DetectConfig) {
    const applications = new FlowApplications(office, exporter);
    const viewpoint = { inside, hostOf: office.hostOf.bind(office), applications };
    this.#view = new InsideView(viewpoint, config.maxAddresses);
    const allowed = new AllowList(config.allow, (address) => office.nameOf(address));
    this.#book = new AlertBook(exporter, allowed, config.maxAlerts, ADVICE);
    this.#sampling = new SamplingGuess(config.assumedSamplingInterval);
    const { addresses } = this.#view;
    this.#detectors = createDetectors({ book: this.#book, addresses, office, exporter }, config);
  }

  get alerts(): Alert[] {
    return this.#book.alerts;
  }

  get refusedAlerts(): number {
    return this.#book.refused;
  }

  get forgottenAddresses(): number {
    return this.#view.addresses.forgotten;
  }

  get forgottenKeys(): number {
    return this.#detectors.reduce((sum, { forgotten }) => sum + forgotten, 0);
  }

  /** Takes its rows of the batch. */
  handle(batch: ViewedFlows): void {
    const flows = this.#view.turn(batch, this.rows);
    this.#sampling.fill(flows);
    for (const detector of this.#detectors) detector.handle(flows);
  }

  handleNatEvents(batch: NatEventBatch): void {
    for (const detector of this.#detectors) detector.handleNatEvents?.(batch, this.rows);
  }

  settle(): void {
    for (const detector of this.#detectors) detector.settle?.();
  }

  poll(): Alert | undefined {
    return this.#book.poll();
  }
}
