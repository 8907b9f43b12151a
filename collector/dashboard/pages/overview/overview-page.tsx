import type { OverviewView } from '../../../api/view/overview-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { Notes, Panel, Shown } from '../../parts/states.tsx';
import { AlertList } from './alert-list.tsx';
import { Missed } from './alert-truth.tsx';
import { CategoryChart } from './category-chart.tsx';
import { PeopleList } from './people-list.tsx';
import { Tiles } from './tiles.tsx';
import './overview.css';

/** The office at a glance: sentences first. */
export default function OverviewPage() {
  const topic = useTopic<OverviewView>('overview');
  return (
    <Shown topic={topic} title="Overview">
      {(view) => (
        <div class="overview">
          <section class="sentences" aria-label="What happened">
            <h1>The office</h1>
            <ul>
              {view.sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </section>
          <Tiles view={view} />
          <Panel title="The line, by what it was used for" class="wide">
            <CategoryChart series={view.series} truth={view.truth} />
          </Panel>
          <PeopleList people={view.people} count={view.peopleCount} />
          <Panel title="What looks unusual" note={view.alerts.length === 0 ? undefined : `${view.alerts.length}, newest first`}>
            <AlertList alerts={view.alerts} />
            {view.truth !== undefined && <Missed events={view.truth.missed} />}
          </Panel>
          <Notes notes={view.notes} />
        </div>
      )}
    </Shown>
  );
}
