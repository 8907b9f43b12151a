import { expect, it } from 'vitest';
import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { answerQuestion } from '../../../collector/query/language/answer-question.ts';
import { duckDbDialect } from '../../../collector/query/language/duckdb-dialect.ts';
import { parseQuestion } from '../../../collector/query/language/parse-question.ts';
import { Vocabulary } from '../../../collector/query/language/vocabulary.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { Random } from '../../../core/random/random.ts';
import { NINE } from '../support/flows.ts';

const vocabulary = new Vocabulary({ inside: [], inventory: [], applications: [], names: new Map() });
const IPFIX = 10;
const NETFLOW_V9 = 9;
const SENT = 5_400;

/** What a clock says at a true instant, both in seconds after nine: it gains 100 ppm and is set back by a hundred seconds after half an hour. */
const aheadS = (atS: number): number => 300 + 100e-6 * atS - (atS > 1_800 ? 100 : 0);

/** A Message a second of one flow, which began a second and a half before and has just ended. */
async function stored(exportProtocol: number): Promise<{ store: DuckDbStore; trueStartsMs: readonly number[] }> {
  const random = new Random(exportProtocol);
  const batch = new CollectedBatch(SENT);
  const trueStartsMs: number[] = [];
  for (let atS = 0; batch.length < SENT; atS += random.exponential(1)) {
    const row = batch.length++;
    const wallMs = NINE + (atS + aheadS(atS)) * 1_000;
    const exportTimeS = Math.floor(wallMs / 1_000);
    // NetFlow v9 reckons back from the whole second.
    const nowMs = exportProtocol === NETFLOW_V9 ? exportTimeS * 1_000 : Math.floor(wallMs);
    batch.exportProtocol[row] = exportProtocol;
    batch.exportTimeS[row] = exportTimeS;
    batch.flowStartMs[row] = nowMs - 1_500;
    batch.flowEndMs[row] = nowMs;
    batch.receivedAtUs[row] = Math.round((NINE + atS * 1_000 + 0.1 + random.exponential(0.2)) * 1_000);
    batch.packetDeltaCount[row] = 1;
    trueStartsMs.push(NINE + atS * 1_000 - 1_500);
  }
  const store = await DuckDbStore.open(':memory:');
  await store.append(batch);
  return { store, trueStartsMs };
}

it.each([
  ['IPFIX', IPFIX, 5],
  ['NetFlow v9, whose own times are up to a second early', NETFLOW_V9, 40],
])('corrected flows lie where they were, before a clock is set and after: %s', async (_, exportProtocol, toleranceMs) => {
  const { store, trueStartsMs } = await stored(exportProtocol);
  try {
    const question = parseQuestion('series flows every 1s time by corrected', { vocabulary, nowMs: NINE, toleranceMs: 0 });
    if (question.kind === 'who') throw new Error('another question');
    const { rows, notes } = await answerQuestion(store, question, vocabulary, duckDbDialect);
    const found = rows.flatMap(([second, flows]) => Array.from({ length: Number(flows) }, () => Number(second))).sort();
    const starts = trueStartsMs.toSorted((one, other) => one - other);
    const wrong = starts.filter((start, index) => {
      const second = found[index] as number;
      return start < second - toleranceMs || start >= second + 1_000 + toleranceMs;
    });
    expect(found.length).toBe(SENT);
    expect(wrong.length).toBe(0);
    expect(notes.join()).toMatch(/^times are corrected by what exporters' clocks were ahead, .* ahead, within/);
    const [raw] = await store.query<{ least: number }>('SELECT min(flow_start_ms)::DOUBLE AS least FROM flows');
    expect(raw?.least).toBeGreaterThan(NINE + 190_000);
  } finally {
    store.close();
  }
});

it('a clock that may well be right is left alone, and so is one that nobody told', async () => {
  const batch = new CollectedBatch(2);
  for (const [row, exportProtocol] of [IPFIX, 255].entries()) {
    batch.length++;
    batch.exportProtocol[row] = exportProtocol;
    batch.exportTimeS[row] = NINE / 1_000;
    batch.flowStartMs[row] = NINE - 5_000;
    batch.receivedAtUs[row] = (NINE + 400) * 1_000;
  }
  const store = await DuckDbStore.open(':memory:');
  try {
    await store.append(batch);
    const question = parseQuestion('series flows every 1ms time by corrected', { vocabulary, nowMs: NINE, toleranceMs: 0 });
    if (question.kind === 'who') throw new Error('another question');
    expect((await answerQuestion(store, question, vocabulary, duckDbDialect)).rows).toEqual([[NINE - 5_000, 2]]);
  } finally {
    store.close();
  }
});
