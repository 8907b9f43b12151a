import { useEffect, useRef } from 'preact/hooks';
import type { Mistake } from '../../../api/view/explore-view.ts';

interface GhostProperties {
  readonly text: string;
  readonly mistake: Mistake | undefined;
  readonly scrolled: number;
}

/** The same text behind a field of text, unseen but for a line below the word that is wrong: a field cannot mark a part of itself. */
export function Ghost({ text, mistake, scrolled }: GhostProperties) {
  const ghost = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (ghost.current !== null) ghost.current.scrollLeft = scrolled;
  }, [scrolled, text]);
  const start = mistake === undefined ? text.length : mistake.column - 1;
  const word = /^(?:"[^"]*"?|'[^']*'?|[^\s=<>(),!"']+|.)/.exec(text.slice(start))?.[0] ?? '';
  return (
    <div class="filter-ghost" ref={ghost} aria-hidden="true">
      {text.slice(0, start)}
      {mistake !== undefined && <span class="mistaken">{word === '' ? '\u00a0' : word}</span>}
      {text.slice(start + word.length)}
    </div>
  );
}
