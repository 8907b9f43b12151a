import type { StatusView } from '../../api/view/status-view.ts';
import type { Topic } from '../../api/view/topic.ts';
import { BASES } from '../../api/view/view-request.ts';
import { isServerAddress } from '../../store/clickhouse/server-address.ts';
import type { FlowStore } from '../../store/flow-store.ts';
import type { CollectorOptions } from '../command-line.ts';
import type { FlowCollector } from '../flow-collector.ts';
import type { ViewSubject } from './views.ts';
import { viewTopics } from './view-topics.ts';
import { tappedWire } from './wire-tap.ts';

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
        }),
  );
  topics.set(
    'wire',
    tappedWire(collector.tapped, config.api.wire, ({ protocol, source, observationDomainId: domain }, id) =>
      protocol === undefined ? undefined : collector.collecting.templateOf({ protocol, source, domain }, id),
    ),
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
  topics.set('status', { view: () => Promise.resolve(status()) });
  return { topics };
}
