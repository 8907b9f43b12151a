import type { AlertTruth, AlertView, TrueEventView } from '../../collector/api/view/alert-view.ts';
import { octetsPerBucket, overviewView, peakOf, type OverviewView } from '../../collector/api/view/overview-view.ts';
import {
  octetsOf,
  peopleView,
  type PeopleQuestion,
  type PeopleView,
  type PersonRow,
} from '../../collector/api/view/people-view.ts';
import type { Alert } from '../../collector/detect/alert.ts';
import { usageByCategory, usageByHolder, type HolderUsage } from '../../collector/query/people/people-usage.ts';
import { SeenFlows } from '../../collector/query/people/seen-flows.ts';
import { targetsOf } from '../score/built-in-detector.ts';
import { matchAlerts, type ToldAlert } from '../verify/detection/match.ts';
import { UNSEEN_REASONS, type TrueEvent } from '../verify/detection/true-event.ts';
import type { TrueEvents } from '../findings/true-events.ts';
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
  const { alerts, missed } = besideAlerts(view.alerts, asked, await asked.events());
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

/** What became of alerts, and what was not told, as far as the asked time has it. */
function besideAlerts(
  views: readonly AlertView[],
  { context: { alerts = [] }, request: { fromMs = -Infinity, toMs = Infinity, knownAtMs = Infinity } }: AskedTruth,
  events: TrueEvents,
): { alerts: AlertView[]; missed: TrueEventView[] } {
  const { truths, missed } = truthsOf(
    alerts.filter(({ raisedAtMs }) => raisedAtMs <= knownAtMs),
    events,
  );
  return {
    alerts: views.map((view) => besideAlert(view, truths.get(view.id))),
    missed: missed.filter((event) => event.toMs >= fromMs && event.fromMs < Math.min(toMs, knownAtMs)).map(eventView),
  };
}

function besideAlert(view: AlertView, truth: AlertTruth | undefined): AlertView {
  if (truth === undefined) return view;
  const { times } = view;
  const isTimed = truth.verdict === 'hit' && times !== undefined;
  return { ...view, truth, ...(isTimed ? { times: { ...times, truthMs: truth.event.fromMs } } : {}) };
}

/** What became of each alert, by its id, and what none is about. */
function truthsOf(
  alerts: readonly Alert[],
  { events, slackMs }: TrueEvents,
): { truths: Map<string, AlertTruth>; missed: TrueEvent[] } {
  const idOf = new Map<ToldAlert, string>();
  const told = alerts.map((alert): ToldAlert => {
    // The order is all that is asked of it: the collector's clock does.
    const one = { ...alert, targets: targetsOf(alert.target), raisedTrulyMs: alert.raisedAtMs };
    idOf.set(one, alert.id);
    return one;
  });
  const { hits, doubled, falseAlarms, missed, unseen } = matchAlerts(events, told, slackMs);
  const truths = new Map<string, AlertTruth>();
  const add = (alert: ToldAlert, truth: AlertTruth): void => void truths.set(idOf.get(alert) ?? '', truth);
  for (const { alert, event } of hits) add(alert, { verdict: 'hit', event: eventView(event) });
  for (const alert of doubled) add(alert, { verdict: 'told-again' });
  for (const alert of falseAlarms) add(alert, { verdict: 'false-alarm' });
  return { truths, missed: [...missed, ...unseen].sort((one, other) => one.fromMs - other.fromMs) };
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
