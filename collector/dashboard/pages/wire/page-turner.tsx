import type { PageTurns } from '../../../api/view/numbered-page.ts';
import { setParameters } from '../../state/route.ts';

interface PageTurnerProperties {
  readonly turns: PageTurns;
  /** The newest first. */
  readonly items: readonly { readonly index: number }[];
  /** What one is called, as it begins a line: `Message`. */
  readonly name: string;
  readonly end: string | undefined;
}

/** Goes through a list page by page, and says where in it one is. Above the list, so that nobody has to tab through all of it. */
export function PageTurner({ turns: { here, older, newer }, items, name, end }: PageTurnerProperties) {
  const isNewest = here === undefined;
  const [first, last] = [items[0], items.at(-1)];
  // The newest change all the time, which would be told all the time.
  const shown = isNewest ? 'The newest' : `${name}s ${last?.index} to ${first?.index}`;
  return (
    <>
      <div class="page-turner" role="group" aria-label="Other pages">
        <Turn label="Newest" before={undefined} isThere={!isNewest} />
        <Turn label="Newer" before={newer} isThere={!isNewest} />
        <Turn label="Older" before={older} isThere={older !== undefined} />
        <p role="status">{first === undefined ? 'None' : shown}</p>
      </div>
      {end !== undefined && <p class="soft">{end}</p>}
    </>
  );
}

interface TurnProperties {
  readonly label: string;
  /** The newest page without it. */
  readonly before: number | undefined;
  readonly isThere: boolean;
}

/** One that leads nowhere keeps its place, and the focus. */
function Turn({ label, before, isThere }: TurnProperties) {
  return (
    <button type="button" aria-disabled={!isThere} onClick={() => isThere && turnTo(before)}>
      {label}
    </button>
  );
}

/** What is opened is the newest of the page. */
const turnTo = (before: number | undefined): void =>
  setParameters({ ...NEWEST, before: before === undefined ? undefined : String(before) });

/** Parameters of the newest page with nothing of it opened: where another choice begins. */
export const NEWEST = { before: undefined, message: undefined, packet: undefined, replied: undefined } as const;
