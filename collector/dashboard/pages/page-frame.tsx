import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { EmptyState } from '../parts/states.tsx';
import { linkTo, HOME } from '../state/route.ts';
import { status } from '../state/status.ts';
import type { Page } from './pages.ts';

/** A page once its program has come; a sentence where it cannot be shown. */
export function PageFrame({ page }: { readonly page: Page | undefined }) {
  const loaded = useSignal<{ page: Page; Content: ComponentType } | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  useEffect(() => {
    failure.value = undefined;
    page?.load?.().then(
      (module) => (loaded.value = { page, Content: module.default }),
      () => (failure.value = 'This page could not be loaded. Is the server still there?'),
    );
  }, [page, loaded, failure]);
  if (page === undefined) {
    return (
      <EmptyState title="There is no such page">
        The address names none. <a href={linkTo(HOME)}>Go to the overview.</a>
      </EmptyState>
    );
  }
  const missing = missingTopics(page);
  if (page.load === undefined || missing.length > 0) {
    return (
      <EmptyState title={`${page.title} is not available here`}>
        {page.purpose} This server does not tell {(missing.length > 0 ? missing : page.topics).join(' and ')}.
      </EmptyState>
    );
  }
  if (failure.value !== undefined) return <EmptyState title={page.title}>{failure.value}</EmptyState>;
  if (loaded.value?.page !== page) return <EmptyState title={page.title}>Loading …</EmptyState>;
  const { Content } = loaded.value;
  return <Content />;
}

/** Topics of a page that the server does not have; none as long as it has not said. */
export function missingTopics(page: Page): string[] {
  const topics = status.value?.topics;
  return topics === undefined ? [] : page.topics.filter((topic) => !topics.includes(topic));
}
