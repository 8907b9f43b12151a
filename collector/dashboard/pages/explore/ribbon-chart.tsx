import { useMemo } from 'preact/hooks';
import type { ExploreTable } from '../../../api/view/explore-view.ts';
import { paletteColour } from '../../charts/colours.ts';
import { titleOfDimension } from './groupings.ts';
import { formatOf } from './units.ts';
import { ribbonOf, type RibbonBand, type RibbonNode } from './ribbon.ts';

const [WIDTH, HEIGHT] = [960, 420] as const;
const [TOP, NODE_WIDTH, TEXT_WIDTH] = [22, 12, 170] as const;
/** Below it a name has no room. */
const NAMED_HEIGHT = 9;
const LONGEST_NAME = 24;

/** Who did what where: columns of values, with bands as thick as what went between them. The table below has the same in figures. */
export function RibbonChart({ table }: { readonly table: ExploreTable }) {
  const { by, groups } = table;
  const { nodes, bands } = useMemo(() => ribbonOf(groups, by.length, HEIGHT - TOP), [groups, by.length]);
  const format = formatOf(table.measure === 'rate' ? 'octets' : table.unit);
  const left = (column: number): number => (column * (WIDTH - TEXT_WIDTH - NODE_WIDTH)) / Math.max(1, by.length - 1);
  const colours = new Map(nodes.map((node, index) => [node, paletteColour(index)]));
  const [largest] = bands.toSorted((one, other) => other.total - one.total);
  const most = largest === undefined ? '' : ` Most from ${largest.from.name} to ${largest.to.name}: ${format(largest.total)}.`;
  return (
    <svg
      class="ribbon"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${by.map(titleOfDimension).join(' to ')} as ribbons.${most}`}
    >
      {by.map((name, column) => (
        <text key={name} class="ribbon-head" x={left(column)} y={14}>
          {titleOfDimension(name)}
        </text>
      ))}
      {bands.map((band) => (
        <path
          key={`${band.from.column} ${band.from.name} ${band.to.name}`}
          class="ribbon-band"
          d={bandPath(band, left(band.from.column) + NODE_WIDTH, left(band.to.column))}
          fill={colours.get(band.from)}
        >
          <title>{`${band.from.name} → ${band.to.name}: ${format(band.total)}`}</title>
        </path>
      ))}
      {nodes.map((node) => (
        <Node key={`${node.column} ${node.name}`} node={node} x={left(node.column)} colour={colours.get(node)} format={format} />
      ))}
    </svg>
  );
}

interface NodeProperties {
  readonly node: RibbonNode;
  readonly x: number;
  readonly colour: string | undefined;
  readonly format: (value: number) => string;
}

function Node({ node: { name, total, top, height }, x, colour, format }: NodeProperties) {
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
  return (
    <g>
      <rect x={x} y={TOP + top} width={NODE_WIDTH} height={Math.max(1, height)} fill={colour}>
        <title>{`${name}: ${format(total)}`}</title>
      </rect>
      {height >= NAMED_HEIGHT && (
        <text x={x + NODE_WIDTH + 6} y={TOP + top + height / 2 + 4}>
          {shown} <tspan class="ribbon-total">{format(total)}</tspan>
        </text>
      )}
    </g>
  );
}

function bandPath({ fromTop, toTop, height }: RibbonBand, fromX: number, toX: number): string {
  const middle = (fromX + toX) / 2;
  const [fromY, toY] = [TOP + fromTop, TOP + toTop];
  return (
    `M${fromX} ${fromY}C${middle} ${fromY} ${middle} ${toY} ${toX} ${toY}V${toY + height}` +
    `C${middle} ${toY + height} ${middle} ${fromY + height} ${fromX} ${fromY + height}Z`
  );
}
