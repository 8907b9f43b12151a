import { afterAll, describe, expect, test } from 'vitest';
import { readingSchema } from '../../../collector/reading/config.ts';
import { FileReader } from '../../../collector/reading/file-reader.ts';
import type { ReadRecord } from '../../../collector/reading/record.ts';
import { comparable, expectedLate, expectedOf, expectedSamples, lateOf } from './expected.ts';
import { captureOf, corpusEntries, hasCorpus, oracleOf, type CorpusEntry, type Oracle } from './oracle.ts';

const entries = hasCorpus ? corpusEntries() : [];
if (!hasCorpus) console.info('skipped: ../shared/corpus is not there, so no capture of a real device is read');

/** Captures right and in all, by protocol and by vendor. */
const score = new Map<string, { right: number; total: number }>();

function tally({ protocol, vendor }: CorpusEntry, right: number): void {
  for (const name of [protocol, `${protocol}, ${vendor}`, 'all']) {
    const { right: before, total } = score.get(name) ?? { right: 0, total: 0 };
    score.set(name, { right: before + right, total: total + (right === 0 ? 1 : 0) });
  }
}

function read(id: string): ReadRecord[] {
  const records: ReadRecord[] = [];
  const reader = new FileReader(readingSchema.parse({}), undefined, (record) => records.push(record));
  reader.handle(captureOf(id));
  reader.end();
  return records;
}

function expectFlows(records: readonly ReadRecord[], oracle: Oracle): void {
  const onTime = records.filter(({ late }) => late !== true);
  expect(onTime.map(comparable)).toEqual(oracle.records.map((record) => expectedOf(record, oracle)));
  const late = lateOf(records.filter((record) => record.late === true));
  const expected = expectedLate(oracle);
  expect([...late.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [place, count] of expected) if (count !== 'variable') expect([place, late.get(place)]).toEqual([place, count]);
}

describe.skipIf(!hasCorpus)('captures of real devices come out as a correct decoder reads them', () => {
  afterAll(() => {
    const lines = [...score].sort().map(([name, { right, total }]) => `${name.padEnd(44)} ${right} of ${total}`);
    console.info(`captures read right\n${lines.join('\n')}`);
  });

  test.each(entries)('$id', (entry) => {
    tally(entry, 0);
    const oracle = oracleOf(entry.id);
    const records = read(entry.id);
    if (oracle.datagrams === undefined) expectFlows(records, oracle);
    else {
      expect(records).toMatchObject(expectedSamples(oracle));
    }
    tally(entry, 1);
  });
});
