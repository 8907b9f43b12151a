import { nearestName } from '../../../core/text/nearest-name.ts';
import { QueryError } from './query-error.ts';

export interface Token {
  /** `end` comes once, after all others. */
  readonly kind: 'word' | 'quoted' | 'sign' | 'end';
  /** Without its quotation marks. */
  readonly text: string;
  readonly at: number;
}

/** A text in quotation marks; one of the signs; anything else up to a space or a sign. */
const TOKEN = /"([^"]*)"|'([^']*)'|(!=|<=|>=|[=<>(),])|([^\s=<>(),!"']+)/y;

/** A word that needs no quotation marks. */
const PLAIN = /^[^\s=<>(),!"']+$/;

/** Reads tokens of a question one after the other. Everything it throws is a `QueryError`. */
export class TokenReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  /** What could stand where the text ends, as it is to be written, for whoever is still writing it. */
  readonly candidates = new Set<string>();
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  get next(): Token {
    return this.#tokens[this.#next] as Token;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  /** Whether the next tokens are these words, which may be one of several, whatever their case. */
  isAt(phrase: string): boolean {
    return phrase.split(' ').every((word, index) => this.#isWord(word, index));
  }

  /** Says which values could be next. One that no quotation marks can hold is none of them. */
  offer(values: Iterable<string>): void {
    if (this.next.kind !== 'end') return;
    for (const value of values) {
      const mark = PLAIN.test(value) ? '' : value.includes('"') ? "'" : '"';
      if (mark === '' || !value.includes(mark)) this.candidates.add(`${mark}${value}${mark}`);
    }
  }

  /** Takes the words when they are next. */
  skip(phrase: string): boolean {
    this.#offerRest(phrase);
    const isThere = this.isAt(phrase);
    if (isThere) this.#next += phrase.split(' ').length;
    return isThere;
  }

  expect(phrase: string, wanted = `"${phrase}"`): void {
    if (!this.skip(phrase)) this.fail(`expected ${wanted}${this.#insteadOf()}`);
  }

  /** Takes the longest of the phrases that is next. `what` says what they are, in the sentence when none is. */
  oneOf<Phrase extends string>(phrases: readonly Phrase[], what: string): Phrase {
    for (const phrase of phrases) this.#offerRest(phrase);
    const found = phrases.filter((phrase) => this.isAt(phrase)).toSorted((one, other) => other.length - one.length)[0];
    if (found === undefined) return this.#unknown(phrases, what);
    this.skip(found);
    return found;
  }

  fail(sentence: string, at = this.next.at): never {
    throw new QueryError(sentence, this.#text, at);
  }

  #isWord(word: string, ahead: number): boolean {
    const token = this.#tokens[this.#next + ahead];
    return token !== undefined && token.kind !== 'quoted' && token.text.toLowerCase() === word;
  }

  /** Where the text ends within the phrase, what is left of it could follow. */
  #offerRest(phrase: string): void {
    const words = phrase.split(' ');
    const index = words.findIndex((word, ahead) => !this.#isWord(word, ahead));
    if (index >= 0 && this.#tokens[this.#next + index]?.kind === 'end') this.candidates.add(words.slice(index).join(' '));
  }

  #unknown(phrases: readonly string[], what: string): never {
    const { kind, text } = this.next;
    if (kind === 'end' || kind === 'sign') this.fail(`expected a ${what}${this.#insteadOf()}`);
    this.fail(unknownName(what, text, phrases));
  }

  #insteadOf(): string {
    return this.next.kind === 'end' ? ', but the question ends here' : `, not "${this.next.text}"`;
  }
}

/** `unknown dimension "peple", did you mean "people"?`, else some of what there is. */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `unknown ${what} "${name}", did you mean "${nearest}"?`;
  const some = known.length <= 40 ? known.join(', ') : `${known.slice(0, 40).join(', ')} and ${known.length - 40} more`;
  return `unknown ${what} "${name}"${known.length > 0 ? `; there are ${some}` : ''}`;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ; at = TOKEN.lastIndex) {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    if (at === text.length) return [...tokens, { kind: 'end', text: '', at }];
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      const mark = text[at] as string;
      throw new QueryError(mark === '!' ? 'expected "=" after "!"' : `the text after ${mark} does not end`, text, at);
    }
    const [, double, single, sign, word] = match;
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at });
    else tokens.push({ kind: 'quoted', text: double ?? single ?? '', at });
  }
}
