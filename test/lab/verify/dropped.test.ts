import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { caseOf, recordsOf } from '../../../lab/findings/case.ts';
import { judge } from '../../../lab/verify/judge.ts';
import { JUDGED_COLUMNS, Records } from '../../../lab/verify/records.ts';
import type { Site } from '../../../lab/world/site.ts';
import { runWorld, SMALL } from '../../support/small-world.ts';

type Changes = Partial<Record<(typeof JUDGED_COLUMNS)[number], number>>;

let site: Site;
let store: DuckDbStore;
let records: Records;
/** Rows about what the router dropped. */
let dropped: number[];

beforeAll(async () => {
  const outside = [
    { do: 'inboundScan' as const, at: '09:00', ports: 60, perSecond: 5 },
    { do: 'synFlood' as const, at: '09:10', perSecond: 50, seconds: 20, sources: 40 },
  ];
  const nat = { publicAddresses: ['203.0.113.9', '203.0.113.10'] };
  ({ site, store } = await runWorld({
    ...SMALL,
    office: { employees: 5, outside },
    router: { ...SMALL.router, nat },
  }));
  records = await recordsOf(site, store);
  const { postNatDestinationAddress } = records.columns;
  dropped = Array.from({ length: records.length }, (_, row) => row).filter((row) => postNatDestinationAddress[row] === 0);
});
afterAll(() => store.close());

/** The records with row `row` replaced by as many copies as there are changes. */
function replaced(row: number, copies: readonly Changes[]): Records {
  const kept = Array.from({ length: records.length }, (_, each) => each).filter((each) => each !== row);
  const columns = Object.fromEntries(
    JUDGED_COLUMNS.map((name) => {
      const { [name]: column } = records.columns;
      return [
        name,
        [...kept, ...copies.map(() => row)].map((each, index) => copies[index - kept.length]?.[name] ?? column[each]),
      ];
    }),
  ) as Record<(typeof JUDGED_COLUMNS)[number], number[]>;
  const changed = new Records();
  const ids = [...kept.map((each) => records.ids[each] as number), ...copies.map((_, index) => 1e6 + index)];
  changed.add(columns, ids.length, ids);
  return changed;
}

const verdictOf = (row: number, ...copies: Changes[]): string[] =>
  judge(caseOf(site, replaced(row, copies))).map(({ kind }) => kind);
const at = (name: (typeof JUDGED_COLUMNS)[number], row: number): number => records.columns[name][row] as number;

describe('of what the router dropped the judge names exactly the record that was spoilt', () => {
  test('nothing when all are honest', () => {
    expect(dropped.length).toBeGreaterThan(90);
    expect(verdictOf(dropped[0] as number, {})).toEqual([]);
  });

  test.each([0, 17, 59, 60, 75, 95])('record number %i', (index) => {
    const row = dropped[index] as number;
    expect(verdictOf(row)).toEqual(['MISSING']);
    expect(verdictOf(row, {}, {})).toEqual(['DUPLICATED']);
    expect(verdictOf(row, { octetDeltaCount: at('octetDeltaCount', row) + 1 })).toEqual(['SCALED']);
    expect(verdictOf(row, { packetDeltaCount: 2 * at('packetDeltaCount', row) })).toEqual(['SCALED']);
    const late = { flowStartMs: at('flowStartMs', row) + 90_000, flowEndMs: at('flowEndMs', row) + 90_000 };
    expect(verdictOf(row, late)).toEqual(['SHIFTED']);
    expect(verdictOf(row, { sourceAddress: at('sourceAddress', row) ^ 0x0100 })).toEqual(['MISATTRIBUTED']);
    expect(verdictOf(row, { destinationPort: at('destinationPort', row) ^ 0x4000 })).toEqual(['MISATTRIBUTED']);
    // As if somebody inside had got it.
    expect(verdictOf(row, { postNatDestinationAddress: 0x0a00_0015, postNaptDestinationPort: 50_000 })).toEqual([
      'MISATTRIBUTED',
    ]);
  });
});
