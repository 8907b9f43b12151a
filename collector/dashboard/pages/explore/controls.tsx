import { Choice } from '../../parts/choice.tsx';
import { audience } from '../../state/settings.ts';
import { setParameters } from '../../state/route.ts';
import { GROUPINGS } from './groupings.ts';
import { SHAPES, type ExploreQuestion } from './explore-question.ts';

const MOST = 3;

const MEASURES = { rate: 'bit/s', bytes: 'octets', packets: 'packets', flows: 'flows' };
const STEPS = { '1m': '1 min', '5m': '5 min', '15m': '15 min', '1h': '1 h', '6h': '6 h', '1d': '1 day' };

/** Chips: each pressed one groups by one thing more, in the order they were pressed. */
export function GroupChips({ by }: { readonly by: readonly string[] }) {
  const shown = GROUPINGS.filter(
    ({ word, isTechnical }) => isTechnical !== true || audience.value === 'engineer' || by.includes(word),
  );
  const press = (word: string): void =>
    setParameters({ by: (by.includes(word) ? by.filter((one) => one !== word) : [...by, word]).join(',') });
  return (
    <div class="chips" role="group" aria-label="Group by, three at most">
      {shown.map(({ word, title }) => {
        const place = by.indexOf(word);
        return (
          <button
            key={word}
            type="button"
            aria-pressed={place >= 0}
            disabled={place < 0 && by.length >= MOST}
            onClick={() => press(word)}
          >
            {by.length > 1 && place >= 0 ? `${place + 1} ${title}` : title}
          </button>
        );
      })}
    </div>
  );
}

/** What is counted, in which steps, and how it is drawn. */
export function ShapeControls({ question: { measure, every, shape, by } }: { readonly question: ExploreQuestion }) {
  return (
    <div class="explore-shape">
      <Choice<string> label="Count" value={measure} options={MEASURES} onChoose={(value) => setParameters({ measure: value })} />
      <Choice<string>
        label="Steps"
        value={every ?? ''}
        options={{ '': 'as it suits', ...STEPS, ...(every === undefined ? {} : { [every]: every }) }}
        onChoose={(value) => setParameters({ every: value === '' ? undefined : value })}
      />
      <div class="chips" role="group" aria-label="Drawn as">
        {SHAPES.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === shape}
            disabled={one === 'ribbon' && by.length < 2}
            title={one === 'ribbon' && by.length < 2 ? 'A ribbon goes between two or three things to group by' : undefined}
            onClick={() => setParameters({ shape: one === SHAPES[0] ? undefined : one })}
          >
            {one}
          </button>
        ))}
      </div>
    </div>
  );
}
