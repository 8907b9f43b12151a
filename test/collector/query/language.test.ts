import { expect, it } from 'vitest';
import { answerQuestion } from '../../../collector/query/language/answer-question.ts';
import { duckDbDialect } from '../../../collector/query/language/duckdb-dialect.ts';
import { parseQuestion } from '../../../collector/query/language/parse-question.ts';
import { Vocabulary } from '../../../collector/query/language/vocabulary.ts';
import { ip, NINE, storeOf } from '../support/flows.ts';

const vocabulary = new Vocabulary({
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [{ name: 'John', address: '10.0.0.11', department: '' }],
  applications: [],
  names: new Map(),
});
const asking = { vocabulary, nowMs: NINE + 3_600_000, toleranceMs: 0 };

it('answers who used an application the most, on every time basis', async () => {
  const store = await storeOf([
    { direction: 'up', inside: '10.0.0.11', server: '198.18.1.7', serverPort: 443, octets: 100, startS: 0, endS: 60 },
    { direction: 'down', inside: '10.0.0.11', server: '198.18.1.7', serverPort: 443, octets: 900, startS: 0, endS: 60 },
    { direction: 'up', inside: '10.0.0.12', server: '198.18.1.7', serverPort: 443, octets: 50, startS: 0, endS: 60 },
    { direction: 'up', inside: '10.0.0.12', server: '198.18.2.7', serverPort: 443, octets: 7_000, startS: 0, endS: 60 },
  ]);
  try {
    for (const basis of ['flow', 'export', 'receive', 'corrected']) {
      const question = parseQuestion(`top people by bytes last 1h where app = youtube time by ${basis}`, asking);
      if (question.kind === 'who') throw new Error('another question');
      const { rows } = await answerQuestion(store, question, vocabulary, duckDbDialect);
      expect(rows).toEqual([['John', 1_000], ['10.0.0.12', 50]]); // prettier-ignore
    }
  } finally {
    store.close();
  }
});

it('says where a mistake is and what was meant', () => {
  expect(() => parseQuestion('top peple by bytes', asking)).toThrow(
    'query:1:5 unknown dimension "peple", did you mean "people"?',
  );
});
