import type { PipelineView, Unit } from '../../../api/view/pipeline-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { Notes, Panel, Shown } from '../../parts/states.tsx';
import { route, setParameters } from '../../state/route.ts';
import { status } from '../../state/status.ts';
import { formatCount } from '../../text/format.ts';
import { Funnel, FunnelTable } from './funnel.tsx';
import { Life } from './life.tsx';
import { RecordList } from './record-list.tsx';
import { titleOf, unitsOf, usualUnit } from './units.ts';
import './pipeline.css';

export default function PipelinePage() {
  const topic = useTopic<PipelineView>('pipeline');
  const { record = '' } = route.value.parameters;
  const hasRecords = status.value?.topics.includes('records') === true;
  return (
    <Shown topic={topic} title="Pipeline">
      {(view) => (
        <div class="stack">
          <h1 class="visually-hidden">Pipeline</h1>
          <Way view={view} />
          {record !== '' && hasRecords && <Life key={record} id={record} />}
          {hasRecords && <RecordList />}
        </div>
      )}
    </Shown>
  );
}

function Way({ view }: { readonly view: PipelineView }) {
  const units = unitsOf(view);
  const unit = units.find((one) => one === route.value.parameters['unit']) ?? usualUnit(view);
  return (
    <Panel title="The way into the store" note="What went on from each place to the next, and what did not.">
      <div class="chips" role="group" aria-label="Counted in">
        {units.map((one: Unit) => (
          <button key={one} type="button" aria-pressed={one === unit} onClick={() => setParameters({ unit: one }, false)}>
            {titleOf(one)}
          </button>
        ))}
      </div>
      <Funnel view={view} unit={unit} />
      <Troubles view={view} />
      <Notes notes={view.notes} />
      <details>
        <summary>All figures as a table</summary>
        <FunnelTable view={view} />
      </details>
    </Panel>
  );
}

/** What could not be read: it is counted in none of the units. */
function Troubles({ view: { faults, sets } }: { readonly view: PipelineView }) {
  const told = [
    ...Object.entries(faults).map(([code, count]) => `malformed, ${code}: ${formatCount(count)}`),
    ...(sets.waiting > 0 ? [`Data Sets that wait for their Template: ${formatCount(sets.waiting)}`] : []),
    ...(sets.givenUp > 0 ? [`Data Sets given up without one: ${formatCount(sets.givenUp)}`] : []),
  ];
  if (told.length === 0) return null;
  return (
    <ul class="troubles" aria-label="What could not be read">
      {told.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  );
}
