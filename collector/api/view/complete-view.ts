import { complete, type Completion } from '../../query/language/complete.ts';
import { QueryError } from '../../query/language/query-error.ts';
import { Vocabulary } from '../../query/language/vocabulary.ts';
import { filterOf } from './explore-request.ts';
import { mistakeOf, whereOf, type Mistake } from './explore-view.ts';
import type { ViewContext } from './view-request.ts';

/** Topic `complete`: what could stand at the cursor of a filter that is being written. */
export interface CompleteView extends Completion {
  /** What this is the answer to. */
  readonly text: string;
  readonly cursor: number;
  /** What is wrong with the text as it is. */
  readonly mistake?: Mistake;
}

/** Reads `text` and `cursor`, the end of the text without it. Throws a RangeError of one sentence for a place that is none. */
export function completeView(context: ViewContext, parameters: ReadonlyMap<string, string>): CompleteView {
  const text = filterOf(parameters.get('text'));
  const cursor = Number(parameters.get('cursor') ?? text.length);
  if (!Number.isInteger(cursor) || cursor < 0 || cursor > text.length)
    throw new RangeError(`cursor is "${parameters.get('cursor')}": it must be 0 to ${text.length}, a place in the text`);
  const vocabulary = new Vocabulary(context);
  const where = whereOf(text, vocabulary);
  const completion = complete(text, cursor, vocabulary);
  return { text, cursor, ...completion, ...(where instanceof QueryError ? { mistake: mistakeOf(where) } : {}) };
}
