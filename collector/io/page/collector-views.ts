import { pipelineView, type PipelineView } from '../../api/view/pipeline-view.ts';
import type { StatusView } from '../../api/view/status-view.ts';
import type { Topic } from '../../api/view/topic.ts';
import { BASES } from '../../api/view/view-request.ts';
import { collectorFunnel } from '../../counting/collector-funnel.ts';
import { reconcile } from '../../counting/reconciliation.ts';
import { isServerAddress } from '../../store/clickhouse/server-address.ts';
import type { FlowStore } from '../../store/flow-store.ts';
import type { CollectorOptions } from '../command-line.ts';
import type { FlowCollector } from '../flow-collector.ts';
import { intakeOf } from '../intake.ts';
import type { ViewSubject } from './views.ts';
import { viewTopics } from './view-topics.ts';

/** About exporters, those first that sent most. */
const MOST_SENTENCES = 30;

/** What a collector that runs shows: the flows of its store, until now. */
export function collectorViews(collector: FlowCollector, store: FlowStore, options: CollectorOptions): ViewSubject {
  const { config, inventory } = options;
  const startMs = Date.now();
  const topics = new Map<string, Topic>(
    // The views' SQL is DuckDB's.
    isServerAddress(options.store)
      ? []
      : viewTopics({
          store,
          context: () => {
            const { applications, names } = collector.collecting;
            return { applications, names, inside: config.inside, inventory, alerts: collector.alerts };
          },
          nowMs: () => Date.now(),
          revision: () => collector.storedFlows,
          maxReadyFlows: config.api.live.maxReadyFlows,
        }),
  );
  const status = (): StatusView => {
    const { flows, messages } = collector.collecting.counters;
    return {
      kind: 'live',
      name: options.store === ':memory:' ? 'collector' : `collector, ${options.store}`,
      nowMs: Date.now(),
      startMs,
      topics: [...topics.keys()],
      bases: BASES,
      records: flows,
      messages,
    };
  };
  topics.set('pipeline', { view: () => Promise.resolve(pipelineOf(collector)) });
  topics.set('status', { view: () => Promise.resolve(status()) });
  return { topics };
}

/** Beside the figures stands what each exporter says of itself: of all together it would be no sum. */
function pipelineOf({ collecting, listening, storedFlows, storedNatEvents }: FlowCollector): PipelineView {
  const { counters, sessions, forgotten } = collecting;
  const counts = { ...counters, sessions, forgotten, intake: intakeOf(listening) };
  const notes = sessions.some(({ lostUnit }) => lostUnit === 'messages')
    ? ['NetFlow v9 and sFlow count Messages: how many records were in those that were lost is not known.']
    : [];
  const sentences = reconcile(counts).sentences.slice(0, MOST_SENTENCES);
  return pipelineView(collectorFunnel({ ...counts, counters, storedFlows, storedNatEvents }), false, [...notes, ...sentences]);
}
