import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectorSchema } from '../../../collector/config.ts';
import { answeringFrom } from '../../../collector/io/api-query.ts';
import type { ClickHouseStore } from '../../../collector/store/clickhouse/clickhouse-store.ts';
import { ClickHouseServer } from '../../support/clickhouse-server.ts';
import { hasProgram } from '../../support/outside-program.ts';
import { batchOf } from '../support/flows.ts';
import { runQuery as query } from './run-query.ts';

const TOP = 'top people by bytes on 2026-03-02';

const EXPORTER = 0xc0000201;
const DOMAIN = 1;

describe.skipIf(!hasProgram('clickhouse-server'))('collector query of a ClickHouse', () => {
  const directory = mkdtempSync(join(tmpdir(), 'query-'));
  const inventory = join(directory, 'devices.yaml');
  let server: ClickHouseServer;
  let store: ClickHouseStore;
  let address: string;
  let knowing: readonly string[];

  beforeAll(async () => {
    server = await ClickHouseServer.start();
    store = await server.newStore();
    const flow = { direction: 'up', server: '198.18.1.7', serverPort: 443, startS: 0, endS: 60 } as const;
    const batch = batchOf([
      { ...flow, inside: '10.0.0.11', octets: 1_500, applicationId: 9 },
      { ...flow, inside: '10.0.0.12', octets: 70 },
    ]);
    batch.exporter.fill(EXPORTER);
    batch.observationDomainId.fill(DOMAIN);
    await store.append(batch);
    await store.appendLabels([
      {
        exporter: { ipv4: EXPORTER, ipv6: undefined },
        observationDomainId: DOMAIN,
        kind: 'application',
        id: 9,
        name: 'acme',
        learntAtUs: 1,
      },
    ]);
    await store.query('SELECT 1');
    writeFileSync(inventory, '- { name: John, address: 10.0.0.11, department: sales }\n');
    address = `clickhouse://127.0.0.1:${server.port}/store0`;
    knowing = ['--store', address, '--inventory', inventory, '--inside', '10.0.0.0/16'];
  });
  afterAll(async () => {
    await store.close();
    await server.remove();
    rmSync(directory, { recursive: true });
  });

  it('answers a question', async () => {
    const { exitCode, stdout, stderr } = await query(TOP, ...knowing);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe('person     bytes\nJohn        2 kB\n10.0.0.12   70 B\n');
  });

  it('knows the names exporters gave', async () => {
    const { stdout } = await query('top app by bytes where app = acme', ...knowing, '--csv');
    expect(stdout).toBe('app,bytes\r\nacme,1500\r\n');
  });

  it('is answered by a running collector too, though thousands of devices have names', async () => {
    const devices = Array.from({ length: 20_000 }, (_, index) => ({
      name: `device ${index}`,
      address: `10.0.${index >> 8}.${index & 0xff}`,
      otherAddresses: [`2001:db8::${(index + 1).toString(16)}`],
      department: '',
    }));
    const config = collectorSchema.parse({ inside: ['10.0.0.0/16'] });
    const answer = answeringFrom(store, { inventory: devices, config, store: address });
    const { rows } = await answer({ language: 'text', text: 'top people by bytes' });
    expect(rows).toEqual([['device 11', 1_500], ['device 12', 70]]); // prettier-ignore
  });

  it('answers SQL, of one SELECT that only reads', async () => {
    expect(await query('SELECT sum(octets) AS all_octets FROM flows', '--sql', '--csv', '--store', address)).toEqual({
      exitCode: 0,
      stdout: 'all_octets\r\n1570\r\n',
      stderr: '',
    });
    expect(await query('DROP TABLE flows', '--sql', '--store', address)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'collector: only SELECT is allowed\n',
    });
    expect(await query(`SELECT * FROM url('http://127.0.0.1:9/', 'CSV', 'a String')`, '--sql', '--store', address)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'collector: the function url is not among those that are allowed\n',
    });
  });

  it('says what it cannot be asked', async () => {
    const { exitCode, stderr } = await query('who had 203.0.113.2:50001 at 2026-03-02T09:00:30Z', ...knowing);
    expect([exitCode, stderr.split('\n')[0]]).toEqual([2, 'query:1:1 who had an endpoint can be asked of a DuckDB file only']);
  });
});

it.each([[[]], [['--sql']]])('a ClickHouse that cannot be reached is one sentence without the password %j', async (flags) => {
  const { exitCode, stdout, stderr } = await query(flags.length > 0 ? 'SELECT 1' : TOP, ...flags, '--store', 'clickhouse://me:secret@127.0.0.1:9/flows');
  expect([exitCode, stdout]).toEqual([4, '']);
  expect(stderr).toBe('collector: the store clickhouse://127.0.0.1:9/flows cannot be asked: connect ECONNREFUSED 127.0.0.1:9\n');
}); // prettier-ignore
