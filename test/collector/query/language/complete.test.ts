import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complete } from '../../../../collector/query/language/complete.ts';
import { parseCondition } from '../../../../collector/query/language/parse-condition.ts';
import { QueryError } from '../../../../collector/query/language/query-error.ts';
import { TokenReader } from '../../../../collector/query/language/tokens.ts';
import { Vocabulary } from '../../../../collector/query/language/vocabulary.ts';
import { parseRange } from '../../../../core/net/stored-address.ts';

const vocabulary = new Vocabulary({
  inside: [parseRange('10.0.0.0/16')!],
  inventory: ['John', 'Sarah', 'anna maria', 'the "big" screen', `both "'`].map((name, index) => ({
    name,
    address: `10.0.0.${21 + index}`,
    department: '',
  })),
  applications: [],
  names: new Map(),
});

/** `|` is the cursor. */
const at = (text: string): readonly string[] => complete(text.replace('|', ''), text.indexOf('|'), vocabulary).candidates;

test.each([
  ['wh|', ['who']],
  ['who |', ['!=', '=', 'in', 'not in']],
  ['who = Jo|', ['John']],
  ['who = "|', ['"anna maria"', `'the "big" screen'`, 'John', 'Sarah']],
  ['who = John |', ['and', 'or']],
  ['who = John a|', ['and']],
  ['who in (John |', [')', ',']],
  ['protocol = ud|', ['udp']],
  ['source p|', ['port', 'ports']],
  ['port = https and not dst in 10.0.0.0/8 an|', ['and']],
  ['activity = youtu|', ['youtube']],
])('%s', (text, wanted) => {
  const found = at(text);
  for (const candidate of wanted) expect(found).toContain(candidate);
  if (wanted.length === 1) expect(found).toEqual(wanted);
});

test.each(['nonsense = |', 'who = nobody and |', 'who = John John |', ') |'])('%s has a mistake, so nothing follows', (text) => {
  expect(at(text)).toEqual([]);
});

test('what stands behind the cursor does not matter, and the word that is being written is replaced', () => {
  const text = 'who = Sar and port = 443';
  expect(complete(text, 'who = Sar'.length, vocabulary)).toEqual({ from: 'who = '.length, candidates: ['Sarah'] });
});

/** Whether the text is, or could become, a condition. */
function isBeginning(text: string): boolean {
  let tokens: TokenReader | undefined;
  try {
    tokens = new TokenReader(text);
    parseCondition(tokens, vocabulary);
    return true;
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return tokens !== undefined && tokens.next.kind === 'end';
  }
}

test('a walk along candidates never leads to a mistake', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 14 }), (choices) => {
      let text = '';
      for (const choice of choices) {
        const { candidates } = complete(text, text.length, vocabulary);
        if (candidates.length === 0) break;
        text = `${text}${candidates[choice % candidates.length]} `;
        expect(isBeginning(text), text).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('no text and no place throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(50), (text, cursor) => {
      const { from } = complete(text, cursor, vocabulary);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(from).toBeLessThanOrEqual(cursor);
    }),
  );
});
