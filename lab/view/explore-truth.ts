import { MAX_GROUPS, type ExploreRequest } from '../../collector/api/view/explore-request.ts';
import {
  exploreView,
  whereOf,
  type ExploreTable,
  type ExploreTruth,
  type ExploreView,
} from '../../collector/api/view/explore-view.ts';
import type { DimensionName } from '../../collector/query/language/dimensions.ts';
import { QueryError } from '../../collector/query/language/query-error.ts';
import type { Condition } from '../../collector/query/language/question.ts';
import { Vocabulary } from '../../collector/query/language/vocabulary.ts';
import { asTruth, type AskedTruth } from './truth-context.ts';

/** What packets have, whoever tells of them; all else is the router's. */
const TRUE_DIMENSIONS: ReadonlySet<DimensionName> = new Set<DimensionName>([
  'person',
  'address',
  'server',
  'source',
  'destination',
  'ip',
  'nat address',
  'port',
  'source port',
  'destination port',
  'protocol',
  'app',
  'category',
  'server name',
  'version',
  'hour',
  'day',
]);

/** The answer told by the ledger. Rejects with a RangeError of one sentence where the ledger has none. */
export async function exploreByTruth(asked: AskedTruth, question: ExploreRequest): Promise<ExploreView> {
  const reason = reasonForNone(asked, question);
  if (reason !== undefined) throw new RangeError(reason);
  const view = await exploreView(asked.store, asked.context, { ...asked.request, ...question });
  return 'mistake' in view ? view : { ...view, total: asTruth(view.total) };
}

/** The answer with the truth beside it, or why there is none. */
export async function besideExplore(view: ExploreView, asked: AskedTruth, question: ExploreRequest): Promise<ExploreView> {
  if ('mistake' in view) return view;
  const reason = reasonForNone(asked, question);
  return { ...view, truth: reason === undefined ? await truthOf(view, asked, question) : { reason } };
}

async function truthOf(
  view: ExploreTable,
  asked: AskedTruth,
  question: ExploreRequest,
): Promise<NonNullable<ExploreTable['truth']>> {
  const all = { ...asked.request, ...question, everyMs: view.bucketMs, groups: MAX_GROUPS };
  try {
    const really = await exploreView(asked.store, asked.context, all);
    return 'mistake' in really ? { reason: really.mistake.sentence } : beside(view, really);
  } catch (error) {
    // By a clock that is far off what was measured lies elsewhere.
    if (error instanceof RangeError) return { reason: error.message };
    throw error;
  }
}

function beside(view: ExploreTable, really: ExploreTable): ExploreTruth {
  const keyOf = ({ keys }: ExploreTable['groups'][number]): string => JSON.stringify(keys);
  const named = really.groups.filter(({ isOther }) => !isOther);
  const totals = new Map(named.map((group) => [keyOf(group), group.total]));
  const ofOthers = named.length < really.groups.length ? null : 0;
  const shown = view.groups.filter(({ isOther }) => !isOther).map((group) => totals.get(keyOf(group)) ?? ofOthers);
  const isKnown = shown.every((total) => total !== null);
  const rest = isKnown ? really.total.value - shown.reduce((sum, total) => sum + total, 0) : null;
  return {
    total: really.total.value,
    startMs: really.startMs,
    values: (really.groups[0]?.values ?? []).map((_, bucket) =>
      really.groups.reduce((sum, { values }) => sum + (values[bucket] ?? 0), 0),
    ),
    groups: view.groups.length === shown.length ? shown : [...shown, rest],
  };
}

/** Why the ledger cannot answer, in a sentence that goes on after "the truth"; `undefined` when it can. */
function reasonForNone({ context }: AskedTruth, { where, by, measure }: ExploreRequest): string | undefined {
  if (measure === 'flows') return 'there are packets in truth; flows are what a router makes of them';
  const condition = whereOf(where, new Vocabulary(context));
  const used = [...by, ...(condition === undefined || condition instanceof QueryError ? [] : dimensionsOf(condition))];
  const unknown = used.find((name) => !TRUE_DIMENSIONS.has(name));
  return unknown === undefined ? undefined : `"${unknown}" is what the router says, and not in the packets`;
}

function dimensionsOf(condition: Condition): DimensionName[] {
  if (condition.kind === 'not') return dimensionsOf(condition.one);
  if (condition.kind === 'and' || condition.kind === 'or') return condition.all.flatMap(dimensionsOf);
  return [condition.dimension];
}
