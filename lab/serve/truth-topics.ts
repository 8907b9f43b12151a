import { exploreRequestOf } from '../../collector/api/view/explore-request.ts';
import { peopleQuestionOf } from '../../collector/api/view/people-view.ts';
import type { Topic } from '../../collector/api/view/topic.ts';
import { viewRequestOf } from '../../collector/api/view/view-request.ts';
import type { Alert } from '../../collector/detect/alert.ts';
import { storeViews, viewTopics, withMistakes, type StoreViews, type ViewSource } from '../../collector/io/page/view-topics.ts';
import type { JudgedAlerts } from '../findings/judged-alerts.ts';
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
  /** Of whose router it is, headquarters' without one. Who is in none of the names is known by address. */
  activities(names: ReadonlySet<string>, exporter: string | undefined): readonly TrueActivity[];
  judged(alerts: readonly Alert[], exporter: string | undefined): JudgedAlerts;
}

type Parameters = ReadonlyMap<string, string>;

/** How a topic is told by the truth, and what was measured with the truth beside it. */
interface TruthfulTopic {
  byTruth(truth: AskedTruth, parameters: Parameters): Promise<object>;
  beside(measured: StoreViews, truth: AskedTruth, parameters: Parameters): Promise<object>;
}

const TRUTHFUL: Readonly<Record<string, TruthfulTopic>> = {
  overview: {
    byTruth: async (truth) => besideOverview(await overviewByTruth(truth), truth),
    beside: async (measured, truth, parameters) => besideOverview(await measured.overview(parameters), truth),
  },
  people: {
    byTruth: (truth, parameters) => peopleByTruth(truth, peopleQuestionOf(parameters)),
    beside: async (measured, truth, parameters) => besideFound(await measured.people(parameters), truth),
  },
  person: {
    byTruth: (truth, parameters) => personByTruth(truth, parameters.get('id') ?? ''),
    beside: async (measured, truth, parameters) => besidePerson(await measured.person(parameters), truth),
  },
  explore: {
    byTruth: (truth, parameters) => exploreByTruth(truth, exploreRequestOf(parameters)),
    beside: async (measured, truth, parameters) =>
      besideExplore(await measured.explore(parameters), truth, exploreRequestOf(parameters)),
  },
};

/** The collector's topics, which know the truth: as the time basis `truth`, and beside what was measured unless `truth` is `off`. */
export function truthfulTopics(source: TruthSource): Map<string, Topic> {
  const measured = storeViews(source);
  return new Map(
    [...viewTopics(source, measured)].map(([name, topic]) => [name, truthful(topic, TRUTHFUL[name], measured, source)]),
  );
}

function truthful(topic: Topic, truth: TruthfulTopic | undefined, measured: StoreViews, source: TruthSource): Topic {
  return {
    ...topic,
    view: (parameters) =>
      withMistakes(async () => {
        const isByTruth = parameters.get('basis') === 'truth';
        const others = isByTruth ? without(parameters, 'basis') : parameters;
        if (truth === undefined || (!isByTruth && parameters.get('truth') === 'off')) return topic.view(others);
        const really = await truthOf(others, source);
        return isByTruth ? truth.byTruth(really, others) : truth.beside(measured, really, others);
      }),
  };
}

async function truthOf(parameters: Parameters, source: TruthSource): Promise<AskedTruth> {
  const exporter = parameters.get('exporter');
  const context = source.context(exporter);
  const request = viewRequestOf(parameters, source.nowMs());
  const flows = await source.flows();
  return {
    store: flows.store,
    context: { ...context, knownColumns: flows.columns },
    // True times are all the times a ledger has.
    request: { ...request, basis: 'flow' },
    epochUnixMs: source.epochUnixMs,
    activities: () => source.activities(new Set(context.inventory.map(({ name }) => name)), exporter),
    judged: (alerts) => source.judged(alerts, exporter),
  };
}

function without(parameters: Parameters, name: string): Map<string, string> {
  return new Map([...parameters].filter(([key]) => key !== name));
}
