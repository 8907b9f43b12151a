import { QueryMistake } from '../../api/query-request.ts';
import { completeView } from '../../api/view/complete-view.ts';
import { exploreRequestOf } from '../../api/view/explore-request.ts';
import { exploreView } from '../../api/view/explore-view.ts';
import { natView } from '../../api/view/nat-view.ts';
import { overviewView } from '../../api/view/overview-view.ts';
import { peopleQuestionOf, peopleView } from '../../api/view/people-view.ts';
import { personView } from '../../api/view/person-view.ts';
import { RememberedAnswers } from './remembered-answers.ts';
import type { Topic } from '../../api/view/topic.ts';
import { viewRequestOf, type ViewContext, type ViewRequest } from '../../api/view/view-request.ts';
import { attributionSchema } from '../../query/attribution-config.ts';
import { liveSchema } from '../../api/live/config.ts';
import { Inventory } from '../../query/inventory.ts';
import { ReadyFlows } from '../../query/people/ready-flows.ts';
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
  /** Flows that are made ready at most, `api.live.maxReadyFlows`. */
  readonly maxReadyFlows?: number;
}

const US_PER_MS = 1_000;
const DEFAULT_READY_FLOWS = liveSchema.parse({}).maxReadyFlows;
/** Those a router is taken to have when nothing else is known of it. */
const TIMEOUTS = attributionSchema.parse({});

/** The topics any DuckDB store can answer, by name. */
export function viewTopics(source: ViewSource): Map<string, Topic> {
  const readyOf = readyBySite(source);
  const topic = (
    ask: (context: ViewContext, request: ViewRequest, parameters: ReadonlyMap<string, string>) => Promise<object>,
  ): Topic => ({
    revision: () => source.revision(),
    view: async (parameters) => {
      try {
        const context = source.context(parameters.get('exporter'));
        const request = viewRequestOf(parameters, source.nowMs());
        return await ask({ ...context, ready: readyOf(context.inside) }, request, parameters);
      } catch (error) {
        throw error instanceof RangeError ? new QueryMistake(error.message, { cause: error }) : error;
      }
    },
  });
  const store = new RememberedAnswers(source.store, () => source.revision());
  return new Map([
    [
      'people',
      topic((context, request, parameters) => peopleView(store, context, { ...request, ...peopleQuestionOf(parameters) })),
    ],
    ['overview', topic((context, request) => overviewView(store, context, request))],
    [
      'person',
      topic((context, request, parameters) => personView(store, context, { ...request, id: parameters.get('id') ?? '' })),
    ],
    [
      'explore',
      topic((context, request, parameters) => exploreView(store, context, { ...request, ...exploreRequestOf(parameters) })),
    ],
    [
      'nat',
      topic(({ inventory, exporter }, { knownAtMs, nowMs }) =>
        natView(store, {
          nowMs: knownAtMs ?? nowMs,
          untilUs: knownAtMs === undefined ? undefined : knownAtMs * US_PER_MS,
          exporter,
          inventory: new Inventory(inventory),
          timeouts: TIMEOUTS,
        }),
      ),
    ],
    ['complete', topic((context, _request, parameters) => Promise.resolve(completeView(context, parameters)))],
  ]);
}

/** Sites may have other prefixes. */
function readyBySite({ store, maxReadyFlows = DEFAULT_READY_FLOWS }: ViewSource): (inside: ViewContext['inside']) => ReadyFlows {
  const known = new Map<string, ReadyFlows>();
  return (inside) => {
    const key = inside.map(({ first, last }) => `${first}-${last}`).join();
    const ready = known.get(key) ?? new ReadyFlows(store, inside, maxReadyFlows);
    known.set(key, ready);
    return ready;
  };
}
