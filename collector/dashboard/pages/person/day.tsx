import type { Signal } from '@preact/signals';
import { scaleUtc, type ScaleTime } from 'd3-scale';
import type { ActivityView } from '../../../api/view/person-view.ts';
import { colourOf } from '../../charts/colours.ts';
import { useWidth } from '../../charts/use-width.ts';
import { zone } from '../../state/status.ts';
import { formatDuration, formatMinute, formatOctets } from '../../text/format.ts';

const LANE_HEIGHT = 26;
const BAR_HEIGHT = 16;
const LABEL_WIDTH = 104;
const AXIS_HEIGHT = 24;
const NARROWEST_BAR = 3;

interface DayProperties {
  readonly activities: readonly ActivityView[];
  readonly chosenId: Signal<string | undefined>;
  readonly name: string;
}

/** Activities as bars, a lane for each category; the arrow keys go from one to the next. */
export function Day({ activities, chosenId, name }: DayProperties) {
  const { width, measured } = useWidth();
  if (activities.length === 0) return <p class="soft">{name} did nothing that was seen.</p>;
  const lanes = lanesOf(activities);
  const height = lanes.length * LANE_HEIGHT + AXIS_HEIGHT;
  const from = Math.min(...activities.map(({ startMs }) => startMs));
  const to = Math.max(...activities.map(({ endMs }) => endMs));
  const x = scaleUtc([from, to], [LABEL_WIDTH, Math.max(LABEL_WIDTH + 1, width - 12)]);
  const chosenIndex = activities.findIndex(({ id }) => id === chosenId.value);
  const walk = (event: KeyboardEvent): void => {
    const last = activities.length - 1;
    const next = { ArrowRight: chosenIndex + 1, ArrowLeft: chosenIndex - 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    chosenId.value = activities[Math.min(last, Math.max(0, next))]?.id;
  };
  return (
    <div
      class="day"
      ref={measured}
      role="img"
      tabIndex={0}
      aria-label={`${activities.length} activities of ${name}, mostly ${lanes.slice(0, 3).join(', ')}. Arrow keys go from one to the next.`}
      onKeyDown={walk}
    >
      <svg width={width} height={height} aria-hidden="true">
        <Grid x={x} width={width} height={height} lanes={lanes} />
        {activities.map((activity) => {
          const { id, category, startMs, endMs, label, octets } = activity;
          const left = x(startMs);
          return (
            <rect
              key={id}
              class={id === chosenId.value ? 'activity chosen' : 'activity'}
              x={left}
              y={lanes.indexOf(category) * LANE_HEIGHT + 4}
              width={Math.max(NARROWEST_BAR, x(endMs) - left)}
              height={BAR_HEIGHT}
              rx={2}
              fill={colourOf(category)}
              onClick={() => (chosenId.value = id)}
            >
              <title>{`${label}: ${formatOctets(octets)} in ${formatDuration(endMs - startMs)}`}</title>
            </rect>
          );
        })}
      </svg>
    </div>
  );
}

interface GridProperties {
  readonly x: ScaleTime<number, number>;
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly string[];
}

function Grid({ x, width, height, lanes }: GridProperties) {
  return (
    <>
      {x.ticks(Math.max(2, width / 110)).map((tick) => (
        <g key={tick.getTime()} transform={`translate(${x(tick)},0)`}>
          <line class="grid" y2={height - AXIS_HEIGHT} />
          <text class="axis" y={height - 8} text-anchor="middle">
            {formatMinute(tick.getTime(), zone.value)}
          </text>
        </g>
      ))}
      {lanes.map((lane, index) => (
        <text key={lane} class="axis" x={0} y={index * LANE_HEIGHT + BAR_HEIGHT}>
          {lane}
        </text>
      ))}
    </>
  );
}

/** Categories, those with most octets first. */
function lanesOf(activities: readonly ActivityView[]): string[] {
  const octets = new Map<string, number>();
  for (const { category, octets: own } of activities) octets.set(category, (octets.get(category) ?? 0) + own);
  return [...octets].sort(([, one], [, other]) => other - one).map(([category]) => category);
}
