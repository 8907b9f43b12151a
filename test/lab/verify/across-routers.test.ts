import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FLOWS } from '../../../collector/store/columns.ts';
import type { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { findingsOf } from '../../../lab/findings.ts';
import type { Findings } from '../../../lab/report/report.ts';
import { nameAcrossRouters } from '../../../lab/verify/across-routers.ts';
import type { Difference } from '../../../lab/verify/difference.ts';
import type { Ran } from '../../support/small-world.ts';
import { runWorld } from '../../support/small-world.ts';
import { TWO_SITES } from '../../support/two-sites.ts';

/** Columns that show what others hold. */
const SHOWN = FLOWS.addresses.map(({ name }) => name).join(', ');

const BERLIN = { exporter: 0xcb007103, domain: 2 };
const HEADQUARTERS = { exporter: 0x0a000001, domain: 1 };

describe('a record under the name of another router', () => {
  let ran: Ran;
  let store: DuckDbStore;

  beforeAll(async () => {
    ran = await runWorld({ ...TWO_SITES, duration: '12m', attributionQuestions: 0 });
    store = ran.store;
    await store.query(`CREATE TABLE kept AS SELECT * EXCLUDE (${SHOWN}) FROM flows`);
  });
  afterAll(() => store.close());

  /** What is found once some rows say that they come from elsewhere. */
  async function renamed(rows: readonly { id: number; exporter: number; domain: number }[]): Promise<Findings> {
    await store.query('DELETE FROM flows');
    await store.query('INSERT INTO flows SELECT * FROM kept');
    for (const { id, exporter, domain } of rows) {
      await store.query(`UPDATE flows SET exporter_ipv4 = ${exporter}, observation_domain_id = ${domain} WHERE id = ${id}`);
    }
    return findingsOf(ran.world, ran.scenario, store);
  }

  /** A large record of each router. */
  async function rowOf({ exporter }: { exporter: number }): Promise<number> {
    const [row] = await store.query<{ id: number }>(
      `SELECT id::DOUBLE AS id FROM kept WHERE exporter_ipv4 = ${exporter} ORDER BY octets DESC, id LIMIT 1`,
    );
    return row?.id ?? -1;
  }

  test('honest records have no differences', async () => {
    expect((await renamed([])).differences).toEqual([]);
  });

  test('two that have changed places are both named, each once, with both routers', async () => {
    const [own, theirs] = [await rowOf(HEADQUARTERS), await rowOf(BERLIN)];
    const { differenceCounts, differences, sites } = await renamed([
      { id: own, ...BERLIN },
      { id: theirs, ...HEADQUARTERS },
    ]);
    expect(differenceCounts).toMatchObject({ MISATTRIBUTED: 2, MISSING: 0, UNEXPECTED: 0 });
    expect(differences.flatMap(({ records }) => records).sort()).toEqual([own, theirs].sort());
    const [atHeadquarters, atBerlin] = differences.map(({ sentence }) => sentence);
    expect(atHeadquarters).toMatch(
      /^headquarters: record \d+ .* is about nothing that passed the router; it is what berlin lacks: /,
    );
    expect(atBerlin).toMatch(/^berlin: record \d+ .* it is what headquarters lacks: /);
    expect(sites?.map((site) => site.differenceCounts.MISATTRIBUTED)).toEqual([1, 1]);
  });

  test('one from an exporter that nobody is, is missing at its router and unexpected', async () => {
    const id = await rowOf(BERLIN);
    const { differenceCounts, differences } = await renamed([{ id, exporter: 0xcb0071ff, domain: 2 }]);
    expect(differenceCounts).toMatchObject({ MISATTRIBUTED: 0, MISSING: 1, UNEXPECTED: 1 });
    expect(differences.at(-1)?.sentence).toBe(`record ${id} came from 203.0.113.255, Observation Domain 2, which no router is`);
  });

  test('and so is one of a domain that the exporter does not have', async () => {
    const id = await rowOf(HEADQUARTERS);
    const { differenceCounts } = await renamed([{ id, exporter: HEADQUARTERS.exporter, domain: 2 }]);
    expect(differenceCounts).toMatchObject({ MISSING: 1, UNEXPECTED: 1 });
  });
});

describe('differences of several routers', () => {
  const unexpected = (packets: number, octets: number, id = 1): Difference => ({
    kind: 'UNEXPECTED',
    sentence: `record ${id} is strange`,
    records: [id],
    packets,
    octets,
  });
  const missing = (packets: number, octets: number): Difference => ({
    kind: 'MISSING',
    sentence: `${octets} octets lack`,
    records: [],
    packets: -packets,
    octets: -octets,
  });
  const kindsOf = (...routers: Difference[][]): string[][] =>
    nameAcrossRouters(routers.map((differences, index) => ({ name: `router ${index}`, differences }))).map(({ differences }) =>
      differences.map(({ kind }) => kind),
    );

  test('are not joined at one router, nor when packets or octets differ', () => {
    expect(kindsOf([unexpected(3, 400), missing(3, 400)], [])).toEqual([['UNEXPECTED', 'MISSING'], []]);
    expect(kindsOf([unexpected(3, 400)], [missing(3, 401)])).toEqual([['UNEXPECTED'], ['MISSING']]);
    expect(kindsOf([unexpected(3, 400)], [missing(4, 400)])).toEqual([['UNEXPECTED'], ['MISSING']]);
  });

  test('explain each other once', () => {
    expect(kindsOf([unexpected(3, 400), unexpected(3, 400, 2)], [missing(3, 400)])).toEqual([
      ['MISATTRIBUTED', 'UNEXPECTED'],
      [],
    ]);
    expect(kindsOf([missing(3, 400)], [unexpected(3, 400)], [missing(3, 400)])).toEqual([[], ['MISATTRIBUTED'], ['MISSING']]);
  });
});
