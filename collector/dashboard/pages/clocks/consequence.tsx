import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { scaleLinear } from 'd3-scale';
import type { ConsequenceView } from '../../../api/view/clocks-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { SureNumber } from '../../parts/sure-mark.tsx';
import { route, setParameters } from '../../state/route.ts';
import { zone } from '../../state/status.ts';
import { formatClockError, formatCount, formatMinute, formatOctets } from '../../text/format.ts';

/** Errors of the slider, from an hour behind to an hour ahead. */
const STOPS_MS = [
  -3_600_000, -600_000, -300_000, -60_000, -10_000, -1_000, -100, -10, 0, 10, 100, 1_000, 10_000, 60_000, 300_000, 600_000,
  3_600_000,
];
const ZERO = STOPS_MS.indexOf(0);
const FIVE_MINUTES_AHEAD = STOPS_MS.indexOf(300_000);
const [WIDTH, HEIGHT] = [720, 150] as const;

/** A slider for the router's error and a switch for NTP, and what they do to the same flows. */
export function Consequence() {
  const { parameters } = route.value;
  const isKept = parameters['ntp'] === 'on';
  const stop = stopOf(parameters['error']);
  const shown = useSignal(stop);
  useEffect(() => void (shown.value = stop), [stop, shown]);
  const topic = useTopic<ConsequenceView>('consequence', { errorMs: String(STOPS_MS[stop] ?? 0), ntp: isKept ? 'on' : 'off' });
  return (
    <div class="consequence">
      <div class="consequence-controls">
        <label>
          The router's clock is <strong>{isKept ? 'kept by NTP' : formatClockError(STOPS_MS[shown.value] ?? 0)}</strong>
          <input
            type="range"
            min="0"
            max={STOPS_MS.length - 1}
            value={shown.value}
            disabled={isKept}
            aria-valuetext={formatClockError(STOPS_MS[shown.value] ?? 0)}
            onInput={({ currentTarget }) => {
              shown.value = Number(currentTarget.value);
              setParameters({ error: String(STOPS_MS[shown.value]) }, false);
            }}
          />
        </label>
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={isKept}
            onChange={({ currentTarget }) => setParameters({ ntp: currentTarget.checked ? 'on' : undefined }, false)}
          />{' '}
          NTP
        </label>
      </div>
      {topic.view === undefined ? <p class="soft">{topic.problem ?? 'Reckoning …'}</p> : <Outcome view={topic.view} />}
    </div>
  );
}

/** The flows of the run itself, as the chosen clock places them in time. */
export function ByChosenClock() {
  // With NTP the records are taken as they were told.
  const topic = useTopic<ConsequenceView>('consequence', { ntp: 'on' });
  return topic.view === undefined ? <p class="soft">{topic.problem ?? 'Reckoning …'}</p> : <Outcome view={topic.view} />;
}

/** Five minutes ahead unless the address says otherwise: the error everybody knows. */
function stopOf(error: string | undefined): number {
  if (error === undefined) return FIVE_MINUTES_AHEAD;
  const stop = STOPS_MS.indexOf(Number(error));
  return stop < 0 ? ZERO : stop;
}

function Outcome({ view }: { readonly view: ConsequenceView }) {
  return (
    <>
      <p class="consequence-sentence" aria-live="polite">
        {view.sentence}
      </p>
      <Drawing view={view} />
      <dl class="figures">
        <div>
          <dt>in the wrong five minutes</dt>
          <dd>
            <SureNumber of={view.wrongBucketOctets} format={formatOctets} />
          </dd>
        </div>
        <div>
          <dt>in the wrong hour of the bill</dt>
          <dd>
            <SureNumber of={view.wrongHourOctets} format={formatOctets} />
          </dd>
        </div>
        <div>
          <dt>flows from the future</dt>
          <dd>
            <SureNumber of={view.futureFlows} format={formatCount} />
          </dd>
        </div>
        <div>
          <dt>of so much in all</dt>
          <dd>
            <SureNumber of={view.octets} format={formatOctets} />
          </dd>
        </div>
      </dl>
    </>
  );
}

/** The truth as filled columns, what is told as an outline over them. */
function Drawing({ view: { trueOctets, toldOctets, startMs, bucketMs } }: { readonly view: ConsequenceView }) {
  const count = trueOctets.length;
  const y = scaleLinear([0, Math.max(1, ...trueOctets, ...toldOctets)], [HEIGHT - 18, 6]);
  const x = scaleLinear([0, count], [4, WIDTH - 4]);
  const width = Math.max(1, x(1) - x(0) - 1);
  return (
    <div class="drawing">
      <svg
        class="consequence-chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Octets in each of ${count} intervals: columns are the truth, outlines what is told.`}
      >
        {trueOctets.map((octets, index) => (
          <rect key={index} class="true-octets" x={x(index)} y={y(octets)} width={width} height={HEIGHT - 18 - y(octets)} />
        ))}
        {toldOctets.map((octets, index) => (
          <rect key={index} class="told-octets" x={x(index)} y={y(octets)} width={width} height={HEIGHT - 18 - y(octets)} />
        ))}
        <text x="4" y={HEIGHT - 4}>
          {formatMinute(startMs, zone.value)}
        </text>
        <text x={WIDTH - 4} y={HEIGHT - 4} text-anchor="end">
          {formatMinute(startMs + count * bucketMs, zone.value)}
        </text>
      </svg>
    </div>
  );
}
