import type { FlowStore } from '../store/flow-store.ts';
import { QueryError } from '../query/language/query-error.ts';
import { QueryMistake, type AnswerQuery } from '../api/query-request.ts';
import type { CollectorOptions } from './command-line.ts';
import { answerText } from './query.ts';

/** Answers the API's questions from the store that is collected into. */
export function answeringFrom(
  store: FlowStore,
  { inventory, config, store: name }: Pick<CollectorOptions, 'inventory' | 'config' | 'store'>,
): AnswerQuery {
  return async ({ language, text }) => {
    // The walls around SQL are those of a whole database, and this one is being written to.
    if (language === 'sql')
      throw new QueryMistake('SQL is answered by collector query --sql when the collector has ended; ask in words here');
    try {
      const { columns, rows, isCut, notes } = await answerText(store, {
        text,
        store: name,
        inventory,
        config,
        nowMs: Date.now(),
      });
      return { columns: columns.map((column) => column.name), rows, isCut, notes };
    } catch (error) {
      throw error instanceof QueryError ? new QueryMistake(error.message) : error;
    }
  };
}
