import type { ComponentChildren } from 'preact';
import type { Topic } from '../live/use-topic.ts';

/** Says why there is nothing to see. */
export function EmptyState({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="empty-state">
      <h1>{title}</h1>
      <p>{children}</p>
    </section>
  );
}

interface ShownProperties<View> {
  readonly topic: Topic<View>;
  readonly title: string;
  readonly children: (view: View) => ComponentChildren;
}

/** A view once it has come; before, that it is waited for, or why it does not come. A problem with a newer one stands above the last. */
export function Shown<View extends object>({ topic: { view, problem }, title, children }: ShownProperties<View>) {
  if (view === undefined) return <EmptyState title={title}>{problem ?? 'Waiting for the first figures …'}</EmptyState>;
  return (
    <>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {children(view)}
    </>
  );
}

/** A part of a page under a heading of its own. */
export function Panel({
  title,
  note,
  class: kind = '',
  children,
}: {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section class={`panel ${kind}`}>
      <div class="panel-head">
        <h2>{title}</h2>
        {note !== undefined && <p class="panel-note">{note}</p>}
      </div>
      {children}
    </section>
  );
}

/** What a reader must know of how it was counted. */
export function Notes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul class="notes" aria-label="How it was counted">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
