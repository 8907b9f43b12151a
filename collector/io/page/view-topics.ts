import { QueryMistake } from '../../api/query-request.ts';
import { completeView } from '../../api/view/complete-view.ts';
import { exploreRequestOf } from '../../api/view/explore-request.ts';
import { exploreView } from '../../api/view/explore-view.ts';
import { lifeView } from '../../api/view/life-view.ts';
import { natView } from '../../api/view/nat-view.ts';
import { overviewView } from '../../api/view/overview-view.ts';
import { peopleQuestionOf, peopleView } from '../../api/view/people-view.ts';
import { personView } from '../../api/view/person-view.ts';
import type { RecordTruth } from '../../api/view/record-truth.ts';
import { recordsRequestOf, recordsView } from '../../api/view/records-view.ts';
import type { Topic } from '../../api/view/topic.ts';
import { viewRequestOf, type ViewContext, type ViewRequest } from '../../api/view/view-request.ts';
import { attributionSchema } from '../../query/attribution-config.ts';
import { liveSchema } from '../../api/live/config.ts';
import { ReadyFlows } from '../../query/people/ready-flows.ts';
import { RememberedAnswers } from './remembered-answers.ts';
import type { FlowStore } from '../../store/flow-store.ts';

/** What the topics that are answered from a store go by. */
export interface ViewSource {
  readonly store: FlowStore;
  /** As it is known now; `exporter` is the parameter. Throws a RangeError of one sentence when nobody is called so. */
  context(exporter: string | undefined): ViewContext;
  /** By the collector's clock, in milliseconds since 1970. */
  nowMs(): number;
  /** The same as long as nothing was stored. */
  revision(): number;
  /** The same as long as the alerts of the context are, where they come by themselves: after the flows that settled them. */
  alertTellings?(): number;
  /** What is known of records besides what is stored; only the lab knows anything. */
  readonly truth?: RecordTruth;
  /** Flows that are made ready at most, `api.live.maxReadyFlows`. */
  readonly maxReadyFlows?: number;
}

const DEFAULT_READY_FLOWS = liveSchema.parse({}).maxReadyFlows;
/** Those a router is taken to have when nothing else is known of it. */
const TIMEOUTS = attributionSchema.parse({});

/** How a view is asked for: by the parameters of its topic. Rejects with a `QueryMistake` of one sentence for such as make no sense. */
type Asks<View> = (parameters: ReadonlyMap<string, string>) => Promise<View>;

/** The views of a store, by topic. */
export type StoreViews = ReturnType<typeof storeViews>;

/** The views any DuckDB store can answer. */
export function storeViews(source: ViewSource) {
  const ready = new ReadyBySite(source);
  const asking =
    <View>(
      ask: (context: ViewContext, request: ViewRequest, parameters: ReadonlyMap<string, string>) => Promise<View>,
    ): Asks<View> =>
    (parameters) =>
      withMistakes(async () => {
        const context = source.context(parameters.get('exporter'));
        const request = viewRequestOf(parameters, source.nowMs());
        return ask({ ...context, ready: ready.of(context.inside) }, request, parameters);
      });
  const { truth } = source;
  // A view that was asked before something was stored asks on of flows made ready before.
  const store = new RememberedAnswers(source.store, () => `${source.revision()} ${ready.revision}`);
  return {
    people: asking((context, request, parameters) => peopleView(store, context, { ...request, ...peopleQuestionOf(parameters) })),
    overview: asking((context, request) => overviewView(store, context, request)),
    person: asking((context, request, parameters) => personView(store, context, { ...request, id: parameters.get('id') ?? '' })),
    explore: asking((context, request, parameters) =>
      exploreView(store, context, { ...request, ...exploreRequestOf(parameters) }),
    ),
    nat: asking((context, request) => natView(store, context, { ...request, timeouts: TIMEOUTS })),
    records: asking((context, request, parameters) =>
      recordsView(store, context, recordsRequestOf(parameters, request, truth), truth),
    ),
    life: asking((context, request, parameters) =>
      lifeView(store, context, { ...request, id: parameters.get('record') ?? '' }, truth),
    ),
    complete: asking((context, _request, parameters) => Promise.resolve(completeView(context, parameters))),
  };
}

/** The topics any DuckDB store can answer, by name. */
export function viewTopics(source: ViewSource, views = storeViews(source)): Map<string, Topic> {
  const revision = (): number => source.revision();
  const topics = new Map<string, Topic>(Object.entries(views).map(([name, view]) => [name, { view, revision }]));
  const withAlerts = (): string => `${source.revision()} ${source.alertTellings?.() ?? ''}`;
  return topics.set('overview', { view: views.overview, revision: withAlerts });
}

/** What makes no sense, a RangeError of one sentence, is the mistake of whoever asked. */
export async function withMistakes<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof RangeError ? new QueryMistake(error.message, { cause: error }) : error;
  }
}

/** Sites may have other prefixes. */
class ReadyBySite {
  readonly #source: ViewSource;
  readonly #ready = new Map<string, ReadyFlows>();

  constructor(source: ViewSource) {
    this.#source = source;
  }

  of(inside: ViewContext['inside']): ReadyFlows {
    const { store, maxReadyFlows = DEFAULT_READY_FLOWS } = this.#source;
    const key = inside.map(({ first, last }) => `${first}-${last}`).join();
    const ready = this.#ready.get(key) ?? new ReadyFlows(store, inside, maxReadyFlows);
    this.#ready.set(key, ready);
    return ready;
  }

  get revision(): number {
    return [...this.#ready.values()].reduce((sum, { revision }) => sum + revision, 0);
  }
}
