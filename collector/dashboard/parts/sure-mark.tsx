import type { Sure } from '../../api/view/sure.ts';
import { Hint } from './term.tsx';

const MARKS: Readonly<Record<Sure['sure'], { sign: string; word: string; meaning: string }>> = {
  truth: { sign: '✓', word: 'truth', meaning: 'Known from the simulation itself.' },
  exact: { sign: '=', word: 'exact', meaning: 'Counted from the records that were received.' },
  estimated: { sign: '≈', word: 'estimated', meaning: 'Worked out from a sample or a model.' },
  'may-be-late': { sign: '◷', word: 'may be late', meaning: 'Rests on a clock that may be wrong.' },
};

/** A number with a mark of how sure it is. */
export function SureNumber({ of, format }: { readonly of: Sure; readonly format: (value: number) => string }) {
  return (
    <span class="sure-number">
      {format(of.value)}
      <SureMark of={of} />
    </span>
  );
}

function SureMark({ of: { sure, note } }: { readonly of: Sure }) {
  const { sign, word, meaning } = MARKS[sure];
  const text = note === undefined ? `${word}: ${meaning}` : `${word}: ${note}`;
  return (
    <Hint text={text} class={`sure-mark ${sure}`} label={`How sure: ${word}`}>
      {sign}
    </Hint>
  );
}
