import type { StoredAddress } from '../../core/net/stored-address.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import type { Exporter } from '../store/flow-store.ts';
import { byRaise, type Alert } from './alert.ts';
import { exporterAt, isSameExporter, type ExporterColumns } from './exporter-columns.ts';
import type { DetectConfig } from './config.ts';
import { ExporterWatch } from './exporter-watch.ts';
import type { ViewedFlows } from './inside-view.ts';
import { Office, type NamesGiven, type WatchedOffice } from './office.ts';

/** What there was no room for; each has an option. */
export interface DetectionCounters {
  readonly forgottenAddresses: number;
  readonly forgottenKeys: number;
  readonly refusedAlerts: number;
  /** Rows of exporters that are not watched, as too many others are. */
  readonly unwatchedRows: number;
}

/**
 * All detectors over the records of each exporter: behind two routers there may be the same addresses. The same whether flows come live, in
 * a simulation, or out of a store, and whoever else is watched.
 */
export class Detection {
  readonly #watched: WatchedOffice;
  readonly #config: DetectConfig;
  readonly #office: Office;
  /** By Observation Domain, then by address. */
  readonly #byDomain = new Map<number, Map<StoredAddress, ExporterWatch>>();
  readonly #watches: ExporterWatch[] = [];
  #unwatchedRows = 0;

  /** `given`: what the exporters gave names for; it may grow while flows come. */
  constructor(watched: WatchedOffice, given: NamesGiven, config: DetectConfig) {
    this.#watched = watched;
    this.#config = config;
    this.#office = new Office(watched, given);
  }

  /** Alerts so far, the oldest first, with what is known of each by now. */
  get alerts(): Alert[] {
    return this.#watches.flatMap(({ alerts }) => alerts).sort(byRaise);
  }

  get counters(): DetectionCounters {
    const sum = (of: (watch: ExporterWatch) => number): number => this.#watches.reduce((total, watch) => total + of(watch), 0);
    return {
      forgottenAddresses: sum(({ forgottenAddresses }) => forgottenAddresses),
      forgottenKeys: sum(({ forgottenKeys }) => forgottenKeys),
      refusedAlerts: sum(({ refusedAlerts }) => refusedAlerts),
      unwatchedRows: this.#unwatchedRows,
    };
  }

  /** Takes Flow Records in the order they were collected. */
  handle(batch: ViewedFlows): void {
    this.#office.refresh();
    for (const watch of this.#dealOut(batch)) watch.handle(batch);
  }

  handleNatEvents(batch: NatEventBatch): void {
    for (const watch of this.#dealOut(batch)) watch.handleNatEvents(batch);
  }

  /** No more records are to come. */
  settle(): void {
    for (const watch of this.#watches) watch.settle();
  }

  /** The next alert that is new or tells more than it did, or `undefined`. */
  poll(): Alert | undefined {
    for (const watch of this.#watches) {
      const alert = watch.poll();
      if (alert !== undefined) return alert;
    }
    return undefined;
  }

  /** Gives each row to who watches its exporter; returns those that got some. */
  #dealOut(batch: ExporterColumns): ExporterWatch[] {
    for (const watch of this.#watches) watch.rows.length = 0;
    let watch: ExporterWatch | undefined;
    for (let row = 0; row < batch.length; row++) {
      // Rows of an exporter mostly follow each other.
      if (row === 0 || !isSameExporter(batch, row, row - 1)) watch = this.#watchOf(exporterAt(batch, row));
      if (watch !== undefined) watch.rows.push(row);
      else if (this.#watched.exporter === undefined) this.#unwatchedRows++;
    }
    return this.#watches.filter(({ rows }) => rows.length > 0);
  }

  /** `undefined` of one that is not to be watched. */
  #watchOf(exporter: Exporter): ExporterWatch | undefined {
    const { address, observationDomainId } = exporter;
    const only = this.#watched.exporter;
    if (only !== undefined && (only.address !== address || only.observationDomainId !== observationDomainId)) return undefined;
    const known = this.#byDomain.get(observationDomainId)?.get(address);
    if (known !== undefined || this.#watches.length >= this.#config.maxExporters) return known;
    const watch = new ExporterWatch(exporter, this.#watched, this.#office, this.#config);
    this.#watches.push(watch);
    const ofDomain = this.#byDomain.get(observationDomainId) ?? new Map<StoredAddress, ExporterWatch>();
    this.#byDomain.set(observationDomainId, ofDomain.set(address, watch));
    return watch;
  }
}
