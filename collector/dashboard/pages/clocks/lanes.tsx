import { useSignal } from '@preact/signals';
import { scaleLinear } from 'd3-scale';
import type { LaneView } from '../../../api/view/clocks-view.ts';
import { zone } from '../../state/status.ts';
import { formatInstant, formatOctets, formatSigned, formatTime } from '../../text/format.ts';

const [WIDTH, LEFT, ROW] = [720, 92, 22] as const;

const ODD: Readonly<Record<string, string>> = {
  future: 'ends after it was received',
  negative: 'ends before it began',
  'wrong-bucket': 'lies in another five minutes than it was in',
};

/** One flow at a time in three lanes on one ruler, and all of them as a list to choose from. */
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
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

function Drawing({ lane }: { readonly lane: LaneView }) {
  const { trueStartMs, trueEndMs, routerStartMs, routerEndMs, receivedMs, correctedStartMs, correctedEndMs } = lane;
  const bar = (name: string, fromMs: number | undefined, toMs: number | undefined): Row[] =>
    fromMs === undefined || toMs === undefined ? [] : [{ name, fromMs, toMs }];
  const rows = [
    ...bar('what happened', trueStartMs, trueEndMs),
    ...bar('router says', routerStartMs, routerEndMs),
    ...bar('collector heard', receivedMs, receivedMs),
    ...bar('corrected', correctedStartMs, correctedEndMs),
  ];
  const instants = rows.flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
  const x = scaleLinear([Math.min(...instants), Math.max(...instants)], [LEFT + 6, WIDTH - 10]);
  const height = 26 + rows.length * ROW;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={rows
        .map(({ name, fromMs, toMs }) => `${name} ${formatInstant(fromMs, zone.value)} to ${formatInstant(toMs, zone.value)}`)
        .join('; ')}
    >
      {rows.map((row, index) => (
        <Bar
          key={row.name}
          row={row}
          y={14 + index * ROW}
          x={x}
          isOdd={index === 1 && lane.odd.length > 0}
          previous={rows[index - 1]}
        />
      ))}
    </svg>
  );
}

function Bar({
  row: { name, fromMs, toMs },
  y,
  x,
  isOdd,
  previous,
}: {
  row: Row;
  y: number;
  x: (ms: number) => number;
  isOdd: boolean;
  previous: Row | undefined;
}) {
  return (
    <g>
      <text x={LEFT - 4} y={y + 5} text-anchor="end" class="lane-name">
        {name}
      </text>
      {previous !== undefined && <line class="lane-skew" x1={x(previous.fromMs)} y1={y - ROW + 6} x2={x(fromMs)} y2={y - 6} />}
      <rect
        class={isOdd ? 'lane odd' : 'lane'}
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
