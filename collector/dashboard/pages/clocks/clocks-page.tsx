import type { ClockSeriesView, ClocksView } from '../../../api/view/clocks-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { Chips } from '../../parts/chips.tsx';
import { Panel, Shown } from '../../parts/states.tsx';
import { Term } from '../../parts/term.tsx';
import { route, setParameters } from '../../state/route.ts';
import { exporter } from '../../state/status.ts';
import { ClockFaces } from './clock-faces.tsx';
import { ByChosenClock, Consequence } from './consequence.tsx';
import { Ladder } from './ladder.tsx';
import { Lanes } from './lanes.tsx';
import { OffsetChart } from './offset-chart.tsx';
import './clocks.css';

export default function ClocksPage() {
  const { exchange = '', clock } = route.value.parameters;
  const topic = useTopic<ClocksView>('clocks', { exchange });
  const site = exporter.value?.name;
  /** The one that was chosen, else that of the router that is shown. */
  const shownOf = (series: readonly ClockSeriesView[]): ClockSeriesView | undefined =>
    [clock, `router ${site}`].flatMap((name) => series.find(({ device }) => device === name) ?? [])[0] ?? series[0];
  return (
    <Shown topic={topic} title="Clocks">
      {({ series, ...view }) => (
        <div class="stack clocks-page">
          <h1 class="visually-hidden">Clocks</h1>
          <Panel title="What the clocks show" note="By whose clock a thing happened decides when it is told to have happened.">
            <ClockFaces view={view} />
          </Panel>
          <Panel
            title="How wrong they were"
            note={
              <>
                Lines are the truth, dots what <Term name="NTP">NTP</Term> measured, bars how far that may be off.
              </>
            }
          >
            <Chips
              label="Whose clock"
              values={series.map(({ device }) => device)}
              chosen={shownOf(series)?.device}
              onChoose={(name) => setParameters({ clock: name }, false)}
            />
            <OffsetChart series={shownOf(series)} />
          </Panel>
          <Panel
            title="The line, by the chosen clock"
            note="Filled is when octets really passed, outlined when “Times by” says they did: choose another and see them wander."
          >
            <ByChosenClock />
          </Panel>
          <Panel
            title="What a wrong clock does"
            note="The same flows by the same choice, had the router's clock been this far off."
          >
            <Consequence />
          </Panel>
          <Panel title="One exchange with an NTP server" note="Four times are all a client has.">
            <Ladder exchanges={view.exchanges} />
          </Panel>
          <Panel
            title="One flow by every clock"
            note="What happened, what the router says of it, when it was sent and heard of. What “Times by” goes by stands out."
          >
            <Lanes lanes={view.lanes} />
          </Panel>
        </div>
      )}
    </Shown>
  );
}
