/** A question to the store: in the query language or in SQL. */
export interface QueryRequest {
  readonly language: 'text' | 'sql';
  readonly text: string;
}

/** What a question is answered with. Values are as JSON has them. */
export interface QueryRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Whether there would have been more rows than are allowed. */
  readonly isCut: boolean;
  /** Sentences about how it was counted that a reader must know. */
  readonly notes: readonly string[];
}

/** Whoever answers questions. Rejects with a `QueryMistake` when the question is the mistake. */
export type AnswerQuery = (request: QueryRequest) => Promise<QueryRows>;

/** A mistake of whoever asked: one sentence. */
export class QueryMistake extends Error {
  override readonly name = 'QueryMistake';
}

/** The question in a request's body: `{"query": "..."}`, `{"sql": "..."}`, or plain text. Throws a `QueryMistake`. */
export function readQueryRequest(body: unknown): QueryRequest {
  if (typeof body === 'string') return { language: 'text', text: body };
  const { query, sql, ...others } = isObject(body) ? body : {};
  const [stray] = Object.keys(others);
  if (stray !== undefined) throw new QueryMistake(`the body has an unknown key "${stray}", known are query and sql`);
  if (typeof query === 'string' && sql === undefined) return { language: 'text', text: query };
  if (typeof sql === 'string' && query === undefined) return { language: 'sql', text: sql };
  throw new QueryMistake('the body must be {"query": "..."} or {"sql": "..."}');
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whole numbers beyond 2^53 are text: as numbers of JSON they would be others. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? exact(part) : part));

function exact(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
