import { parseRange } from '../../../core/net/stored-address.ts';
import { DIMENSIONS, SYNONYMS, type Dimension, type DimensionName } from './dimensions.ts';
import { numberOf } from './parse-values.ts';
import type { Condition, Operator } from './question.ts';
import { TokenReader, unknownName } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

const NAMES = Object.keys(DIMENSIONS) as DimensionName[];
const WORDS = [...NAMES, ...Object.keys(SYNONYMS)];
/** Parentheses and `not` inside one another. */
const MAX_DEPTH = 100;

/** A dimension by its name or another word for it. */
export function parseDimension(tokens: TokenReader): DimensionName {
  // `count source as is` is about the source, as it is.
  const isAsIs = tokens.isAt('source as is') || tokens.isAt('destination as is');
  const word = tokens.oneOf(isAsIs ? WORDS.filter((one) => !one.endsWith(' as')) : WORDS, 'dimension');
  return SYNONYMS[word] ?? (word as DimensionName);
}

/** A condition alone, as it stands after `where`. Throws a `QueryError` that says where the mistake is. */
export function parseWhere(text: string, vocabulary: Vocabulary): Condition {
  const tokens = new TokenReader(text);
  const where = parseCondition(tokens, vocabulary);
  if (tokens.next.kind !== 'end') tokens.fail(`expected "and", "or" or the end, not "${tokens.next.text}"`);
  return where;
}

/** `or` binds weakest, then `and`, then `not`. */
export function parseCondition(tokens: TokenReader, vocabulary: Vocabulary, depth = 0): Condition {
  if (depth > MAX_DEPTH) tokens.fail(`there are more than ${MAX_DEPTH} parentheses inside one another`);
  const any = [parseAll(tokens, vocabulary, depth)];
  while (tokens.skip('or')) any.push(parseAll(tokens, vocabulary, depth));
  return together('or', any);
}

function parseAll(tokens: TokenReader, vocabulary: Vocabulary, depth: number): Condition {
  const all = [parseOne(tokens, vocabulary, depth)];
  while (tokens.skip('and')) all.push(parseOne(tokens, vocabulary, depth));
  return together('and', all);
}

function parseOne(tokens: TokenReader, vocabulary: Vocabulary, depth: number): Condition {
  if (depth > MAX_DEPTH) tokens.fail(`there are more than ${MAX_DEPTH} parentheses inside one another`);
  if (tokens.skip('not')) return { kind: 'not', one: parseOne(tokens, vocabulary, depth + 1) };
  if (!tokens.skip('(')) return parseComparison(tokens, vocabulary);
  const condition = parseCondition(tokens, vocabulary, depth + 1);
  tokens.expect(')');
  return condition;
}

const together = (kind: 'and' | 'or', all: readonly Condition[]): Condition =>
  all.length === 1 ? (all[0] as Condition) : { kind, all };

function parseComparison(tokens: TokenReader, vocabulary: Vocabulary): Condition {
  const { at } = tokens.next;
  const name = parseDimension(tokens);
  const { kind } = DIMENSIONS[name] as Dimension;
  if (kind === 'time') tokens.fail(`the ${name} is asked for with from and to`, at);
  const value = (): Condition => parseValue(tokens, vocabulary, name);
  if (tokens.skip('=')) return value();
  if (tokens.skip('!=')) return { kind: 'not', one: value() };
  if (tokens.skip('not in')) return { kind: 'not', one: parseIn(tokens, value) };
  if (tokens.skip('in')) return parseIn(tokens, value);
  const operators = kind === 'number' ? (['=', '!=', '<', '<=', '>', '>=', 'in'] as const) : (['=', '!=', 'in'] as const);
  const { at: operatorAt } = tokens.next;
  const operator = tokens.oneOf(['<=', '>=', '<', '>'], `comparison; after ${name} comes ${operators.join(', ')}`) as Operator;
  if (kind !== 'number') tokens.fail(`${name} cannot be compared by "${operator}"`, operatorAt);
  return { ...(value() as Condition & { kind: 'number' }), operator };
}

function parseIn(tokens: TokenReader, value: () => Condition): Condition {
  if (!tokens.skip('(')) return value();
  const any = [value()];
  while (tokens.skip(',')) any.push(value());
  tokens.expect(')', '"," or ")"');
  return together('or', any);
}

function parseValue(tokens: TokenReader, vocabulary: Vocabulary, name: DimensionName): Condition {
  const { kind, names = {}, columns } = DIMENSIONS[name] as Dimension;
  if (tokens.next.kind === 'end' || tokens.next.kind === 'sign') {
    tokens.offer(kind === 'name' || kind === 'holder' ? vocabulary.namesOf(columns[0] as string) : Object.keys(names));
    tokens.fail(
      `expected a value of ${name}${tokens.next.kind === 'end' ? ', but the question ends here' : `, not "${tokens.next.text}"`}`,
    );
  }
  const { text, at } = tokens.take();
  if (kind === 'number') {
    const value = Object.hasOwn(names, text.toLowerCase()) ? names[text.toLowerCase()] : numberOf(text);
    if (value === undefined) {
      const known = Object.keys(names);
      tokens.fail(known.length === 0 ? `"${text}" is not a number` : unknownName(name, text, known), at);
    }
    return { kind: 'number', dimension: name, operator: '=', value };
  }
  const range = kind === 'name' ? undefined : parseRange(text);
  if (range !== undefined) return { kind: 'within', dimension: name, range };
  if (kind === 'address') return tokens.fail(`"${text}" is not an IPv4 or IPv6 address or prefix`, at);
  const known = vocabulary.namesOf(columns[0] as string);
  const indexes = known.flatMap((one, index) => (one.toLowerCase() === text.toLowerCase() ? [index + 1] : []));
  if (indexes.length === 0) tokens.fail(unknownName(name, text, [...new Set(known)]), at);
  return { kind: 'name', dimension: name, indexes };
}
