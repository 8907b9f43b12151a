import { useSignal } from '@preact/signals';
import type { ClocksView } from '../../../api/view/clocks-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { Chips } from '../../parts/chips.tsx';
import { Panel, Shown } from '../../parts/states.tsx';
import { Term } from '../../parts/term.tsx';
import { route } from '../../state/route.ts';
import { ClockFaces } from './clock-faces.tsx';
import { Consequence } from './consequence.tsx';
import { Ladder } from './ladder.tsx';
import { Lanes } from './lanes.tsx';
import { OffsetChart } from './offset-chart.tsx';
import './clocks.css';

export default function ClocksPage() {
  const { exchange = '' } = route.value.parameters;
  const topic = useTopic<ClocksView>('clocks', { exchange });
  const device = useSignal('router');
  return (
    <Shown topic={topic} title="Clocks">
      {(view) => (
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
              values={view.series.map((series) => series.device)}
              chosen={device.value}
              onChoose={(name) => (device.value = name)}
            />
            <OffsetChart series={view.series.find((series) => series.device === device.value) ?? view.series[0]} />
          </Panel>
          <Panel title="What a wrong clock does" note="The same flows, had the router's clock been this far off.">
            <Consequence />
          </Panel>
          <Panel title="One exchange with an NTP server" note="Four times are all a client has.">
            <Ladder exchanges={view.exchanges} />
          </Panel>
          <Panel
            title="The same flows in three lanes"
            note="What happened, what the router says of it, and when the collector heard of it."
          >
            <Lanes lanes={view.lanes} />
          </Panel>
        </div>
      )}
    </Shown>
  );
}
