import { afterAll, describe, expect, test } from 'vitest';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { readingSchema } from '../../../collector/reading/config.ts';
import { ExportReader } from '../../../collector/reading/export-reader.ts';
import type { ReadRecord } from '../../../collector/reading/record.ts';
import { datagramsOf } from './datagrams.ts';
import { agrees, expectedPackets, expectedRows, rowOf, type FlowFacts } from './flow-rows.ts';
import { captureOf, corpusEntries, hasCorpus } from './oracle.ts';

const entries = hasCorpus ? corpusEntries() : [];
if (!hasCorpus) console.info('skipped: ../shared/corpus is not there, so both ways of decoding are not compared');

interface Line {
  readonly rows: number;
  readonly agreeing: number;
  readonly events: number;
}

const lines = new Map<string, Line>();

function collect(collecting: CollectingProcess): FlowFacts[] {
  collecting.flush();
  const rows: FlowFacts[] = [];
  for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) {
    for (let row = 0; row < batch.length; row++) rows.push(rowOf(batch, row));
    collecting.release(batch);
  }
  return rows;
}

describe.skipIf(!hasCorpus)('what the live collector stores of real devices is what field by field is read', () => {
  afterAll(() => {
    const table = [...lines].map(
      ([id, { rows, agreeing, events }]) => `${id.padEnd(36)} ${agreeing} of ${rows} rows, ${events} NAT events`,
    );
    const sum = [...lines.values()].reduce((all, { rows, agreeing }) => [all[0]! + agreeing, all[1]! + rows], [0, 0]);
    console.info(
      `rows of columns and of fields that agree\n${table.join('\n')}\nall ${lines.size} captures: ${sum.join(' of ')} rows`,
    );
  });

  test.each(entries)('$id', ({ id }) => {
    const records: ReadRecord[] = [];
    const reader = new ExportReader(readingSchema.parse({}), (record) => records.push(record));
    const collecting = new CollectingProcess(collectingSchema.parse({ templateLifetimeS: 2_592_000 }));
    for (const datagram of datagramsOf(captureOf(id))) {
      reader.handle(datagram);
      collecting.handle(datagram);
    }
    const rows = collect(collecting);
    const expected = [...records.flatMap(expectedRows), ...expectedPackets(records)];
    const { counters } = collecting;
    expect(counters.messages + counters.malformed).toBeGreaterThan(0);
    const agreeing = expected.filter((facts, index) => rows[index] !== undefined && agrees(rows[index], facts)).length;
    lines.set(id, { rows: Math.max(rows.length, expected.length), agreeing, events: counters.natEvents });
    const differing = expected.findIndex((facts, index) => rows[index] === undefined || !agrees(rows[index], facts));
    if (differing >= 0) expect(rows[differing]).toEqual(expected[differing]);
    expect(rows).toHaveLength(expected.length);
    expect(counters.dataRecords).toBe(records.length);
    expect(counters.duplicatedMessages).toBe(0);
    expect(collecting.sessions.map(({ lost, restarts }) => [lost, restarts])).toEqual(
      reader.sessions.map(({ tally }) => [tally.lostRecords + tally.lostMessages, tally.restarts]),
    );
  });
});
