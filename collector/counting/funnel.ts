/** What is counted on the way into the store; a Data Record (`records`) is a Flow Record, a record of options or a NAT event. */
export const UNITS = ['packets', 'octets', 'messages', 'records', 'flows', 'options', 'natEvents'] as const;
export type Unit = (typeof UNITS)[number];

/** How much of each; absent what is not known. */
export type Amounts = Readonly<Partial<Record<Unit, number | undefined>>>;

/** Places on the way, in its order. */
export const STAGES = ['passed', 'metered', 'exported', 'sent', 'arrived', 'received', 'decoded', 'stored'] as const;
export type StageName = (typeof STAGES)[number];

/** Where what does not go on is left, and where more comes from. */
export const BRANCHES = [
  'unselected',
  'cache-full',
  'not-sent',
  'lost',
  'copied',
  'kernel',
  'refused',
  'copies',
  'unknown',
  'headless',
  'options',
  'biflow',
  'not-kept',
  'no-room',
] as const;
export type BranchName = (typeof BRANCHES)[number];

/** Known from the simulation, counted by the collector, or worked out by it. */
export type Knowledge = 'truth' | 'exact' | 'estimated';

export interface Stage {
  readonly name: StageName;
  readonly sure: Knowledge;
  readonly amounts: Amounts;
}

/** What leaves the way after a stage (`out`), or comes in there besides. */
export interface Branch {
  readonly name: BranchName;
  readonly after: StageName;
  readonly way: 'out' | 'in';
  readonly sure: Knowledge;
  readonly amounts: Amounts;
}

/** The way into the store: every figure is counted by itself, so that sums can be wrong. */
export interface Funnel {
  /** Those that are known, in the order of the way. */
  readonly stages: readonly Stage[];
  readonly branches: readonly Branch[];
  /** What could not be read, by its code. */
  readonly faults: Readonly<Record<string, number>>;
  /** Data Sets without a Template: those that wait now, and those given up. */
  readonly sets: { readonly waiting: number; readonly givenUp: number };
}

/** What comes into a stage, less what goes on to the next that tells of it and less what leaves between; below 0 when more goes on. */
export interface Remainder {
  readonly after: StageName;
  readonly before: StageName;
  readonly amounts: Amounts;
}

/** Where the sums do not come out even, of each unit between every two stages that tell it. */
export function remaindersOf({ stages, branches }: Funnel): Remainder[] {
  const found = new Map<string, { after: StageName; before: StageName; amounts: Partial<Record<Unit, number>> }>();
  for (const unit of UNITS) {
    const telling = stages.filter(({ amounts }) => amounts[unit] !== undefined);
    for (const [index, { name: before, amounts }] of telling.entries()) {
      const from = telling[index - 1];
      if (from === undefined) continue;
      const between = branches.filter(({ after }) => placeOf(after) >= placeOf(from.name) && placeOf(after) < placeOf(before));
      const left = between.reduce((sum, branch) => sum + (branch.way === 'out' ? 1 : -1) * (branch.amounts[unit] ?? 0), 0);
      const rest = (from.amounts[unit] as number) - left - (amounts[unit] as number);
      if (rest === 0) continue;
      const key = `${from.name} ${before}`;
      const remainder = found.get(key) ?? { after: from.name, before, amounts: {} };
      remainder.amounts[unit] = rest;
      found.set(key, remainder);
    }
  }
  return [...found.values()];
}

/** Several ways as one. A unit that one of them does not tell at a stage is told there of none. */
export function sumOfFunnels(funnels: readonly Funnel[]): Funnel {
  const [first] = funnels;
  if (first === undefined) return { stages: [], branches: [], faults: {}, sets: { waiting: 0, givenUp: 0 } };
  const stages = first.stages.map((stage) => {
    const same = funnels.map((funnel) => funnel.stages.find(({ name }) => name === stage.name)?.amounts ?? {});
    const told = UNITS.filter((unit) => same.every((amounts) => amounts[unit] !== undefined));
    const total = sumOfAmounts(same);
    return { ...stage, amounts: Object.fromEntries(told.map((unit) => [unit, total[unit]])) as Amounts };
  });
  const branches = new Map<string, Branch>();
  for (const branch of funnels.flatMap((funnel) => funnel.branches)) {
    // What leaves one way may come in on another under the same name.
    const key = `${branch.after} ${branch.name} ${branch.way}`;
    const before = branches.get(key)?.amounts ?? {};
    branches.set(key, { ...branch, amounts: sumOfAmounts([before, branch.amounts]) });
  }
  const waiting = funnels.reduce((sum, { sets }) => sum + sets.waiting, 0);
  const givenUp = funnels.reduce((sum, { sets }) => sum + sets.givenUp, 0);
  return {
    stages,
    branches: [...branches.values()],
    faults: sumOfFaults(funnels.map(({ faults }) => faults)),
    sets: { waiting, givenUp },
  };
}

/** By code. */
export function sumOfFaults(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [code, count] of all.flatMap((faults) => Object.entries(faults))) sum[code] = (sum[code] ?? 0) + count;
  return sum;
}

/** Branches without those that nothing went. */
export const taken = (branches: readonly Branch[]): Branch[] =>
  branches.filter(({ amounts }) => Object.values(amounts).some((amount = 0) => amount !== 0));

/** Where a stage is on the way, from 0. */
export const placeOf = (name: StageName): number => STAGES.indexOf(name);

function sumOfAmounts(all: readonly Amounts[]): Amounts {
  const sum: Partial<Record<Unit, number>> = {};
  for (const amounts of all)
    for (const unit of UNITS) if (amounts[unit] !== undefined) sum[unit] = (sum[unit] ?? 0) + amounts[unit];
  return sum;
}
