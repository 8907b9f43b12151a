import { parseEndpoint } from '../../../core/net/endpoint.ts';
import { parseStored } from '../../../core/net/stored-address.ts';
import { DIMENSIONS, MEASURES, type DimensionName, type MeasureName } from './dimensions.ts';
import { parseCondition, parseDimension } from './parse-condition.ts';
import { DAY_MS, numberOf, parseDate, parseInstant, parseSpan } from './parse-values.ts';
import type { FlowQuestion, Question, Selection, TimeBasis } from './question.ts';
import { TokenReader } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Rows of `top` and `conversations` when nobody says how many. */
const DEFAULT_TOP = 10;
const MAX_TOP = 100_000;
const CONVERSATION: readonly DimensionName[] = ['address', 'server', 'port', 'protocol'];
const STARTS = ['top', 'series', 'conversations', 'count', 'sum', 'who had'] as const;
const BASES = ['flow', 'export', 'receive', 'corrected'] as const;
const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17 };

/** Who is asked, besides the text. */
export interface Asking {
  readonly vocabulary: Vocabulary;
  /** Milliseconds since 1970, for `last`. */
  readonly nowMs: number;
  /** How far the time of `who had` may be off. */
  readonly toleranceMs: number;
}

/** Reads a question. Throws a `QueryError` that says where the mistake is. */
export function parseQuestion(text: string, asking: Asking): Question {
  const tokens = new TokenReader(text);
  const start = tokens.oneOf(STARTS, 'question');
  if (start === 'who had') return parseWho(tokens, asking);
  const asked = parseAsked(tokens, start);
  return { ...asked, selection: parseSelection(tokens, asking) };
}

function parseAsked(tokens: TokenReader, start: Exclude<(typeof STARTS)[number], 'who had'>): Omit<FlowQuestion, 'selection'> {
  const plain = { limit: 0, everyMs: 0, dimensions: [] };
  switch (start) {
    case 'top': {
      const limit = parseLimit(tokens);
      const dimensions = parseDimensions(tokens);
      tokens.expect('by');
      return { ...plain, kind: 'top', limit, dimensions, measure: parseMeasure(tokens) };
    }
    case 'conversations': {
      const limit = parseLimit(tokens);
      tokens.expect('by');
      return { ...plain, kind: 'top', limit, dimensions: CONVERSATION, measure: parseMeasure(tokens) };
    }
    case 'series': {
      const measure = parseMeasure(tokens);
      tokens.expect('every');
      const everyMs = parseSpan(tokens);
      return { ...plain, kind: 'series', measure, everyMs, dimensions: tokens.skip('by') ? parseDimensions(tokens) : [] };
    }
    case 'sum':
      return { ...plain, kind: 'total', measure: parseMeasure(tokens) };
    case 'count':
      if (tokens.skip('flows') || isClause(tokens)) return { ...plain, kind: 'total', measure: 'flows' };
      return { ...plain, kind: 'count', measure: 'flows', dimensions: parseDimensions(tokens) };
  }
}

const CLAUSES = ['last', 'from', 'on', 'where', 'time by', 'as is', 'scaled'] as const;

const isClause = (tokens: TokenReader): boolean => tokens.next.kind === 'end' || CLAUSES.some((clause) => tokens.isAt(clause));

function parseLimit(tokens: TokenReader): number {
  const limit = tokens.next.kind === 'word' ? numberOf(tokens.next.text) : undefined;
  if (limit === undefined) return DEFAULT_TOP;
  if (limit < 1 || limit > MAX_TOP) tokens.fail(`there can be 1 to ${MAX_TOP} rows`);
  tokens.take();
  return limit;
}

/** What can be grouped by, each once. */
export function parseDimensions(tokens: TokenReader): DimensionName[] {
  const found: DimensionName[] = [];
  do {
    const { at } = tokens.next;
    const name = parseDimension(tokens);
    if ('isFilterOnly' in DIMENSIONS[name]) tokens.fail(`${name} can be asked for with where, but is nothing to group by`, at);
    if (found.includes(name)) tokens.fail(`${name} is there twice`, at);
    found.push(name);
  } while (tokens.skip(','));
  return found;
}

function parseMeasure(tokens: TokenReader): MeasureName {
  const word = tokens.oneOf([...Object.keys(MEASURES), 'average rate', 'octets'], 'measure');
  if (word === 'average rate') return 'rate';
  return word === 'octets' ? 'bytes' : (word as MeasureName);
}

/** The clauses, each at most once and in any order. */
function parseSelection(tokens: TokenReader, { vocabulary, nowMs }: Asking): Selection {
  let selection: Selection = { basis: 'flow', isScaled: true };
  const seen = new Set<string>();
  while (tokens.next.kind !== 'end') {
    const { at } = tokens.next;
    const clause = tokens.oneOf(CLAUSES, `part of a question; there can be ${CLAUSES.join(', ')}`);
    const kind = clause === 'last' || clause === 'on' ? 'from' : clause === 'scaled' ? 'as is' : clause;
    if (seen.has(kind)) tokens.fail(`"${clause}" says again what was said before`, at);
    seen.add(kind);
    if (clause === 'where') selection = { ...selection, where: parseCondition(tokens, vocabulary) };
    else if (clause === 'time by') selection = { ...selection, basis: tokens.oneOf(BASES, 'time basis') as TimeBasis };
    else if (kind === 'as is') selection = { ...selection, isScaled: clause === 'scaled' };
    else selection = { ...selection, ...parseTimes(tokens, clause, nowMs) };
  }
  return selection;
}

function parseTimes(tokens: TokenReader, clause: string, nowMs: number): Pick<Selection, 'fromMs' | 'toMs'> {
  if (clause === 'last') return { fromMs: nowMs - parseSpan(tokens), toMs: nowMs };
  if (clause === 'on') {
    const fromMs = parseDate(tokens);
    return { fromMs, toMs: fromMs + DAY_MS };
  }
  const fromMs = parseInstant(tokens);
  tokens.expect('to');
  const { at } = tokens.next;
  const toMs = parseInstant(tokens);
  if (toMs <= fromMs) tokens.fail('it ends before it begins', at);
  return { fromMs, toMs };
}

/** `who had 203.0.113.7:40012 tcp at 2026-03-02T14:03:22Z within 5s`. */
function parseWho(tokens: TokenReader, { toleranceMs }: Asking): Question {
  const { text, at } = tokens.take();
  const endpoint = parseEndpoint(text);
  const publicAddress = parseStored(endpoint?.address ?? '');
  if (endpoint === undefined || publicAddress === undefined)
    return tokens.fail(`"${text}" is not an address and a port such as 203.0.113.7:40012 or [2001:db8::1]:443`, at);
  const protocol = tokens.isAt('at') ? undefined : PROTOCOLS[tokens.oneOf(Object.keys(PROTOCOLS), 'protocol')];
  tokens.expect('at');
  const atMs = parseInstant(tokens);
  const within = tokens.skip('within') ? parseSpan(tokens) : toleranceMs;
  if (tokens.next.kind !== 'end') tokens.fail(`expected the end of the question, not "${tokens.next.text}"`);
  return { kind: 'who', endpoint: { publicAddress, publicPort: endpoint.port, protocol, atMs, toleranceMs: within } };
}
