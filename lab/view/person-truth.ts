import { NS_PER_MS } from '../../core/time/instant.ts';
import { personView, type ActivityView, type PersonView, type TrueActivityView } from '../../collector/api/view/person-view.ts';
import { Catalogue } from '../../collector/query/catalogue.ts';
import { usageOfAll } from '../../collector/query/people/people-usage.ts';
import { SeenFlows } from '../../collector/query/people/seen-flows.ts';
import { pairActivities, type DoneActivity, type TrueActivity } from '../verify/activities.ts';
import { asTruth, type AskedTruth } from './truth-context.ts';

/** One person's day told by the ledger. */
export async function personByTruth(asked: AskedTruth, id: string): Promise<PersonView> {
  const view = await personView(asked.store, asked.context, { ...asked.request, id });
  const { upOctets, downOctets, octets } = view.totals;
  return {
    ...view,
    totals: { upOctets: asTruth(upOctets), downOctets: asTruth(downOctets), octets: asTruth(octets) },
    activities: activitiesOf(asked, id).map((activity, index) => asDone(viewOf(activity, asked), index)),
    // Pieces of packet trains are nothing that anybody exported.
    flows: [],
  };
}

/** One person's day with the truth beside it: which activities are so, and which were not told. */
export async function besidePerson(view: PersonView, asked: AskedTruth): Promise<PersonView> {
  const truth = activitiesOf(asked, view.id);
  const told = view.activities.map((activity) => ({ ...doneOf(activity, view.id, asked.epochUnixMs), id: activity.id }));
  const pairs = pairActivities(truth, told);
  const trueOf = new Map(pairs.map(([one, { id }]) => [id, viewOf(one, asked)]));
  const found = new Set(pairs.map(([one]) => one));
  return {
    ...view,
    activities: view.activities.map((activity) => {
      const really = trueOf.get(activity.id);
      return really === undefined ? activity : { ...activity, truth: really };
    }),
    truth: {
      octets: await octetsOf(asked, view.id),
      activities: truth.length,
      found: found.size,
      missed: truth.filter((one) => !found.has(one)).map((one) => viewOf(one, asked)),
    },
  };
}

async function octetsOf({ store, context, request }: AskedTruth, id: string): Promise<number> {
  const seen = await SeenFlows.of(store, context, request);
  const { cells } = await usageOfAll(store, seen, seen.isOf(id));
  return cells.reduce((sum, { upOctets, downOctets }) => sum + upOctets + downOctets, 0);
}

/** Those of the asked time that had begun by the instant that is asked about. */
function activitiesOf({ activities, request, epochUnixMs }: AskedTruth, id: string): TrueActivity[] {
  const { fromMs = -Infinity, toMs = Infinity, knownAtMs = Infinity } = request;
  const ms = (ns: number): number => epochUnixMs + ns / NS_PER_MS;
  return activities().filter(
    ({ who, startNs, endNs }) => who === id && ms(endNs) >= fromMs && ms(startNs) < Math.min(toMs, knownAtMs),
  );
}

const doneOf = (
  { application: service, category, startMs, endMs, octets }: ActivityView,
  who: string,
  epochUnixMs: number,
): DoneActivity => ({
  who,
  service,
  category,
  startNs: (startMs - epochUnixMs) * NS_PER_MS,
  endNs: (endMs - epochUnixMs) * NS_PER_MS,
  octets,
});

const CATALOGUE = new Catalogue(new Map(), new Map());

function viewOf(activity: TrueActivity, { epochUnixMs }: AskedTruth): TrueActivityView {
  const { service, category, startNs, endNs, octets, upOctets, script } = activity;
  return {
    application: service,
    label: CATALOGUE.byName(service).label,
    category,
    startMs: epochUnixMs + startNs / NS_PER_MS,
    endMs: epochUnixMs + endNs / NS_PER_MS,
    upOctets,
    downOctets: octets - upOctets,
    isScripted: script >= 0,
  };
}

const asDone = (activity: TrueActivityView, index: number): ActivityView => ({
  ...activity,
  id: `truth-${index}`,
  octets: activity.upOctets + activity.downOctets,
  flows: 0,
  servers: [],
  confidence: 1,
  why: [activity.isScripted ? 'the scenario has it written down' : 'it was part of the day'],
});
