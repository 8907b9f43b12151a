import { useEffect, useRef } from 'preact/hooks';
import type { StatusView } from '../../api/view/status-view.ts';
import { connection } from '../live/connection.ts';
import { useTopic } from '../live/use-topic.ts';
import { PageFrame } from '../pages/page-frame.tsx';
import { PAGES } from '../pages/pages.ts';
import { route } from '../state/route.ts';
import { status } from '../state/status.ts';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';
import { TimeTravel } from './time-travel.tsx';
import { TokenForm } from './token-form.tsx';

/** Everything there is: what stays, and the page in it. */
export function App() {
  if (connection.link.value === 'token-needed') return <TokenForm />;
  return <Shell />;
}

function Shell() {
  const { view } = useTopic<StatusView>('status');
  useEffect(() => {
    if (view !== undefined) status.value = view;
  }, [view]);
  const page = PAGES.find(({ name }) => name === route.value.page);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${page?.title ?? 'Not found'} · ${status.peek()?.name ?? 'flowlab'}`;
    // Who goes to another page by keyboard or ear is there at once, not at its link.
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [page]);
  return (
    <div class="shell">
      <a
        class="skip-link"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <Header />
      <Navigation />
      <main id="main" tabIndex={-1} ref={main}>
        <PageFrame page={page} />
      </main>
      <TimeTravel />
    </div>
  );
}
