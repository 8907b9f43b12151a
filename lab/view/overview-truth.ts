import type { AlertView, TrueEventView } from '../../collector/api/view/alert-view.ts';
import { octetsPerBucket, overviewView, peakOf, type OverviewView } from '../../collector/api/view/overview-view.ts';
import {
  octetsOf,
  peopleView,
  type PeopleQuestion,
  type PeopleView,
  type PersonRow,
} from '../../collector/api/view/people-view.ts';
import { usageByCategory, usageByHolder, type HolderUsage } from '../../collector/query/people/people-usage.ts';
import { SeenFlows } from '../../collector/query/people/seen-flows.ts';
import type { JudgedAlerts } from '../findings/judged-alerts.ts';
import { UNSEEN_REASONS, type TrueEvent } from '../verify/detection/true-event.ts';
import { VERDICT_MEANINGS } from '../verify/detection/verdict.ts';
import { asTruth, type AskedTruth } from './truth-context.ts';

/** The overview told by the ledger. */
export async function overviewByTruth(asked: AskedTruth): Promise<OverviewView> {
  const view = await overviewView(asked.store, asked.context, asked.request);
  const { upOctets, downOctets, peakBitPerS } = view.line;
  return {
    ...view,
    line: { upOctets: asTruth(upOctets), downOctets: asTruth(downOctets), peakBitPerS: asTruth(peakBitPerS) },
    peopleOnline: asTruth(view.peopleOnline),
    people: view.people.map((person) => ({ ...person, octets: asTruth(person.octets) })),
  };
}

/** An overview with the truth beside it. */
export async function besideOverview(view: OverviewView, asked: AskedTruth): Promise<OverviewView> {
  const seen = await SeenFlows.of(asked.store, asked.context, asked.request);
  const usage = await usageByCategory(asked.store, seen, view.series.bucketMs);
  const { holders } = await usageByHolder(asked.store, seen);
  const { alerts, missed } = besideAlerts(view.alerts, asked);
  // Of more people than are told of, who was not measured is not to be told from who is not told.
  const unmeasured = view.people.length < view.peopleCount ? [] : unmeasuredPeople(view.people, holders);
  const octets = octetsPerBucket(usage);
  const total = holders.reduce(
    (sum, each) => ({ upOctets: sum.upOctets + each.upOctets, downOctets: sum.downOctets + each.downOctets }),
    NOTHING,
  );
  return {
    ...view,
    people: [...besidePeople(view.people, holders), ...unmeasured],
    peopleCount: view.peopleCount + unmeasured.length,
    alerts,
    truth: {
      ...total,
      peakBitPerS: peakOf(octets, usage.bucketMs),
      startMs: usage.startMs,
      octets,
      missed,
    },
  };
}

/** People found, told by the ledger. */
export async function peopleByTruth({ store, context, request }: AskedTruth, question: PeopleQuestion): Promise<PeopleView> {
  const view = await peopleView(store, context, { ...request, ...question });
  return { ...view, people: view.people.map((person) => ({ ...person, octets: asTruth(person.octets) })) };
}

/** People found, with the truth beside what each is said to have used. */
export async function besideFound(view: PeopleView, { store, context, request }: AskedTruth): Promise<PeopleView> {
  const { holders } = await usageByHolder(store, await SeenFlows.of(store, context, request));
  return { ...view, people: besidePeople(view.people, holders) };
}

const NOTHING = { upOctets: 0, downOctets: 0 };

function besidePeople(people: readonly PersonRow[], holders: readonly HolderUsage[]): PersonRow[] {
  const octets = new Map(holders.map((each) => [each.holder.id, octetsOf(each)]));
  return people.map((person) => ({ ...person, trueOctets: octets.get(person.id) ?? 0 }));
}

/** Whoever was not measured at all has a row too. */
function unmeasuredPeople(people: readonly PersonRow[], holders: readonly HolderUsage[]): PersonRow[] {
  const measured = new Set(people.map(({ id }) => id));
  const others = holders.filter(({ holder }) => !measured.has(holder.id));
  return others.map(({ holder: { id, name, department, addresses }, ...usage }) => ({
    id,
    name,
    department,
    address: addresses[0] ?? '',
    ...NOTHING,
    octets: { value: 0, sure: 'exact' },
    sharePercent: 0,
    byCategory: {},
    trueOctets: octetsOf(usage),
  }));
}

/** What the truth says of alerts, and what was not told, as far as the asked time has it. */
function besideAlerts(
  views: readonly AlertView[],
  { context: { alerts = [] }, request: { fromMs = -Infinity, toMs = Infinity, knownAtMs = Infinity }, judged }: AskedTruth,
): { alerts: AlertView[]; missed: TrueEventView[] } {
  const judgement = judged(alerts.filter(({ raisedAtMs }) => raisedAtMs <= knownAtMs));
  const byId = new Map(judgement.judged.map((one) => [one.alert.id, one]));
  return {
    alerts: views.map((view) => besideAlert(view, byId.get(view.id))),
    missed: judgement.untold
      .filter(({ fromMs: from, toMs: to }) => to >= fromMs && from < Math.min(toMs, knownAtMs))
      .map(eventView),
  };
}

function besideAlert(view: AlertView, judged: JudgedAlerts['judged'][number] | undefined): AlertView {
  if (judged === undefined) return view;
  const { verdict, event } = judged;
  const truth = { verdict, meaning: VERDICT_MEANINGS[verdict] };
  if (event === undefined) return { ...view, truth };
  const { times } = view;
  return {
    ...view,
    truth: { ...truth, event: eventView(event) },
    ...(times === undefined ? {} : { times: { ...times, truthMs: event.fromMs } }),
  };
}

const eventView = ({ kind, who, fromMs, toMs, flows, octets, unseen }: TrueEvent): TrueEventView => ({
  kind,
  who,
  fromMs,
  toMs,
  flows,
  octets,
  ...(unseen === undefined ? {} : { unseen: UNSEEN_REASONS[unseen] }),
});
