import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSignal, type Signal } from '@preact/signals';
import type { CompleteView } from '../../../api/view/complete-view.ts';
import type { Mistake } from '../../../api/view/explore-view.ts';

/** A filter as it is written, and where the cursor is. */
export interface Draft {
  readonly text: string;
  readonly cursor: number;
}

/** A filter that is being written. */
export interface WrittenFilter {
  readonly input: RefObject<HTMLInputElement>;
  readonly draft: Draft;
  readonly isOpen: Signal<boolean>;
  readonly candidates: readonly string[];
  /** Which of the candidates is chosen; -1 is none. */
  readonly active: number;
  /** What is wrong with it now. */
  readonly wrong: Mistake | undefined;
  /** Whether what is wrong is the word that is being written, or that there is no more: who still writes need not be told. */
  readonly isUnfinished: boolean;
  readonly answer: Signal<CompleteView | undefined>;
  /** Looks at what stands in the field, and where the cursor is. */
  look(): void;
  accept(candidate: string): void;
  press(event: KeyboardEvent): void;
}

/** The state of a box that `applied` stands in until somebody writes in it; `mistake` is of what is applied. */
export function useWrittenFilter(applied: string, mistake: Mistake | undefined, onApply: (text: string) => void): WrittenFilter {
  const input = useRef<HTMLInputElement>(null);
  const draft = useSignal<Draft>({ text: applied, cursor: applied.length });
  const isOpen = useSignal(false);
  const active = useSignal(-1);
  const answer = useSignal<CompleteView | undefined>(undefined);
  useEffect(() => void (draft.value = { text: applied, cursor: applied.length }), [applied, draft]);
  const { text, cursor } = draft.value;
  const fresh = answer.value?.text === text ? answer.value : undefined;
  const candidates = isOpen.value && fresh?.cursor === cursor ? fresh.candidates : [];
  const wrong = fresh === undefined ? (text === applied ? mistake : undefined) : fresh.mistake;
  const isUnfinished =
    isOpen.value &&
    wrong !== undefined &&
    (wrong.column > text.trimEnd().length || (candidates.length > 0 && wrong.column === (fresh?.from ?? 0) + 1));

  const look = (): void => {
    const { value, selectionStart } = input.current ?? { value: '', selectionStart: 0 };
    draft.value = { text: value, cursor: selectionStart ?? value.length };
    active.value = -1;
  };
  const accept = (candidate: string): void => {
    if (fresh === undefined || input.current === null) return;
    const before = `${text.slice(0, fresh.from)}${candidate} `;
    input.current.value = before + text.slice(cursor).trimStart();
    input.current.setSelectionRange(before.length, before.length);
    look();
  };
  const press = (event: KeyboardEvent): void => {
    const chosen = candidates[active.value];
    const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (steps !== undefined && candidates.length > 0) active.value = turned(active.value, steps, candidates.length);
    else if (steps !== undefined) isOpen.value = true;
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) accept(chosen);
    else if (event.key === 'Enter') {
      isOpen.value = false;
      onApply(text.trim());
    } else if (event.key === 'Escape' && isOpen.value) isOpen.value = false;
    else return;
    event.preventDefault();
  };
  return {
    input,
    draft: draft.value,
    isOpen,
    candidates,
    active: active.value,
    wrong,
    isUnfinished,
    answer,
    look,
    accept,
    press,
  };
}

/** From none (-1) through all of so many and round again. */
const turned = (at: number, steps: number, count: number): number => ((at + 1 + steps + count + 1) % (count + 1)) - 1;
