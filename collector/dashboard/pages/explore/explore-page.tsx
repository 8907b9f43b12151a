import { useRef } from 'preact/hooks';
import type { ExploreTable, ExploreView } from '../../../api/view/explore-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { Notes, Panel } from '../../parts/states.tsx';
import { askedParameters } from '../../state/range.ts';
import { route, setParameters } from '../../state/route.ts';
import { GroupChips, ShapeControls } from './controls.tsx';
import { ExploreChart } from './explore-chart.tsx';
import { parametersOf, questionOf, type ExploreQuestion } from './explore-question.ts';
import { csvOf, jsonOf } from './exported.ts';
import { FilterBox } from './filter-box.tsx';
import { GroupTable } from './group-table.tsx';
import { RibbonChart } from './ribbon-chart.tsx';
import './explore.css';

/** Any flows, grouped by anything. All that is asked stands in the address. */
export default function ExplorePage() {
  const question = questionOf(route.value.parameters);
  const { view, problem } = useTopic<ExploreView>('explore', parametersOf(question));
  const mistake = view !== undefined && 'mistake' in view ? view.mistake : undefined;
  // While the filter is wrong, what it was before stays.
  const last = useRef<ExploreTable>();
  if (view !== undefined && !('mistake' in view)) last.current = view;
  return (
    <div class="stack explore">
      <h1 class="visually-hidden">Explore</h1>
      <Panel title="The question" note="Ask which flows, and what to tell them apart by.">
        <FilterBox
          applied={question.where}
          mistake={mistake}
          onApply={(text) => setParameters({ where: text === '' ? undefined : text })}
        />
        <div class="explore-by">
          <span>Group by</span>
          <GroupChips by={question.by} />
        </div>
        <ShapeControls question={question} />
      </Panel>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {last.current === undefined ? (
        <p class="soft">{problem === undefined && mistake === undefined ? 'Reckoning …' : ''}</p>
      ) : (
        <Answer table={last.current} question={question} isOld={mistake !== undefined} />
      )}
    </div>
  );
}

interface AnswerProperties {
  readonly table: ExploreTable;
  readonly question: ExploreQuestion;
  /** Whether the filter has a mistake, so that this is the answer to the one before. */
  readonly isOld: boolean;
}

function Answer({ table, question, isOld }: AnswerProperties) {
  if (table.groups.length === 0) {
    return <p class="problem">No flow is such. Take a part of the filter away, or ask for another time.</p>;
  }
  const isRibbon = question.shape === 'ribbon' && table.by.length > 1;
  return (
    <div class={isOld ? 'stack explore-answer old' : 'stack explore-answer'}>
      <Panel title={isRibbon ? 'From one to the next' : 'Over time'} note={isOld ? 'of the filter before' : undefined}>
        {isRibbon ? (
          <RibbonChart table={table} />
        ) : (
          <ExploreChart table={table} kind={question.shape === 'lines' ? 'lines' : 'stacked'} />
        )}
      </Panel>
      <Panel title="In figures" note={<Export table={table} question={question} />}>
        <GroupTable table={table} where={question.where} />
        <Notes notes={table.notes} />
      </Panel>
    </div>
  );
}

/** What is shown, as a file. */
function Export({ table, question }: Omit<AnswerProperties, 'isOld'>) {
  const asked = { ...askedParameters.value, ...parametersOf(question) };
  return (
    <span class="explore-export">
      <button type="button" class="quiet" onClick={() => download('explore.csv', 'text/csv', csvOf(table))}>
        Save as CSV
      </button>
      <button type="button" class="quiet" onClick={() => download('explore.json', 'application/json', jsonOf(table, asked))}>
        Save as JSON
      </button>
    </span>
  );
}

function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
