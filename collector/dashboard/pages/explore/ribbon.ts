import type { ExploreGroup } from '../../../api/view/explore-view.ts';

/** A value of a dimension, as tall as its share. */
export interface RibbonNode {
  readonly column: number;
  readonly name: string;
  readonly total: number;
  readonly top: number;
  readonly height: number;
}

/** What goes from a value of one dimension to one of the next. */
export interface RibbonBand {
  readonly from: RibbonNode;
  readonly to: RibbonNode;
  readonly total: number;
  readonly fromTop: number;
  readonly toTop: number;
  readonly height: number;
}

/** Names in a column, besides what is left over. */
const MOST = 12;
const GAP = 6;
export const REST = 'all others';

/** Groups of two or more dimensions as columns of values with bands between them; in each column the largest first and what is left over last. */
export function ribbonOf(
  groups: readonly ExploreGroup[],
  columns: number,
  height: number,
): { nodes: readonly RibbonNode[]; bands: readonly RibbonBand[] } {
  const total = groups.reduce((sum, group) => sum + group.total, 0);
  const named = Array.from({ length: columns }, (_, column) => namesOf(groups, column));
  const tallest = Math.max(0, ...named.map(({ size }) => size));
  const scale = total === 0 ? 0 : (height - GAP * Math.max(0, tallest - 1)) / total;
  const placed = named.map((names, column) => placedNodes(names, column, scale));
  const bands = placed.slice(1).flatMap((to, column) => {
    const from = placed[column] ?? new Map<string, RibbonNode>();
    return bandsBetween(groups, from, to, scale);
  });
  return { nodes: placed.flatMap((nodes) => [...nodes.values()]), bands };
}

const nameOf = ({ keys, isOther }: ExploreGroup, column: number, names: ReadonlyMap<string, unknown>): string => {
  const name = String(keys[column]);
  return isOther || !names.has(name) ? REST : name;
};

/** The names of a column with their totals. */
function namesOf(groups: readonly ExploreGroup[], column: number): Map<string, number> {
  const totals = new Map<string, number>();
  let rest = 0;
  for (const { keys, isOther, total } of groups) {
    const name = String(keys[column]);
    if (isOther) rest += total;
    else totals.set(name, (totals.get(name) ?? 0) + total);
  }
  const sorted = [...totals].sort(([, one], [, other]) => other - one);
  for (const [, total] of sorted.slice(MOST)) rest += total;
  return new Map([...sorted.slice(0, MOST), ...(rest > 0 ? [[REST, rest] as const] : [])]);
}

function placedNodes(names: ReadonlyMap<string, number>, column: number, scale: number): Map<string, RibbonNode> {
  let top = 0;
  const nodes = [...names].map(([name, total]): [string, RibbonNode] => {
    const node = { column, name, total, top, height: total * scale };
    top += node.height + GAP;
    return [name, node];
  });
  return new Map(nodes);
}

function bandsBetween(
  groups: readonly ExploreGroup[],
  from: ReadonlyMap<string, RibbonNode>,
  to: ReadonlyMap<string, RibbonNode>,
  scale: number,
): RibbonBand[] {
  const column = [...from.values()][0]?.column ?? 0;
  const totals = new Map<RibbonNode, Map<RibbonNode, number>>([...from.values()].map((node) => [node, new Map()]));
  for (const group of groups) {
    const [start, end] = [from.get(nameOf(group, column, from)), to.get(nameOf(group, column + 1, to))];
    if (start === undefined || end === undefined) continue;
    const own = totals.get(start);
    own?.set(end, (own.get(end) ?? 0) + group.total);
  }
  const left = new Map<RibbonNode, number>();
  // Bands leave a value in the order of where they go, and come in the order of where they are from: fewer cross.
  return [...totals].flatMap(([start, ends]) => {
    let fromTop = start.top;
    return [...ends]
      .sort(([one], [other]) => one.top - other.top)
      .map(([end, total]) => {
        const toTop = left.get(end) ?? end.top;
        const band = { from: start, to: end, total, fromTop, toTop, height: total * scale };
        fromTop += band.height;
        left.set(end, toTop + band.height);
        return band;
      });
  });
}
