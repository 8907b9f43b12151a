import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_LIMITS, SqlRefused, SqlSandbox } from '../../../collector/store/sql-sandbox.ts';

const directory = mkdtempSync(join(tmpdir(), 'flowlab-sandbox-'));
const path = join(directory, 'flows.duckdb');
const secret = join(directory, 'secret.csv');
let sandbox: SqlSandbox;

beforeAll(async () => {
  writeFileSync(secret, 'a,b\n1,2\n');
  mkdirSync(join(directory, 'dump'));
  writeFileSync(join(directory, 'dump', 'schema.sql'), 'CREATE TABLE t (a INTEGER);');
  writeFileSync(join(directory, 'dump', 'load.sql'), '');
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run('CREATE TABLE flows AS SELECT range AS octets FROM range(100_000)');
  await connection.run('CREATE SEQUENCE numbers');
  connection.closeSync();
  instance.closeSync();
  sandbox = await SqlSandbox.open(path, { ...SANDBOX_LIMITS, timeoutMs: 700, maxRows: 10, memoryOctets: 100_000_000 });
});

afterAll(() => {
  sandbox.close();
  rmSync(directory, { recursive: true });
});

it('refuses a statement that is too long in a sentence', async () => {
  const refusal = sandbox.run(`SELECT '${'x'.repeat(1_000_000)}'`);
  await expect(refusal).rejects.toThrow(/^the statement has 1000009 characters, more than 1000000 are not taken$/);
  expect((await sandbox.run(`SELECT length('${'x'.repeat(999_000)}')`)).rows).toEqual([[999_000]]);
});

/** Names of all files and the octets of each: what must stay as it is. */
const stateOf = (): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((file) => `${file} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`);

const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  [`COPY flows TO '${join(directory, 'out.csv')}'`, /only SELECT/],
  [`COPY flows FROM '${secret}'`, /only SELECT/],
  [`ATTACH '${join(directory, 'other.duckdb')}' AS other`, /only SELECT/],
  [`SELECT * FROM read_csv('${secret}')`, /read_csv is not among/],
  [`SELECT * FROM read_text('${secret}')`, /read_text is not among/],
  [`SELECT * FROM '${secret}'`, /file system operations are disabled/],
  [`SELECT * FROM query_table('${secret}')`, /query_table is not among/],
  [`SELECT * FROM query('SELECT 1')`, /query is not among/],
  [`SELECT * FROM glob('${directory}/*')`, /glob is not among/],
  [`SELECT getenv('HOME')`, /getenv is not among/],
  ['INSTALL httpfs', /only SELECT/],
  ['LOAD httpfs', /only SELECT/],
  ['PRAGMA database_list', /only SELECT/],
  ['PRAGMA memory_limit = "8GB"', /only SELECT/],
  [`IMPORT DATABASE '${join(directory, 'dump')}'`, /only SELECT|disabled/],
  [`EXPORT DATABASE '${join(directory, 'dump2')}'`, /only SELECT/],
  ['SET threads = 8', /only SELECT/],
  ['RESET lock_configuration', /only SELECT/],
  ['INSERT INTO flows VALUES (1)', /only SELECT/],
  ['UPDATE flows SET octets = 0', /only SELECT/],
  ['DELETE FROM flows', /only SELECT/],
  ['DROP TABLE flows', /only SELECT/],
  ['CREATE TABLE t (a INTEGER)', /only SELECT/],
  ['CREATE TEMP TABLE t (a INTEGER)', /only SELECT/],
  ['CREATE MACRO m() AS 1', /only SELECT/],
  ['BEGIN', /only SELECT/],
  ['ROLLBACK', /only SELECT/],
  ['CHECKPOINT', /only SELECT/],
  ['CALL pragma_version()', /only SELECT/],
  ['PREPARE p AS SELECT 1', /only SELECT/],
  ['EXPLAIN ANALYZE SELECT 1', /only SELECT/],
  ['SELECT 1; SELECT 2', /one statement is expected, there are 2/],
  ['SELECT 1; DROP TABLE flows', /only SELECT/],
  ['', /one statement is expected, there are 0/],
  ['-- nothing', /one statement is expected, there are 0/],
  ['SELECT $1', /no parameters/],
  ['SELECT * FROM nowhere', /Table with name nowhere does not exist/],
  ['SELEC 1', /syntax error/],
  [`SELECT nextval('numbers')`, /nextval is not among/],
  [`SELECT repeat('x', 1_000_000_000)`, /repeat is not among/],
  [`SELECT [x FOR x IN range(1_000_000_000)]`, /is not among/],
  [
    `SELECT * FROM (WITH w AS (SELECT 1 AS a) SELECT a, (SELECT system.main.lpad('', 900_000_000, 'x')) FROM w)`,
    /lpad is not among/,
  ],
  ['SELECT * FROM enable_logging()', /enable_logging is not among/],
];

describe('SqlSandbox', () => {
  it('answers SELECT in all its forms', async () => {
    expect(await sandbox.run('SELECT count(*) AS flows, sum(octets) AS octets FROM flows')).toEqual({
      columns: ['flows', 'octets'],
      rows: [[100_000, 4_999_950_000]],
      isCut: false,
    });
    expect((await sandbox.run('FROM flows ORDER BY octets LIMIT 2;')).rows).toEqual([[0], [1]]);
    expect((await sandbox.run('WITH one AS (VALUES (1)) FROM one')).rows).toEqual([[1]]);
    expect((await sandbox.run('DESCRIBE flows')).rows).toHaveLength(1);
    expect(
      (
        await sandbox.run(
          "SELECT '1000000000000000000000000000000'::DECIMAL(38, 0), DATE '2026-03-02', NULL, true, 9007199254740993",
        )
      ).rows,
    ).toEqual([['1000000000000000000000000000000', '2026-03-02', null, true, '9007199254740993']]);
  });

  it('says that there were more rows than it keeps', async () => {
    const { rows, isCut } = await sandbox.run('SELECT octets FROM flows');
    expect([rows.length, isCut]).toEqual([10, true]);
    expect((await sandbox.run('SELECT octets FROM flows LIMIT 10')).isCut).toBe(false);
  });

  it.each(FORBIDDEN)('refuses %s', async (sql, sentence) => {
    const before = stateOf();
    await expect(sandbox.run(sql)).rejects.toThrow(sentence);
    await expect(sandbox.run(sql)).rejects.toBeInstanceOf(SqlRefused);
    expect(stateOf()).toEqual(before);
  });

  it('stops what takes too long, and what takes too much memory, and answers on', async () => {
    const begunAt = performance.now();
    await expect(sandbox.run('SELECT max(a.octets * b.octets * c.octets) FROM flows a, flows b, flows c')).rejects.toThrow(
      'stopped after 0.7 s',
    );
    expect(performance.now() - begunAt).toBeLessThan(3_000);
    await expect(
      sandbox.run('SELECT a.octets, b.octets, hash(a.octets, b.octets) AS h FROM flows a, flows b ORDER BY h, a.octets'),
    ).rejects.toThrow(/Out of Memory|stopped after/);
    await expect(sandbox.run('SELECT DISTINCT a.octets * 100_000 + b.octets AS n, md5(n::VARCHAR) FROM flows a, flows b')).rejects.toThrow(/Out of Memory|stopped after/); // prettier-ignore
    expect((await sandbox.run('SELECT 1')).rows).toEqual([[1]]);
    expect(stateOf()).toHaveLength(4);
  });

  it('answers two at a time, each its own', async () => {
    const answers = await Promise.all([1, 2, 3].map((number) => sandbox.run(`SELECT ${number}`)));
    expect(answers.map(({ rows }) => rows[0]?.[0])).toEqual([1, 2, 3]);
  });

  it('changes no octet of the file whatever it is told', async () => {
    const before = stateOf();
    const words = 'SELECT INSERT INTO flows VALUES ( ) * , 1 FROM COPY TO ; DROP TABLE CREATE AS SET = DELETE UPDATE octets WITH w ATTACH PRAGMA CHECKPOINT'.split(' '); // prettier-ignore
    const mixtures = fc
      .array(fc.constantFrom(...words, `'${join(directory, 'x')}'`), { maxLength: 12 })
      .map((all) => all.join(' '));
    const pieces = fc.tuple(fc.constantFrom(...FORBIDDEN.map(([sql]) => sql)), fc.constantFrom(...FORBIDDEN.map(([sql]) => sql)));
    const statements = fc.oneof(mixtures, fc.string(), pieces.map(([one, other]) => `${one}; ${other}`), pieces.map(([one, other]) => `SELECT * FROM (${one}) UNION ALL ${other}`)); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(statements, async (sql) => {
        await sandbox.run(sql).catch((error: unknown) => expect(error).toBeInstanceOf(SqlRefused));
      }),
      { numRuns: 500 },
    );
    expect(stateOf()).toEqual(before);
  });
});
