import { groupBy } from '../../query/group-by.ts';
import { usageByHolder, usageOfAll, type HolderUsage, type UsageCell, type Volume } from '../../query/people/people-usage.ts';
import { SeenFlows } from '../../query/people/seen-flows.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import { numberOf } from './number-of.ts';
import type { Sure } from './sure.ts';
import { sureOctets, type ViewContext, type ViewRequest } from './view-request.ts';

/** One of the people, or a device that nobody uses alone, with what it sent and got. Octets are of IP packets. */
export interface PersonRow {
  /** For links; stays the same from run to run. */
  readonly id: string;
  readonly name: string;
  readonly department: string;
  /** The first of its addresses. */
  readonly address: string;
  readonly upOctets: number;
  readonly downOctets: number;
  readonly octets: Sure;
  /** Of all octets from or to the inside. */
  readonly sharePercent: number;
  /** Octets, by category; those with none are absent. */
  readonly byCategory: Readonly<Record<string, number>>;
  /** Where the truth is known. */
  readonly trueOctets?: number;
}

/** Topic `people`: those whose name, department or address has a text in it. */
export interface PeopleView {
  /** The largest first, so many as were asked for. */
  readonly people: readonly PersonRow[];
  /** How many have the text, shown or not. */
  readonly found: number;
}

export interface PeopleQuestion {
  readonly find: string;
  readonly count: number;
}

const MAX_FIND = 100;
const DEFAULT_COUNT = 100;
const MAX_COUNT = 1_000;

/** Reads `find` and `count`, both optional. Throws a RangeError or a QueryMistake of one sentence for what makes no sense. */
export function peopleQuestionOf(parameters: ReadonlyMap<string, string>): PeopleQuestion {
  const find = parameters.get('find') ?? '';
  if (find.length > MAX_FIND) throw new RangeError(`find has ${find.length} characters, and ${MAX_FIND} are allowed`);
  const count = numberOf(parameters, 'count', `1 to ${MAX_COUNT}`, MAX_COUNT) ?? DEFAULT_COUNT;
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`count is "${count}": it must be 1 to ${MAX_COUNT}`);
  return { find, count };
}

/** Who used how much, of those that are looked for. Rejects with a RangeError of one sentence when it would be too much, else only when the store fails. */
export async function peopleView(
  store: AskedStore,
  context: ViewContext,
  { find, count, ...request }: ViewRequest & PeopleQuestion,
): Promise<PeopleView> {
  const seen = await SeenFlows.of(store, context, request);
  const sought = find.trim().toLowerCase();
  const everybody = await everybodyOf(store, seen);
  const found = everybody.usages.filter(({ holder: { name, department, addresses } }) =>
    `${name} ${department} ${addresses[0] ?? ''}`.toLowerCase().includes(sought),
  );
  return { people: await peopleOf(store, seen, everybody, found.slice(0, count)), found: found.length };
}

/** Everybody in the inventory and everybody else with flows, the largest first, and what they did in all. */
export interface Everybody extends Volume {
  readonly usages: readonly HolderUsage[];
  readonly isSampled: boolean;
}

export async function everybodyOf(store: AskedStore, seen: SeenFlows): Promise<Everybody> {
  const { holders, isSampled } = await usageByHolder(store, seen);
  const used = new Map(holders.map((usage) => [usage.holder.id, usage]));
  const known = seen.known.map((holder) => used.get(holder.id) ?? { holder, upOctets: 0, downOctets: 0 });
  const names = new Set(seen.vocabulary.people);
  const usages = [...known, ...holders.filter(({ holder: { id } }) => !names.has(id))];
  return {
    usages: usages.sort((one, other) => octetsOf(other) - octetsOf(one)),
    isSampled,
    upOctets: holders.reduce((sum, { upOctets }) => sum + upOctets, 0),
    downOctets: holders.reduce((sum, { downOctets }) => sum + downOctets, 0),
  };
}

/** Some of them, with what they did of each category. */
export async function peopleOf(
  store: AskedStore,
  seen: SeenFlows,
  everybody: Everybody,
  some: readonly HolderUsage[],
): Promise<PersonRow[]> {
  if (some.length === 0) return [];
  const { cells } = await usageOfAll(store, seen, seen.isOneOf(some.map(({ holder }) => holder)));
  const byHolder = groupBy(cells, ({ holder }) => holder.id);
  const total = octetsOf(everybody);
  return some.map(({ holder: { id, name, department, addresses }, ...usage }) => ({
    id,
    name,
    department,
    address: addresses[0] ?? '',
    upOctets: usage.upOctets,
    downOctets: usage.downOctets,
    octets: sureOctets(octetsOf(usage), everybody.isSampled),
    sharePercent: total === 0 ? 0 : (100 * octetsOf(usage)) / total,
    byCategory: Object.fromEntries(largestFirst(byHolder.get(id) ?? []).map((cell) => [cell.category, octetsOf(cell)])),
  }));
}

export const octetsOf = (volume: Volume | undefined): number => (volume === undefined ? 0 : volume.upOctets + volume.downOctets);

const largestFirst = (cells: readonly UsageCell[]): UsageCell[] =>
  cells.toSorted((one, other) => octetsOf(other) - octetsOf(one));
