import { exploreRequestOf } from '../../collector/api/view/explore-request.ts';
import { exploreView } from '../../collector/api/view/explore-view.ts';
import { overviewView } from '../../collector/api/view/overview-view.ts';
import { peopleQuestionOf, peopleView } from '../../collector/api/view/people-view.ts';
import { personView } from '../../collector/api/view/person-view.ts';
import type { Topic, Topics } from '../../collector/api/view/topic.ts';
import { viewRequestOf, type ViewContext, type ViewRequest } from '../../collector/api/view/view-request.ts';
import { withMistakes, type ViewSource } from '../../collector/io/page/view-topics.ts';
import type { FlowStore } from '../../collector/store/flow-store.ts';
import type { TrueEvents } from '../findings/true-events.ts';
import type { TrueActivity } from '../verify/activities.ts';
import { besideExplore, exploreByTruth } from '../view/explore-truth.ts';
import { besideFound, besideOverview, overviewByTruth, peopleByTruth } from '../view/overview-truth.ts';
import { besidePerson, personByTruth } from '../view/person-truth.ts';
import type { AskedTruth } from '../view/truth-context.ts';
import type { TrueFlows } from '../view/true-flows.ts';

/** What was collected of a run, and what is known of it beside that. */
export interface TruthSource extends ViewSource {
  readonly epochUnixMs: number;
  /** As far as the run has come. */
  flows(): Promise<TrueFlows>;
  /** Of whose router it is, headquarters' or everybody's without one. Who is in none of the names is known by address. */
  activities(names: ReadonlySet<string>, exporter: string | undefined): readonly TrueActivity[];
  events(exporter: string | undefined): Promise<TrueEvents>;
}

type Parameters = ReadonlyMap<string, string>;

/** What the collector is asked with. */
interface Asked {
  readonly store: FlowStore;
  readonly context: ViewContext;
  readonly request: ViewRequest;
}

/** How a topic is told by the truth, and what was measured with the truth beside it. */
interface TruthfulTopic {
  byTruth(truth: AskedTruth, parameters: Parameters): Promise<object>;
  beside(asked: Asked, truth: AskedTruth, parameters: Parameters): Promise<object>;
}

const idOf = (parameters: Parameters): string => parameters.get('id') ?? '';

const TRUTHFUL: Readonly<Record<string, TruthfulTopic>> = {
  overview: {
    byTruth: async (truth) => besideOverview(await overviewByTruth(truth), truth),
    beside: async ({ store, context, request }, truth) => besideOverview(await overviewView(store, context, request), truth),
  },
  people: {
    byTruth: (truth, parameters) => peopleByTruth(truth, peopleQuestionOf(parameters)),
    beside: async ({ store, context, request }, truth, parameters) =>
      besideFound(await peopleView(store, context, { ...request, ...peopleQuestionOf(parameters) }), truth),
  },
  person: {
    byTruth: (truth, parameters) => personByTruth(truth, idOf(parameters)),
    beside: async ({ store, context, request }, truth, parameters) =>
      besidePerson(await personView(store, context, { ...request, id: idOf(parameters) }), truth),
  },
  explore: {
    byTruth: (truth, parameters) => exploreByTruth(truth, exploreRequestOf(parameters)),
    beside: async ({ store, context, request }, truth, parameters) => {
      const question = exploreRequestOf(parameters);
      return besideExplore(await exploreView(store, context, { ...request, ...question }), truth, question);
    },
  },
};

/** The collector's topics, which know the truth: as the time basis `truth`, and beside what was measured unless `truth` is `off`. */
export function withTruth(topics: Topics, source: TruthSource): Map<string, Topic> {
  return new Map([...topics].map(([name, topic]) => [name, truthful(topic, TRUTHFUL[name], source)]));
}

function truthful(topic: Topic, truth: TruthfulTopic | undefined, source: TruthSource): Topic {
  return {
    ...topic,
    view: (parameters) =>
      withMistakes(async () => {
        const isByTruth = parameters.get('basis') === 'truth';
        const others = isByTruth ? without(parameters, 'basis') : parameters;
        if (truth === undefined || (!isByTruth && parameters.get('truth') === 'off')) return topic.view(others);
        const asked = {
          store: source.store,
          context: source.context(others.get('exporter')),
          request: viewRequestOf(others, source.nowMs()),
        };
        const really = await truthOf(asked, others.get('exporter'), source);
        return isByTruth ? truth.byTruth(really, others) : truth.beside(asked, really, others);
      }),
  };
}

async function truthOf({ context, request }: Asked, exporter: string | undefined, source: TruthSource): Promise<AskedTruth> {
  const flows = await source.flows();
  return {
    store: flows.store,
    context: { ...context, knownColumns: flows.columns },
    // True times are all the times a ledger has.
    request: { ...request, basis: 'flow' },
    epochUnixMs: source.epochUnixMs,
    activities: () => source.activities(new Set(context.inventory.map(({ name }) => name)), exporter),
    events: () => source.events(exporter),
  };
}

function without(parameters: Parameters, name: string): Map<string, string> {
  return new Map([...parameters].filter(([key]) => key !== name));
}
