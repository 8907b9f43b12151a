import { ONLY_SELECT, SqlRefused } from '../sql-sandbox.ts';
import { ALLOWED_FUNCTIONS, KEYWORDS } from './sql-functions.ts';

/** What a statement is made of. */
const PIECES = {
  space: /(?:[ \t\r\n]|--[^\n]*(?:\n|$))+/,
  text: /'(?:[^'\\]|\\.)*'/,
  quotedName: /"((?:[^"\\]|\\.)*)"/,
  backQuotedName: /`((?:[^`\\]|\\.)*)`/,
  word: /([A-Za-z_]\w*)/,
  number: /\d\w*/,
  sign: /(\/(?!\*)|[-+*%=<>!()[\],.;:?|])/,
};

/** What ClickHouse has besides (comments in signs, `#`, `$tag$`, `{name:Type}`) is refused, so that it and we see the same texts and names. */
const TOKEN = new RegExp(
  Object.values(PIECES)
    .map(({ source }) => source)
    .join('|'),
  'sy',
);

interface Token {
  readonly at: number;
  /** A word, or a name in quotation marks. */
  readonly name?: string | undefined;
  readonly isQuoted: boolean;
  readonly sign?: string | undefined;
}

const FIRST_WORDS = ['select', 'with', 'describe', 'show'];

/**
 * The statement as it may be sent, without a semicolon at its end. Throws `SqlRefused` unless it is one SELECT (WITH, DESCRIBE and SHOW are
 * such) that calls only listed functions. Servers of every age would do several things even to whoever may only read: stop others' queries,
 * read files they have with `file()`.
 */
export function plainSelect(sql: string): string {
  const tokens = tokensOf(sql);
  const end = tokens.find(({ sign }) => sign === ';');
  if (end !== undefined && end !== tokens.at(-1)) throw new SqlRefused('one statement is expected, there are several');
  const first = tokens.find(({ sign }) => sign !== '(');
  if (first?.name === undefined || first.isQuoted || !FIRST_WORDS.includes(first.name)) throw new SqlRefused(ONLY_SELECT);
  tokens.forEach(({ name, isQuoted }, index) => {
    if (name === undefined) return;
    if (name === 'into' && !isQuoted) throw new SqlRefused(ONLY_SELECT);
    // It calls a function by its name alone.
    if (name === 'apply') throw new SqlRefused('the word apply is not among what is allowed');
    const isCalled = tokens[index + 1]?.sign === '(' && (isQuoted || !KEYWORDS.has(name));
    if (isCalled && !ALLOWED_FUNCTIONS.has(name))
      throw new SqlRefused(`the function ${name} is not among those that are allowed`);
  });
  return sql.slice(0, end?.at);
}

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(sql);
    if (match === null) throw new SqlRefused(`what begins with ${sql[at]} at character ${at + 1} is not understood`);
    const [whole, doubled, backed, word, sign] = match;
    const quoted = doubled ?? backed;
    if (/^(?:\s|--)/.test(whole)) continue;
    tokens.push({ at, name: (quoted ?? word)?.toLowerCase(), isQuoted: quoted !== undefined, sign });
  }
  return tokens;
}
