import { useSignal } from '@preact/signals';
import { scaleLinear } from 'd3-scale';
import type { LaneView } from '../../../api/view/clocks-view.ts';
import { basis, zone } from '../../state/status.ts';
import { formatInstant, formatMinute, formatOctets, formatSigned, formatTime } from '../../text/format.ts';

const [WIDTH, LEFT, ROW] = [720, 92, 22] as const;

const ODD: Readonly<Record<string, string>> = {
  future: 'ends after it was received',
  negative: 'ends before it began',
  'wrong-bucket': 'lies in another five minutes than it was in',
};

/** One flow at a time in a lane for each clock, on one ruler, and all of them as a list to choose from. */
export function Lanes({ lanes }: { readonly lanes: readonly LaneView[] }) {
  const chosen = useSignal(0);
  const lane = lanes[chosen.value] ?? lanes[0];
  if (lane === undefined) return <p class="soft">The true times of records are known when the run is over.</p>;
  return (
    <div class="lanes">
      <label>
        Record{' '}
        <select value={String(chosen.value)} onChange={({ currentTarget }) => (chosen.value = Number(currentTarget.value))}>
          {lanes.map(({ record, octets, routerStartMs, odd }, index) => (
            <option key={record} value={index}>
              {formatTime(routerStartMs, zone.value)} {formatOctets(octets)}
              {odd.length > 0 ? ` (${odd.map((one) => ODD[one] ?? one).join('; ')})` : ''}
            </option>
          ))}
        </select>
      </label>
      <Drawing lane={lane} />
      {lane.odd.length > 0 && (
        <p class="problem">Whoever compares the clocks sees that it {lane.odd.map((one) => ODD[one] ?? one).join(', and ')}.</p>
      )}
    </div>
  );
}

interface Row {
  /** The time basis that goes by this lane. */
  readonly basis: string;
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const BUCKET_MS = 300_000;
const MOST_BOUNDS = 24;

function Drawing({ lane }: { readonly lane: LaneView }) {
  const rows = rowsOf(lane, basis.value);
  const instants = rows.flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
  const [first, last] = [Math.min(...instants), Math.max(...instants)];
  const x = scaleLinear([first, last], [LEFT + 6, WIDTH - 10]);
  const height = 34 + rows.length * ROW;
  return (
    <div class="drawing">
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label={rows
          .map(({ name, fromMs, toMs }) => `${name} ${formatInstant(fromMs, zone.value)} to ${formatInstant(toMs, zone.value)}`)
          .join('; ')}
      >
        {boundsBetween(first, last).map((bound) => (
          <g key={bound} class="lane-bound">
            <line x1={x(bound)} x2={x(bound)} y1="4" y2={height - 14} />
            <text x={x(bound)} y={height - 2} text-anchor="middle">
              {formatMinute(bound, zone.value)}
            </text>
          </g>
        ))}
        {rows.map((row, index) => (
          <Bar
            key={row.name}
            row={row}
            y={14 + index * ROW}
            x={x}
            isOdd={row.basis === 'flow' && lane.odd.length > 0}
            isChosen={row.basis === basis.value}
            previous={rows[index - 1]}
          />
        ))}
      </svg>
    </div>
  );
}

/** A lane of a record for each clock. By when it was sent or heard of it is an instant, unless things are placed by that: then it ends there. */
function rowsOf(lane: LaneView, chosen: string): Row[] {
  const { trueStartMs, trueEndMs, routerStartMs, routerEndMs, headerMs, receivedMs, correctedStartMs, correctedEndMs } = lane;
  const lastsMs = Math.max(0, routerEndMs - routerStartMs);
  const bar = (own: string, name: string, fromMs: number | undefined, toMs: number | undefined): Row[] =>
    fromMs === undefined || toMs === undefined ? [] : [{ basis: own, name, fromMs, toMs }];
  const instant = (own: string, name: string, atMs: number): Row[] =>
    bar(own, name, own === chosen ? atMs - lastsMs : atMs, atMs);
  return [
    ...bar('truth', 'what happened', trueStartMs, trueEndMs),
    ...bar('flow', 'router says', routerStartMs, routerEndMs),
    ...instant('export', 'router sent', headerMs),
    ...instant('receive', 'collector heard', receivedMs),
    ...bar('corrected', 'corrected', correctedStartMs, correctedEndMs),
  ];
}

/** Where one five minutes end and the next begin; none where they would be too many to be told apart. */
function boundsBetween(fromMs: number, toMs: number): number[] {
  const first = Math.ceil(fromMs / BUCKET_MS);
  const count = Math.floor(toMs / BUCKET_MS) - first + 1;
  return count > MOST_BOUNDS ? [] : Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * BUCKET_MS);
}

function Bar({
  row: { name, fromMs, toMs },
  y,
  x,
  isOdd,
  isChosen,
  previous,
}: {
  row: Row;
  y: number;
  x: (ms: number) => number;
  isOdd: boolean;
  isChosen: boolean;
  previous: Row | undefined;
}) {
  return (
    <g>
      <text x={LEFT - 4} y={y + 5} text-anchor="end" class={isChosen ? 'lane-name chosen' : 'lane-name'}>
        {name}
      </text>
      {previous !== undefined && <line class="lane-skew" x1={x(previous.fromMs)} y1={y - ROW + 6} x2={x(fromMs)} y2={y - 6} />}
      <rect
        class={`lane ${isOdd ? 'odd' : ''} ${isChosen ? 'chosen' : ''}`}
        x={x(fromMs)}
        y={y - 5}
        width={Math.max(3, x(toMs) - x(fromMs))}
        height="11"
        rx="3"
      >
        <title>
          {formatInstant(fromMs, zone.value)}, {formatSigned(toMs - fromMs)} long
        </title>
      </rect>
    </g>
  );
}
