import type { LifeStep } from '../../../api/view/life-view.ts';
import { zone } from '../../state/status.ts';
import { formatInstant } from '../../text/format.ts';

/** The clocks that tell of a step, and what their lanes are called. */
export const CLOCKS = [
  ['truthMs', 'In truth'],
  ['routerMs', 'By the router'],
  ['collectorMs', 'By the collector'],
] as const;

/** A step in a lane; `level` keeps it clear of the one before. */
interface Mark {
  readonly number: number;
  readonly step: LifeStep;
  readonly atMs: number;
  readonly level: number;
}

/** Steps closer than this, in parts of the whole width, stand above one another. */
const CLOSE = 0.05;
const LEVEL_PX = 18;

/** The steps of a life in a lane for each clock, all on one ruler. Steps have the numbers of the table below. */
export function Timeline({ steps }: { readonly steps: readonly LifeStep[] }) {
  const instants = steps.flatMap((step) => CLOCKS.map(([clock]) => step[clock])).filter((atMs) => atMs !== undefined);
  if (instants.length === 0) return null;
  const [fromMs, toMs] = [Math.min(...instants), Math.max(...instants)];
  const place = (atMs: number): number => (toMs === fromMs ? 0.5 : (atMs - fromMs) / (toMs - fromMs));
  return (
    <div class="life-lanes" role="img" aria-label={wordsOf(steps)}>
      {CLOCKS.map(([clock, title]) => {
        const marks = marksOf(steps, clock, place);
        if (marks.length === 0) return null;
        const [first, last] = ['first', 'last'].map((name) => steps.find((step) => step.name === name)?.[clock]);
        const top = Math.max(...marks.map(({ level }) => level));
        return (
          <div key={clock} class="life-lane">
            <span class="life-clock soft">{title}</span>
            <span class="life-track" style={{ marginTop: `${top * LEVEL_PX}px` }}>
              {first !== undefined && last !== undefined && (
                <span
                  class="life-flow"
                  style={{ left: `${100 * place(first)}%`, width: `${Math.max(0, 100 * (place(last) - place(first)))}%` }}
                />
              )}
              {marks.map(({ number, step, atMs, level }) => (
                <span
                  key={number}
                  class={`life-mark ${step.name}`}
                  style={{ left: `${100 * place(atMs)}%`, top: `${-level * LEVEL_PX}px` }}
                  title={`${step.title}: ${formatInstant(atMs, zone.value)}`}
                >
                  {number}
                </span>
              ))}
            </span>
          </div>
        );
      })}
      <div class="life-ruler soft">
        <span>{formatInstant(fromMs, zone.value)}</span>
        <span>{formatInstant(toMs, zone.value)}</span>
      </div>
    </div>
  );
}

function marksOf(steps: readonly LifeStep[], clock: (typeof CLOCKS)[number][0], place: (atMs: number) => number): Mark[] {
  const marks: Mark[] = [];
  for (const [index, step] of steps.entries()) {
    const atMs = step[clock];
    if (atMs === undefined) continue;
    const before = marks.findLast((mark) => Math.abs(place(mark.atMs) - place(atMs)) < CLOSE);
    marks.push({ number: index + 1, step, atMs, level: before === undefined ? 0 : before.level + 1 });
  }
  return marks;
}

const wordsOf = (steps: readonly LifeStep[]): string =>
  steps
    .flatMap((step) =>
      CLOCKS.flatMap(([clock, title]) => {
        const atMs = step[clock];
        return atMs === undefined ? [] : [`${step.title} ${title.toLowerCase()} at ${formatInstant(atMs, zone.value)}`];
      }),
    )
    .join('; ');
