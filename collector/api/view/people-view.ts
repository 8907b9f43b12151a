import { groupBy } from '../../query/group-by.ts';
import { usageOfAll, type PeopleUsage, type UsageCell, type Volume } from '../../query/people/people-usage.ts';
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
  const found = peopleOf(await usageOfAll(store, seen), seen).filter(({ name, department, address }) =>
    `${name} ${department} ${address}`.toLowerCase().includes(sought),
  );
  return { people: found.slice(0, count), found: found.length };
}

/** Everybody in the inventory and everybody else with flows, the largest first. */
export function peopleOf({ cells, isSampled }: PeopleUsage, seen: SeenFlows): PersonRow[] {
  const total = cells.reduce((sum, cell) => sum + octetsOf(cell), 0);
  const byHolder = groupBy(cells, ({ holder }) => holder.id);
  const used = new Map(cells.map(({ holder }) => [holder.id, holder]));
  const known = new Set(seen.vocabulary.people);
  const holders = [...seen.known, ...[...used.values()].filter(({ id }) => !known.has(id))];
  const people = holders.map(({ id, name, department, addresses }): PersonRow => {
    const own = byHolder.get(id) ?? [];
    const octets = own.reduce((sum, cell) => sum + octetsOf(cell), 0);
    return {
      id,
      name,
      department,
      address: addresses[0] ?? '',
      upOctets: own.reduce((sum, { upOctets }) => sum + upOctets, 0),
      downOctets: own.reduce((sum, { downOctets }) => sum + downOctets, 0),
      octets: sureOctets(octets, isSampled),
      sharePercent: total === 0 ? 0 : (100 * octets) / total,
      byCategory: Object.fromEntries(largestFirst(own).map((cell) => [cell.category, octetsOf(cell)])),
    };
  });
  return people.sort((one, other) => other.octets.value - one.octets.value);
}

export const octetsOf = (volume: Volume | undefined): number => (volume === undefined ? 0 : volume.upOctets + volume.downOctets);

const largestFirst = (cells: readonly UsageCell[]): UsageCell[] =>
  cells.toSorted((one, other) => octetsOf(other) - octetsOf(one));
