import { DIMENSIONS, SYNONYMS, type Dimension, type DimensionName } from './dimensions.ts';
import { parseCondition } from './parse-condition.ts';
import { QueryError } from './query-error.ts';
import { TokenReader } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What could stand at a place of a condition. */
export interface Completion {
  /** Characters from here to the place are what the candidates begin with, and are replaced by them. */
  readonly from: number;
  /** As they are to be written, quotation marks included; the likeliest first. */
  readonly candidates: readonly string[];
}

const MAX_CANDIDATES = 50;
/** What a word is made of, after a quotation mark that is still open perhaps. */
const PARTIAL = /(?:["'][^"']*|[^\s=<>(),!"']*)$/;

/** Completes a condition, as it stands after `where`, at the character `cursor`. Never throws. */
export function complete(text: string, cursor: number, vocabulary: Vocabulary): Completion {
  const before = text.slice(0, cursor);
  const partial = openQuote(before) ?? PARTIAL.exec(before)?.[0] ?? '';
  const from = before.length - partial.length;
  const wanted = partial.replace(/^["']/, '').toLowerCase();
  const candidates = candidatesAfter(before.slice(0, from), vocabulary)
    .filter((candidate) => bare(candidate).includes(wanted) && bare(candidate) !== wanted)
    .toSorted((one, other) => rank(one, wanted) - rank(other, wanted) || one.localeCompare(other))
    .slice(0, MAX_CANDIDATES);
  return { from, candidates };
}

/** The text from the last quotation mark on, when it is one that begins a text and not one that ends it. */
function openQuote(text: string): string | undefined {
  let open: number | undefined;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at] as string;
    if (open === undefined && (mark === '"' || mark === "'")) open = at;
    else if (open !== undefined && mark === text[open]) open = undefined;
  }
  return open === undefined ? undefined : text.slice(open);
}

/** What could come next where the text ends; nothing where there is a mistake before. */
function candidatesAfter(text: string, vocabulary: Vocabulary): string[] {
  let tokens: TokenReader | undefined;
  try {
    tokens = new TokenReader(text);
    parseCondition(tokens, vocabulary);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
  }
  return tokens?.next.kind === 'end' ? [...tokens.candidates].filter((candidate) => !isSpan(candidate)) : [];
}

/** Hours and days are dimensions, but no condition is about them. */
const isSpan = (candidate: string): boolean =>
  (DIMENSIONS[SYNONYMS[candidate] ?? (candidate as DimensionName)] as Dimension | undefined)?.kind === 'time';

const rank = (candidate: string, wanted: string): number => (bare(candidate).startsWith(wanted) ? 0 : 1);

const bare = (candidate: string): string => candidate.replace(/^["']|["']$/g, '').toLowerCase();
