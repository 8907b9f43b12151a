import { useEffect, useRef } from 'preact/hooks';
import { missingTopics } from '../pages/page-frame.tsx';
import { PAGES } from '../pages/pages.ts';
import { route, linkTo } from '../state/route.ts';

/** The pages; those the server has nothing for say so. */
export function Navigation() {
  const list = useRef<HTMLElement>(null);
  const { page: shown } = route.value;
  // On a phone they stand in a row that is longer than it is wide.
  useEffect(() => {
    const link = list.current?.querySelector('[aria-current]');
    if (link instanceof HTMLElement && list.current !== null) list.current.scrollLeft = link.offsetLeft - link.offsetWidth / 2;
  }, [shown]);
  return (
    <nav class="navigation" aria-label="Pages" ref={list}>
      <ul>
        {PAGES.map((page) => {
          const isAbsent = page.load === undefined || missingTopics(page).length > 0;
          const isCurrent = shown === page.name;
          return (
            <li key={page.name}>
              <a
                href={linkTo(page.name)}
                class={isAbsent ? 'navigation-link absent' : 'navigation-link'}
                aria-current={isCurrent ? 'page' : undefined}
                title={page.purpose}
              >
                <Icon name={page.name} />
                <span>{page.title}</span>
                {isAbsent && <span class="navigation-note">not here</span>}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** Drawn in 16 by 16. */
const PATHS: Readonly<Record<string, string>> = {
  overview: 'M2 13V8M6 13V4M10 13V9M14 13V2',
  person: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.5 14c.6-3 2.800-4.500 5.500-4.500s4.900 1.500 5.500 4.500',
  explore: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM11 11l3 3',
  clocks: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3l2 2',
  nat: 'M2 5h10M9 2l3 3-3 3M14 11H4M7 8l-3 3 3 3',
  wire: 'M2 4h12M2 8h8M2 12h10',
  pipeline: 'M2 3h12l-4 5v5l-4-2V8L2 3Z',
  report: 'M4 2h6l3 3v9H4V2ZM6 8h5M6 11h5',
};

function Icon({ name }: { readonly name: string }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name] ?? ''} />
    </svg>
  );
}
