import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { ClickHouseStore } from '../../collector/store/clickhouse/clickhouse-store.ts';
import { clickhouseSchema } from '../../collector/store/clickhouse/config.ts';
import { HttpConnection } from '../../collector/store/clickhouse/http-connection.ts';
import { ClickHouseServer } from '../support/clickhouse-server.ts';
import { hasProgram } from '../support/outside-program.ts';
import { describeFlowStore } from './flow-store.ts';

describe.skipIf(!hasProgram('clickhouse-server'))('ClickHouseStore on a server of 2018', () => {
  let server: ClickHouseServer;
  let databases = 0;

  beforeAll(async () => {
    server = await ClickHouseServer.start();
  });
  afterAll(() => server.remove());

  describeFlowStore(async () => {
    const address = { url: `http://127.0.0.1:${server.port}`, username: 'default', password: '' };
    const database = `test${databases++}`;
    const admin = new HttpConnection({ ...address, database: 'default' }, 10_000);
    await admin.run(`CREATE DATABASE ${database}`);
    const spool = mkdtempSync(join(tmpdir(), 'clickhouse-spool-'));
    return {
      open: () => ClickHouseStore.open(new HttpConnection({ ...address, database }, 10_000), clickhouseSchema.parse({ spool })),
      remove: async () => {
        await admin.run(`DROP DATABASE ${database}`);
        await admin.close();
        rmSync(spool, { recursive: true });
      },
    };
  });
});
