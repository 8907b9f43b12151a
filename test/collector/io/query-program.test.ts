import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { spoolSchema } from '../../../collector/store/spool/config.ts';
import { segmentRows } from '../../../collector/store/spool/segment.ts';
import { Spool } from '../../../collector/store/spool/spool.ts';
import { batchOf, PUBLIC_ADDRESS } from '../support/flows.ts';
import { runQuery as query } from './run-query.ts';

const directory = mkdtempSync(join(tmpdir(), 'query-'));
const store = join(directory, 'flows.duckdb');
const inventory = join(directory, 'devices.yaml');
const KNOWING = ['--store', store, '--inventory', inventory, '--inside', '10.0.0.0/16'];

beforeAll(async () => {
  const flow = { direction: 'up', server: '198.18.1.7', serverPort: 443, startS: 0, endS: 60 } as const;
  const database = await DuckDbStore.open(store);
  await database.append(
    batchOf([
      { ...flow, inside: '10.0.0.11', octets: 1_500 },
      { ...flow, inside: '10.0.0.12', insidePort: 60_000, octets: 70 },
    ]),
  );
  database.close();
  writeFileSync(inventory, '- { name: "=John", address: 10.0.0.11, department: sales }\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

const TOP = 'top people by bytes on 2026-03-02';

describe('collector query', () => {
  it('prints a table', async () => {
    const { exitCode, stdout, stderr } = await query(TOP, ...KNOWING);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe('person     bytes\n=John       2 kB\n10.0.0.12   70 B\n');
  });

  it('prints JSON', async () => {
    const { exitCode, stdout } = await query('series bytes every 1h', ...KNOWING, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: [{ time: '2026-03-02T09:00:00.000Z', bytes: 1_570 }], notes: [] });
  });

  it('prints CSV in which no name is a formula', async () => {
    const { stdout } = await query(TOP, ...KNOWING, '--csv');
    expect(stdout).toBe("person,bytes\r\n'=John,1500\r\n10.0.0.12,70\r\n");
  });

  it('answers SQL, of one SELECT', async () => {
    const { exitCode, stdout } = await query(
      'SELECT sum(octets)::INTEGER AS all_octets FROM flows',
      '--sql',
      '--csv',
      '--store',
      store,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'all_octets\r\n1570\r\n' });
    expect(await query('DELETE FROM flows', '--sql', '--store', store)).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('sees what a killed collector has left in its spool, in questions and in SQL', async () => {
    const path = join(directory, 'killed.duckdb');
    (await DuckDbStore.open(path)).close();
    const spool = new Spool(`${path}.spool`, spoolSchema.parse({}));
    const flow = { direction: 'up', server: '198.18.1.7', serverPort: 443, startS: 0, endS: 60, inside: '10.0.0.11' } as const;
    await spool.write('flows', segmentRows('flows', batchOf([{ ...flow, octets: 700 }])), 0);
    for (let time = 0; time < 2; time++)
      expect((await query(TOP, '--store', path, '--csv')).stdout).toBe('person,bytes\r\n10.0.0.11,700\r\n');
    expect(readdirSync(`${path}.spool`)).toHaveLength(1);
    const { stdout } = await query('SELECT octets FROM flows', '--sql', '--csv', '--store', path);
    expect(stdout).toBe('octets\r\n700\r\n');
    expect(existsSync(`${path}.spool`)).toBe(false);
  });

  it('says who had a public endpoint', async () => {
    const { exitCode, stdout } = await query(`who had ${PUBLIC_ADDRESS}:50001 at 2026-03-02T09:00:30Z`, ...KNOWING);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`=John (10.0.0.11:50000, TCP) used ${PUBLIC_ADDRESS}:50001 at 2026-03-02 09:00:30 UTC`);
  });

  it('shows where a mistake is', async () => {
    expect(await query('top peple by bytes', ...KNOWING)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'query:1:5 unknown dimension "peple", did you mean "people"?\n  top peple by bytes\n      ^\n',
    });
  });

  it('says that a store is not there', async () => {
    const nowhere = join(directory, 'nowhere.duckdb');
    const stderr = `collector: there is no store ${nowhere}\n`;
    expect(await query(TOP, '--store', nowhere)).toEqual({ exitCode: 4, stdout: '', stderr });
  });
});
