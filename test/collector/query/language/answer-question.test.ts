import { expect, it } from 'vitest';
import { answerQuestion } from '../../../../collector/query/language/answer-question.ts';
import { duckDbDialect } from '../../../../collector/query/language/duckdb-dialect.ts';
import { parseQuestion } from '../../../../collector/query/language/parse-question.ts';
import { Vocabulary } from '../../../../collector/query/language/vocabulary.ts';
import { DuckDbStore } from '../../../../collector/store/duckdb-store.ts';
import { batchOf, ip, NINE, type HandMadeFlow } from '../../support/flows.ts';

const vocabulary = new Vocabulary({
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [{ name: 'Alex', address: '10.0.0.11', department: '', fromMs: NINE, toMs: NINE + 1_000 }],
  // Flows made by hand have no exporter.
  applications: [
    { exporter: 0, observationDomainId: 0, id: 7, name: 'icmp' },
    { exporter: 0, observationDomainId: 0, id: 8, name: 'other' },
  ],
  names: new Map(),
});
const FLOW = {
  direction: 'up',
  inside: '10.0.0.11',
  server: '198.51.100.9',
  serverPort: 9,
  octets: 1_000,
  startS: 0,
  endS: 8,
} as const;

/** The rows of the answer; of the flows in `untimed` the exporter did not say when they began. */
async function ask(text: string, flows: readonly HandMadeFlow[], untimed: readonly number[] = []): Promise<unknown> {
  const batch = batchOf(flows);
  for (const row of untimed) batch.flowStartMs[row] = 0;
  const store = await DuckDbStore.open(':memory:');
  try {
    await store.append(batch);
    const question = parseQuestion(text, { vocabulary, nowMs: NINE, toleranceMs: 0 });
    if (question.kind === 'who') throw new Error('another question');
    return (await answerQuestion(store, question, vocabulary, duckDbDialect)).rows;
  } finally {
    store.close();
  }
}

it.each([
  ['sum duration', 8],
  ['sum rate', 2_000],
])('a flow without a beginning does not last since 1970: %s', async (text, value) => {
  expect(await ask(text, [FLOW, FLOW], [1])).toEqual([[value]]);
});

it('the time of a flow that has none is not corrected', async () => {
  // Received half a second before its Message says it was exported, in whole seconds: the clock is half a second to one and a half ahead.
  const early = { ...FLOW, endS: 7.5 };
  const rows = await ask('series flows every 100ms time by corrected', [early, early], [1]);
  expect(rows).toEqual([[0, 1], [NINE - 1_000, 1]]); // prettier-ignore
});

it('what an exporter calls icmp or other is one with what is found to be that', async () => {
  const flows = [FLOW, { ...FLOW, protocol: 1 }, { ...FLOW, applicationId: 7 }, { ...FLOW, applicationId: 8 }];
  expect(await ask('top app, category by flows', flows)).toEqual([
    ['icmp', 'infrastructure', 2],
    ['other', 'other', 2],
  ]);
});

it('a lease and a window hold from their first millisecond until before their last, a range of ports to its last', async () => {
  const flows = [-0.001, 0, 0.999, 1].map((startS) => ({ ...FLOW, startS }));
  expect(await ask('top person by flows', flows)).toEqual([['10.0.0.11', 2], ['Alex', 2]]); // prettier-ignore
  expect(await ask('count from 2026-03-02T09:00:00Z to 2026-03-02T09:00:01Z', flows)).toEqual([[2]]);
  const ports = [6_880, 6_881, 6_889, 6_890].map((serverPort) => ({ ...FLOW, serverPort }));
  expect(await ask('count where app = bittorrent', ports)).toEqual([[2]]);
});

it.each([
  ['count source as is', 'source', false],
  ['series bytes every 1h by destination as is', 'destination', false],
  ['count source as as is', 'source as', false],
  ['count source as', 'source as', true],
])('"as is" after a source is not its autonomous system: %s', (text, dimension, isScaled) => {
  const question = parseQuestion(text, { vocabulary, nowMs: NINE, toleranceMs: 0 });
  expect(question).toMatchObject({ dimensions: [dimension], selection: { isScaled } });
});
