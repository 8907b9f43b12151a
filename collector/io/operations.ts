import { ExporterRows } from '../api/exporter-rows.ts';
import { metricFamilies } from '../api/metrics.ts';
import type { AnswerQuery } from '../api/query-request.ts';
import { reasonsNotReady, type Readiness, type StoreState } from '../api/readiness.ts';
import type { CollectorConfig } from '../config.ts';
import { reconciliationLines } from '../counting/account-table.ts';
import type { CollectorCounts } from '../counting/collector-counts.ts';
import { IncidentWatch } from '../counting/incidents.ts';
import { reconcile, type Reconciliation } from '../counting/reconciliation.ts';
import { MetricsPage } from './api-metrics.ts';
import { ApiServer } from './api-server.ts';
import { readPage } from './page/page-files.ts';
import type { ViewSubject } from './page/views.ts';
import type { FlowCollector } from './flow-collector.ts';
import type { CollectorLog } from './log.ts';

const WATCH_INTERVAL_MS = 1_000;

/** How whoever runs the collector sees it: the log, the metrics and the API. */
export class Operations {
  readonly #config: CollectorConfig;
  readonly #collector: FlowCollector;
  readonly #log: CollectorLog;
  readonly #rows: ExporterRows;
  readonly #watch = new IncidentWatch();
  readonly #timer: NodeJS.Timeout;
  #isListening = true;
  #server: ApiServer | undefined;

  private constructor(config: CollectorConfig, collector: FlowCollector, log: CollectorLog) {
    this.#config = config;
    this.#collector = collector;
    this.#log = log;
    this.#rows = new ExporterRows(config.api.maxExporterLabels);
    this.#timer = setInterval(() => this.#look(), WATCH_INTERVAL_MS);
  }

  /** Rejects with an Error of one sentence when the API cannot have its address. */
  static async open(
    config: CollectorConfig,
    collector: FlowCollector,
    log: CollectorLog,
    answerQuery?: AnswerQuery,
    views?: ViewSubject,
  ): Promise<Operations> {
    const operations = new Operations(config, collector, log);
    try {
      if (config.api.listen !== undefined) await operations.#serve(answerQuery, views);
    } catch (error) {
      await operations.close();
      throw error;
    }
    return operations;
  }

  /** Where the API is, with the port it got; `undefined` when it is off. */
  get apiEndpoint(): string | undefined {
    return this.#server?.endpoint;
  }

  /** Ends the API at once, and the log's watching after a last look. */
  async close(): Promise<void> {
    this.#isListening = false;
    clearInterval(this.#timer);
    await this.#server?.close();
    this.#look();
    this.#log.turn(Date.now(), true);
  }

  /** Where the records went, for whoever sees the collector end. */
  accountLines(): string[] {
    return reconciliationLines(this.#reconciliation());
  }

  async #serve(answerQuery: AnswerQuery | undefined, views: ViewSubject | undefined): Promise<void> {
    const { api } = this.#config;
    const isShown = api.page && views !== undefined;
    this.#server = await ApiServer.open(api, {
      ...(isShown ? { views, page: readPage((sentence) => this.#log.say('page', [sentence])) } : {}),
      metrics: new MetricsPage(() => this.#families()),
      reasonsNotReady: () => reasonsNotReady(this.#readiness()),
      reconciliation: () => this.#reconciliation(),
      answerQuery,
      onFault: (error) => this.#log.fault(error, Date.now()),
    });
  }

  #families(): ReturnType<typeof metricFamilies> {
    const { counters, sessions } = this.#collector.collecting;
    const readiness = this.#readiness();
    return metricFamilies({
      counters,
      rows: this.#rows.update(sessions),
      sessions: sessions.length,
      intake: this.#collector.reception.intake,
      store: readiness.store,
      unwatchedRows: this.#collector.detection.unwatchedRows,
      isReady: reasonsNotReady(readiness).length === 0,
    });
  }

  #readiness(): Readiness {
    return {
      isListening: this.#isListening && this.#collector.reception.failure === undefined,
      store: storeState(this.#collector),
    };
  }

  #counts(): CollectorCounts {
    const { counters, sessions, forgotten } = this.#collector.collecting;
    return { ...counters, sessions, forgotten, intake: this.#collector.reception.intake };
  }

  #reconciliation(): Reconciliation {
    return reconcile(this.#counts());
  }

  #look(): void {
    const now = Date.now();
    const { counters, sessions } = this.#collector.collecting;
    const { kernelDrops } = this.#collector.reception;
    const state = storeState(this.#collector);
    const storeStopped = state.kind === 'storing' ? undefined : state.reason;
    const retentionStopped = this.#collector.retentionFailure;
    const { unwatchedRows, failure: detectionStopped } = this.#collector.detection;
    for (const incident of this.#watch.look({
      ...counters,
      sessions,
      kernelDrops,
      storeStopped,
      retentionStopped,
      unwatchedRows,
      detectionStopped,
      journalStopped: this.#collector.reception.journalFailure,
      damagedDatagrams: this.#collector.reception.inbox.damagedDatagrams,
    }))
      this.#log.tell(incident, now);
    this.#log.turn(now);
  }
}

function storeState({ storeFailure, storeState: state }: FlowCollector): StoreState {
  if (storeFailure === undefined) return state;
  const [reason = ''] = String(storeFailure instanceof Error ? storeFailure.message : storeFailure).split('\n');
  return { kind: 'failed', reason };
}
