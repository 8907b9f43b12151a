import { DIMENSIONS, type DimensionName } from '../../query/language/dimensions.ts';
import { parseDimensions } from '../../query/language/parse-question.ts';
import { parseSpan } from '../../query/language/parse-values.ts';
import { QueryError } from '../../query/language/query-error.ts';
import { TokenReader } from '../../query/language/tokens.ts';

const MEASURES = ['rate', 'bytes', 'packets', 'flows'] as const;
/** What is counted: `rate` is bits a second averaged over a bucket. */
export type ExploreMeasure = (typeof MEASURES)[number];

/** What `explore` is asked, besides what every view is. */
export interface ExploreRequest {
  /** A condition of the query language; empty lets everything through. */
  readonly where: string;
  readonly by: readonly DimensionName[];
  readonly measure: ExploreMeasure;
  /** Milliseconds of a bucket; without it, as suits the time. */
  readonly everyMs?: number | undefined;
  /** Groups that are told apart; the others are one. */
  readonly groups: number;
}

export const MAX_FILTER = 2_000;
const MAX_DIMENSIONS = 3;
const DEFAULT_GROUPS = 12;
export const MAX_GROUPS = 60;

/** Reads `where`, `by`, `measure`, `every` and `groups`, all optional. Throws a RangeError of one sentence for what makes no sense. */
export function exploreRequestOf(parameters: ReadonlyMap<string, string>): ExploreRequest {
  const where = filterOf(parameters.get('where'));
  const asked = parameters.get('measure') ?? MEASURES[0];
  const measure = MEASURES.find((one) => one === asked);
  if (measure === undefined) throw new RangeError(`measure is "${asked}": it must be one of ${MEASURES.join(', ')}`);
  const everyMs = parsed('every', parameters.get('every'), parseSpan);
  if (everyMs !== undefined && everyMs < 1_000) throw new RangeError('every must be a second at least');
  const groups = Number(parameters.get('groups') ?? DEFAULT_GROUPS);
  if (!Number.isInteger(groups) || groups < 1 || groups > MAX_GROUPS)
    throw new RangeError(`groups is "${parameters.get('groups')}": it must be 1 to ${MAX_GROUPS}`);
  return { where, by: dimensionsOf(parameters.get('by')), measure, everyMs, groups };
}

/** A filter that is not too long. */
export function filterOf(text = ''): string {
  if (text.length > MAX_FILTER) throw new RangeError(`the filter has ${text.length} characters, and ${MAX_FILTER} are allowed`);
  return text;
}

function dimensionsOf(text: string | undefined): readonly DimensionName[] {
  const by = parsed('by', text, parseDimensions) ?? [];
  if (by.length > MAX_DIMENSIONS) throw new RangeError(`by has ${by.length} dimensions, and ${MAX_DIMENSIONS} are allowed`);
  const span = by.find((name) => DIMENSIONS[name].kind === 'time');
  if (span !== undefined) throw new RangeError(`by has "${span}": how long a bucket is says every`);
  return by;
}

/** The whole text as one thing of the query language; `undefined` when it is empty. */
function parsed<T>(name: string, text: string | undefined, parse: (tokens: TokenReader) => T): T | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  try {
    const tokens = new TokenReader(text);
    const value = parse(tokens);
    if (tokens.next.kind !== 'end') tokens.fail(`expected the end, not "${tokens.next.text}"`);
    return value;
  } catch (error) {
    throw error instanceof QueryError ? new RangeError(`${name}: ${error.sentence}`, { cause: error }) : error;
  }
}
