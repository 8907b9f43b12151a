import { useEffect, useId, useRef } from 'preact/hooks';
import { useSignal, type Signal } from '@preact/signals';
import type { CompleteView } from '../../../api/view/complete-view.ts';
import type { Mistake } from '../../../api/view/explore-view.ts';
import { useTopic } from '../../live/use-topic.ts';
import { Ghost } from './ghost.tsx';
import { useWrittenFilter, type Draft } from './use-written-filter.ts';

interface FilterBoxProperties {
  /** The filter that is asked now. */
  readonly applied: string;
  readonly mistake: Mistake | undefined;
  readonly onApply: (text: string) => void;
}

/** A filter with what could come next (a combobox of ARIA), and a line below what is wrong. */
export function FilterBox({ applied, mistake, onApply }: FilterBoxProperties) {
  const id = useId();
  const scrolled = useSignal(0);
  const { input, draft, isOpen, candidates, active, wrong, isUnfinished, answer, look, accept, press } = useWrittenFilter(
    applied,
    mistake,
    onApply,
  );
  return (
    <div class="filter-box">
      <label for={`${id}-input`}>Only flows where</label>
      <div class="filter-field">
        <Ghost text={draft.text} mistake={wrong} scrolled={scrolled.value} />
        <input
          ref={input}
          id={`${id}-input`}
          type="text"
          role="combobox"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={2_000}
          placeholder="who = John and activity = youtube and not dst in 10.0.0.0/8"
          aria-expanded={candidates.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          aria-invalid={wrong !== undefined && !isUnfinished}
          aria-describedby={`${id}-mistake`}
          value={draft.text}
          onInput={() => {
            isOpen.value = true;
            look();
          }}
          onClick={look}
          onKeyUp={({ key }) => {
            if (['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(key)) look();
          }}
          onKeyDown={press}
          onFocus={() => (isOpen.value = true)}
          onBlur={() => (isOpen.value = false)}
          onScroll={({ currentTarget }) => (scrolled.value = currentTarget.scrollLeft)}
        />
        <button type="button" class="primary" onClick={() => onApply(draft.text.trim())}>
          Ask
        </button>
        <Candidates id={id} candidates={candidates} active={active} onAccept={accept} />
      </div>
      {isOpen.value && <Completing draft={draft} answer={answer} />}
      <p id={`${id}-mistake`} class="mistake" role="status">
        {wrong !== undefined &&
          !isUnfinished &&
          `At character ${wrong.column}: ${wrong.sentence}${wrong.sentence.endsWith('?') ? '' : '.'}`}
      </p>
    </div>
  );
}

const ASKED_AFTER_MS = 80;

/** Asks for candidates, once the writing rests, for as long as the box is open. */
function Completing({ draft, answer }: { readonly draft: Draft; readonly answer: Signal<CompleteView | undefined> }) {
  const rested = useSignal(draft);
  useEffect(() => {
    const timer = setTimeout(() => (rested.value = draft), ASKED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [draft, rested]);
  const { view } = useTopic<CompleteView>('complete', { text: rested.value.text, cursor: String(rested.value.cursor) });
  useEffect(() => void (answer.value = view), [view, answer]);
  return null;
}

interface CandidatesProperties {
  readonly id: string;
  readonly candidates: readonly string[];
  readonly active: number;
  readonly onAccept: (candidate: string) => void;
}

function Candidates({ id, candidates, active, onAccept }: CandidatesProperties) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => list.current?.children[active]?.scrollIntoView({ block: 'nearest' }), [active]);
  return (
    <ul
      ref={list}
      id={`${id}-list`}
      role="listbox"
      aria-label="What could come next"
      class="candidates"
      hidden={candidates.length === 0}
    >
      {candidates.map((candidate, index) => (
        <li
          key={candidate}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          // Else the box would lose the focus before the click.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onAccept(candidate)}
        >
          {candidate}
        </li>
      ))}
    </ul>
  );
}
