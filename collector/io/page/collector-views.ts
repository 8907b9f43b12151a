import { parseStored, type StoredAddress } from '../../../core/net/stored-address.ts';
import { pipelineView, type PipelineView } from '../../api/view/pipeline-view.ts';
import type { StatusView } from '../../api/view/status-view.ts';
import type { Topic } from '../../api/view/topic.ts';
import { BASES } from '../../api/view/view-request.ts';
import type { ApplicationName } from '../../collecting/label.ts';
import { collectorFunnel } from '../../counting/collector-funnel.ts';
import { reconcile } from '../../counting/reconciliation.ts';
import { duckDbDialect } from '../../query/language/duckdb-dialect.ts';
import { isServerAddress } from '../../store/clickhouse/server-address.ts';
import type { Exporter, FlowStore } from '../../store/flow-store.ts';
import type { CollectorOptions } from '../command-line.ts';
import type { FlowCollector } from '../flow-collector.ts';
import { labelsOf } from '../labels.ts';
import { alertsOf, exporterChoices, exporterOf, storedExporters } from './collector-exporters.ts';
import type { ViewSubject } from './views.ts';
import { viewTopics } from './view-topics.ts';
import { tappedWire } from './wire-tap.ts';

/** About exporters, those first that sent most. */
const MOST_SENTENCES = 30;

/** What a collector that runs shows: the flows of its store, until now. */
export function collectorViews(collector: FlowCollector, store: FlowStore, options: CollectorOptions): ViewSubject {
  const { config, inventory } = options;
  const startMs = Date.now();
  const { collecting } = collector;
  const before = new KnownBefore();
  const inventoried = new Map(inventory.toReversed().map((entry) => [parseStored(entry.address), entry.name]));
  const nameOf = (address: StoredAddress): string | undefined =>
    collecting.names.get(address) ?? before.names.get(address) ?? inventoried.get(address);
  const topics = new Map<string, Topic>(
    // The views' SQL is DuckDB's.
    isServerAddress(options.store)
      ? []
      : viewTopics({
          store,
          context: (id) => {
            const exporter = exporterOf(id);
            // What is learnt anew counts.
            const applications = [...before.applications, ...collecting.applications];
            const names = before.names.size === 0 ? collecting.names : new Map([...before.names, ...collecting.names]);
            return {
              applications,
              names,
              inside: config.inside,
              inventory,
              alerts: alertsOf(exporter, collector.alerts),
              ...(exporter === undefined ? {} : { exporter }),
            };
          },
          nowMs: () => Date.now(),
          revision: () => collector.storedFlows + collector.storedNatEvents,
          alertTellings: () => collector.alertTellings,
          maxReadyFlows: config.api.live.maxReadyFlows,
        }),
  );
  if (topics.size > 0) void before.ask(store);
  topics.set(
    'wire',
    tappedWire(collector.tapped, config.api.wire, ({ protocol, source, observationDomainId: domain }, id) =>
      protocol === undefined ? undefined : collector.collecting.templateOf({ protocol, source, domain }, id),
    ),
  );
  const status = (): StatusView => {
    const { flows, messages } = collecting.counters;
    return {
      kind: 'live',
      name: options.store === ':memory:' ? 'collector' : `collector, ${options.store}`,
      nowMs: Date.now(),
      startMs,
      topics: [...topics.keys()],
      bases: BASES,
      exporters: topics.has('overview') ? exporterChoices([...before.exporters, ...collecting.exporters], nameOf) : [],
      records: flows,
      messages,
    };
  };
  topics.set('pipeline', { view: () => Promise.resolve(pipelineOf(collector)) });
  topics.set('status', { view: () => Promise.resolve(status()) });
  return { topics };
}

/** Beside the figures stands what each exporter says of itself: of all together it would be no sum. */
function pipelineOf({ collecting, reception, storedFlows, storedNatEvents }: FlowCollector): PipelineView {
  const { counters, sessions, forgotten } = collecting;
  const counts = { ...counters, sessions, forgotten, intake: reception.intake };
  const notes = sessions.some(({ lostUnit }) => lostUnit === 'messages')
    ? ['NetFlow v9 and sFlow count Messages: how many records were in those that were lost is not known.']
    : [];
  const sentences = reconcile(counts).sentences.slice(0, MOST_SENTENCES);
  return pipelineView(collectorFunnel({ ...counts, counters, storedFlows, storedNatEvents }), false, [...notes, ...sentences]);
}

/** What the store knew before the collector began. */
class KnownBefore {
  exporters: readonly Exporter[] = [];
  applications: readonly ApplicationName[] = [];
  names: ReadonlyMap<StoredAddress, string> = new Map();

  /** Without an answer the page goes by what comes now; why the store cannot answer is told by every view. */
  async ask(store: FlowStore): Promise<void> {
    try {
      this.exporters = await storedExporters(store);
      const { applications, names } = await labelsOf(store, duckDbDialect);
      [this.applications, this.names] = [applications, names];
    } catch {
      this.exporters = [];
    }
  }
}
