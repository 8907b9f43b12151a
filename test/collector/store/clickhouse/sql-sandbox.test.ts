import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouseConnection, QuerySettings } from '../../../../collector/store/clickhouse/connection.ts';
import { HttpConnection } from '../../../../collector/store/clickhouse/http-connection.ts';
import { ClickHouseSandbox, sandboxSettings } from '../../../../collector/store/clickhouse/sql-sandbox.ts';
import { SANDBOX_LIMITS, SqlRefused } from '../../../../collector/store/sql-sandbox.ts';
import { ChdbConnection, hasChdb } from '../../../support/chdb-connection.ts';
import { ClickHouseServer } from '../../../support/clickhouse-server.ts';
import { hasProgram } from '../../../support/outside-program.ts';

const LIMITS = { ...SANDBOX_LIMITS, timeoutMs: 1_000, maxRows: 10, maxCharacters: 1_000, memoryOctets: 100_000_000 };

const REACHING_OUT = [
  `SELECT * FROM url('http://127.0.0.1:9/x', 'CSV', 'a String')`,
  `SELECT * FROM remote('127.0.0.1', 'system', 'one')`,
  `SELECT * FROM file('/etc/passwd', 'CSV', 'a String')`,
];
const WRITING = [
  'INSERT INTO numbered VALUES (1)',
  'CREATE TABLE t (a UInt8) ENGINE = Memory',
  'CREATE TEMPORARY TABLE t (a UInt8)',
  'DROP TABLE numbered',
  'TRUNCATE TABLE numbered',
  'ALTER TABLE numbered DROP COLUMN octets',
  'RENAME TABLE numbered TO other',
  'OPTIMIZE TABLE numbered',
  'DETACH TABLE numbered',
  'SYSTEM FLUSH LOGS',
];
const UNLIMITING = ['SET max_execution_time = 0', 'SET readonly = 0'];

const NOT_ALLOWED = /is not among those that are allowed/;
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ...[...WRITING, ...UNLIMITING].map((sql) => [sql, /only SELECT/] as const),
  ...REACHING_OUT.map((sql) => [sql, NOT_ALLOWED] as const),
  [`SELECT * APPLY file FROM (SELECT '/etc/passwd' AS x)`, /the word apply is not among/],
  ['SELECT * apply(sleepEachRow) FROM (SELECT 1 AS x)', /the word apply is not among/],
  [`SELECT file('/etc/passwd')`, /the function file is not among/],
  ['SELECT "file"(\'/etc/passwd\')', /the function file is not among/],
  ["SELECT `file` -- a comment\n('/etc/passwd')", /the function file is not among/],
  [`SELECT 1, '\\'', file('/etc/passwd')`, /the function file is not among/],
  [`SELECT 'it''s', File('/etc/passwd')`, /the function file is not among/],
  [`SELECT * FROM s3('http://127.0.0.1:9/bucket/x', 'CSV', 'a String')`, NOT_ALLOWED],
  [`SELECT * FROM mysql('127.0.0.1:9', 'a', 'b', 'c', 'd')`, NOT_ALLOWED],
  [`SELECT * FROM cluster('c', system.one)`, NOT_ALLOWED],
  [`SELECT * FROM merge('system', 'one')`, NOT_ALLOWED],
  [`DESCRIBE TABLE url('http://127.0.0.1:9/x', 'CSV')`, NOT_ALLOWED],
  ['SELECT count() FROM numbered WHERE sleep(1) = 0', /sleep/],
  [`SELECT dictGetString('d', 's', 1)`, /dictgetstring/],
  [`SELECT repeat('x', 1000000000)`, /repeat/],
  ['SELECT range(1000000000)', /range/],
  [`SELECT 1 INTO OUTFILE '${join(tmpdir(), 'out.csv')}'`, /only SELECT/],
  ['WITH 1 AS a INSERT INTO numbered SELECT a', /only SELECT/],
  ['KILL QUERY WHERE 1', /only SELECT/],
  ['USE system', /only SELECT/],
  ['', /only SELECT/],
  ['-- nothing', /only SELECT/],
  ['SELECT 1; SELECT 2', /one statement is expected/],
  ['SELECT 1; DROP TABLE numbered', /one statement is expected/],
  [`SELECT 1 /* ' */, file('/etc/passwd') /* ' */`, /what begins with \/ at character 10 is not understood/],
  ['SELECT $$a$$', /what begins with \$ at character 8 is not understood/],
  ['SELECT 1 # a', /what begins with #/],
  ['SELECT {a:UInt8}', /what begins with \{/],
  [`SELECT 'a`, /what begins with '/],
  ['SELECT 1 SETTINGS max_execution_time = 0', /readonly mode/],
  ['SELECT 1 SETTINGS readonly = 0', /readonly mode/],
  ['SELECT * FROM nowhere', /nowhere/],
  ['SELECT nothing FROM numbered', /nothing/],
];

type Connect = (settings?: QuerySettings) => ClickHouseConnection;

/** What a sandbox refuses and answers, whatever the age of its ClickHouse. `start` gives connections, of which one is used at a time. */
function describeSandbox(start: () => Promise<Connect>): void {
  let connect: Connect;
  let connection: ClickHouseConnection;
  let sandbox: ClickHouseSandbox;

  beforeAll(async () => {
    connect = await start();
    const admin = connect();
    await admin.run('CREATE TABLE numbered (octets UInt64, name String) ENGINE = MergeTree PARTITION BY tuple() ORDER BY octets');
    await admin.run('INSERT INTO numbered SELECT number, toString(number) FROM system.numbers LIMIT 100000');
    await admin.close();
    connection = connect(sandboxSettings(LIMITS));
    sandbox = new ClickHouseSandbox(connection, LIMITS);
  });
  afterAll(() => sandbox.close());

  it('answers SELECT', async () => {
    const { columns, rows } = await sandbox.run('SELECT count(*) AS n, sum(octets) AS all, max(octets) FROM numbered;');
    expect([columns, rows]).toEqual([['n', 'all', 'max(octets)'], [[100_000, 4_999_950_000, 99_999]]]); // prettier-ignore
    expect((await sandbox.run('WITH 7 AS a SELECT a -- seven')).rows).toEqual([[7]]);
    expect((await sandbox.run(`SELECT toUInt64(9007199254740993), 'it''s', toDateTime(0)`)).rows).toEqual([
      ['9007199254740993', "it's", '1970-01-01T00:00:00.000Z'],
    ]);
    expect((await sandbox.run('DESCRIBE TABLE numbered')).rows).toHaveLength(2);
  });

  it('says that there were more rows than it keeps', async () => {
    const { rows, isCut } = await sandbox.run('SELECT octets FROM numbered');
    expect([rows.length, isCut]).toEqual([10, true]);
    expect(await sandbox.run('SELECT octets FROM numbered LIMIT 10')).toMatchObject({ isCut: false });
    expect((await sandbox.run('SELECT octets FROM numbered LIMIT 11')).isCut).toBe(true);
  });

  it.each(REFUSED)('refuses %s', async (sql, sentence) => {
    const refusal = await sandbox.run(sql).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SqlRefused);
    expect((refusal as Error).message).toMatch(sentence);
  });

  it('refuses a statement that is too long in a sentence, whatever it is made of', async () => {
    for (const sql of [`SELECT '${'x'.repeat(20_000_000)}'`, `SELECT 1${' '.repeat(20_000_000)}`])
      await expect(sandbox.run(sql)).rejects.toThrow(/^the statement has 20000\d+ characters, more than 1000000 are not taken$/);
    expect((await sandbox.run(`SELECT length('${'x'.repeat(999_000)}')`)).rows).toEqual([[999_000]]);
  });

  it.each([...REACHING_OUT, ...WRITING, ...UNLIMITING])('has a second wall, the server itself: %s', async (sql) => {
    await expect(connection.run(sql)).rejects.toThrow(/readonly mode|Cannot insert into table/);
  });

  it('stops what takes too long, too much memory or has too many characters, and answers on', async () => {
    const begunAt = performance.now();
    await expect(sandbox.run('SELECT max(number * number) FROM system.numbers')).rejects.toThrow(/Timeout exceeded/);
    expect(performance.now() - begunAt).toBeLessThan(5_000);
    await expect(sandbox.run('SELECT uniqExact(number) FROM system.numbers')).rejects.toThrow(/[Mm]emory limit|MEMORY/);
    const long = `'${'x'.repeat(200)}'`;
    await expect(sandbox.run(`SELECT ${long} FROM numbered LIMIT 9`)).rejects.toThrow('more than 1000 characters');
    expect((await sandbox.run('SELECT count() FROM numbered')).rows).toEqual([[100_000]]);
  });
}

describe.skipIf(!hasProgram('clickhouse-server'))('SQL on a ClickHouse of 2018', () => {
  let server: ClickHouseServer | undefined;
  afterAll(() => server?.remove());
  describeSandbox(async () => {
    const { port } = (server = await ClickHouseServer.start());
    const address = { url: `http://127.0.0.1:${port}`, username: 'default', password: '', database: 'default' };
    return (settings = {}) => new HttpConnection(address, 30_000, settings);
  });
});

describe.skipIf(!hasChdb())('SQL on the ClickHouse of today', () => {
  let directory = '';
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  describeSandbox(async () => {
    directory = mkdtempSync(join(tmpdir(), 'chdb-'));
    return (settings) => new ChdbConnection(directory, settings);
  });
});
