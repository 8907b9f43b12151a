/** Part of a list that is gone through page by page: the newest of it first, and the ways on. */
export interface NumberedPage<Item> {
  readonly items: readonly Item[];
  readonly turns: PageTurns;
}

/** What `before` is for a page and the pages beside it. */
export interface PageTurns {
  /** Absent of the newest. */
  readonly here?: number;
  /** Absent where no older ones are kept. */
  readonly older?: number;
  /** Absent where the page after it is the newest, which has no `before`. */
  readonly newer?: number;
}

/**
 * The `limit` items with the greatest numbers below `before`, the newest page without it. `kept` goes up by number. What is asked for by
 * number stays the same while newer ones come, as long as it is kept.
 */
export function pageBefore<Item extends { readonly index: number }>(
  kept: readonly Item[],
  limit: number,
  before?: number,
): NumberedPage<Item> {
  const after = kept.findIndex(({ index }) => index >= (before ?? Infinity));
  const end = after < 0 ? kept.length : after;
  const begin = Math.max(0, end - limit);
  const older = begin > 0 ? kept[begin]?.index : undefined;
  const newer = kept[end + limit]?.index;
  return {
    items: kept.slice(begin, end).reverse(),
    turns: {
      ...(before !== undefined && { here: before }),
      ...(older !== undefined && { older }),
      ...(newer !== undefined && { newer }),
    },
  };
}
