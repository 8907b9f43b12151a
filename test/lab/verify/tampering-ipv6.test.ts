import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findIPv6 } from '../../../core/net/address-book.ts';
import { FLOWS } from '../../../collector/store/columns.ts';
import type { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { caseOf, recordsOf } from '../../../lab/findings/case.ts';
import { judge } from '../../../lab/verify/judge.ts';
import { trueTotals } from '../../../lab/verify/truth.ts';
import type { Site } from '../../../lab/world/site.ts';
import { runWorld, SMALL } from '../../support/small-world.ts';

/** Everybody has IPv6 alone: what is not on IPv6 goes by NAT64. */
let site: Site;
let store: DuckDbStore;

beforeAll(async () => {
  const office = { employees: 5, ipv6: { mode: 'ipv6-only' as const } };
  ({ site, store } = await runWorld({ ...SMALL, office, router: { ...SMALL.router, nat64: { enabled: true } } }));
});
afterAll(() => store.close());

const SHOWN = FLOWS.addresses.map(({ name }) => name).join(', ');
const COPY = `INSERT INTO flows SELECT 900000 AS id, * EXCLUDE (id, ${SHOWN}) FROM spoilt`;
const PLAIN = 'ip_version = 6 AND post_nat_source_address = 0';
const LATER = 'flow_start_ms = flow_start_ms + 300000, flow_end_ms = flow_end_ms + 300000';

/** What the judge says when the record that `which` finds is changed by `change`; the store is honest again afterwards. */
async function verdictOn(which: string, change: string): Promise<{ kind: string; sentence: string }[]> {
  await store.query(`CREATE OR REPLACE TABLE kept AS SELECT * EXCLUDE (${SHOWN}) FROM flows`);
  await store.query(`CREATE OR REPLACE TABLE spoilt AS SELECT * FROM flows WHERE ${which} ORDER BY octets DESC LIMIT 1`);
  expect(await store.query('FROM spoilt')).toHaveLength(1);
  await store.query(change.replace('$id', '(SELECT id FROM spoilt)'));
  const differences = judge(caseOf(site, await recordsOf(site, store)));
  await store.query('DELETE FROM flows');
  await store.query('INSERT INTO flows FROM kept');
  return differences.map(({ kind, sentence }) => ({ kind, sentence }));
}

const kindsOf = async (which: string, change: string): Promise<string[]> =>
  (await verdictOn(which, change)).map(({ kind }) => kind);

test('an honest store of IPv6 and NAT64 has no differences', async () => {
  expect(judge(caseOf(site, await recordsOf(site, store)))).toEqual([]);
  const sorts = await store.query<{ sort: string }>(
    `SELECT DISTINCT ip_version || (CASE WHEN post_nat_source_ipv6 <> 0 THEN ' to 6' WHEN post_nat_source_ipv4 <> 0 THEN ' to 4' ELSE '' END) AS sort FROM flows`,
  );
  expect(sorts.map(({ sort }) => sort).sort()).toEqual(['4 to 6', '6', '6 to 4']);
});

describe.each([
  ['plain IPv6', PLAIN],
  ['NAT64, seen inside', 'ip_version = 6 AND post_nat_source_ipv4 <> 0'],
  ['NAT64, seen outside', 'ip_version = 4 AND post_nat_source_ipv6 <> 0'],
])('of a record of %s', (_, which) => {
  test.each([
    ['MISSING', 'DELETE FROM flows WHERE id = $id'],
    ['DUPLICATED', COPY],
    ['SCALED', 'UPDATE flows SET octets = octets * 2 WHERE id = $id'],
    // NAT64's headers differ by so much: counted on the wrong side.
    ['SCALED', 'UPDATE flows SET octets = octets + 20 * packets WHERE id = $id'],
    ['SHIFTED', `UPDATE flows SET ${LATER} WHERE id = $id`],
  ])('is %s: %s', async (kind, change) => {
    expect(await kindsOf(which, change)).toEqual([kind]);
  });
});

describe('a record under another address is MISATTRIBUTED', () => {
  /** The office's prefix, 2001:db8:50::/64. */
  const INSIDE = `source_ipv6 >> 64 = 2306139568120791040`;
  const OTHER = `(SELECT max(source_ipv6) FROM flows WHERE ${INSIDE})`;
  const UP = `${INSIDE} AND source_ipv6 <> ${OTHER}`;

  test.each([
    ['that of somebody else', `${PLAIN} AND ${UP}`, `UPDATE flows SET source_ipv6 = ${OTHER} WHERE id = $id`],
    ['one that nobody has', `${PLAIN} AND ${UP}`, 'UPDATE flows SET source_ipv6 = 1 WHERE id = $id'],
    [
      'another server outside NAT64',
      'ip_version = 6 AND post_nat_source_ipv4 <> 0',
      'UPDATE flows SET post_nat_destination_ipv4 = 1 WHERE id = $id',
    ],
    [
      'another server outside NAT64, inwards',
      'ip_version = 4 AND post_nat_source_ipv6 <> 0',
      'UPDATE flows SET source_ipv4 = 1 WHERE id = $id',
    ],
    [
      'another public port of NAT64',
      'ip_version = 6 AND post_nat_source_ipv4 <> 0',
      'UPDATE flows SET post_napt_source_port = 7 WHERE id = $id',
    ],
    ['the wrong IP version', PLAIN, 'UPDATE flows SET ip_version = 4 WHERE id = $id'],
  ])('%s', async (_, which, change) => {
    expect(await kindsOf(which, change)).toEqual(['MISATTRIBUTED']);
  });

  test('with a sentence that has the text of both', async () => {
    const [difference] = await verdictOn(`${PLAIN} AND ${UP}`, 'UPDATE flows SET source_ipv6 = 1 WHERE id = $id');
    expect(difference?.sentence).toMatch(
      /^record \d+ of \S+Z, an unknown address, port \d+ -> \[2001:db8:18:.*\]:\d+ belongs to \[2001:db8:50:.*\]:\d+ -> /,
    );
  });
});

test('what nobody sent is UNEXPECTED, and its address is not learnt', async () => {
  const words = [0x20010db8, 0xdead, 0, 1];
  const change = `INSERT INTO flows SELECT 900000 AS id, * EXCLUDE (id, ${SHOWN}) REPLACE (42540766411283644413549906764643696641::UHUGEINT AS source_ipv6, 77 AS octets, 9 AS destination_port) FROM spoilt`;
  expect(await kindsOf(PLAIN, change)).toEqual(['UNEXPECTED']);
  expect(findIPv6(words)).toBeUndefined();
});

test('the truth of NAT64 is counted as the router saw it come in, 20 octets less a packet from outside', async () => {
  const [stored] = await store.query<{ octets: number }>('SELECT sum(octets) AS octets FROM flows');
  const octets = [...trueTotals(site.ledger).byDevice.values()].reduce((sum, own) => sum + own, 0);
  expect(octets).toBe(stored?.octets);
});
