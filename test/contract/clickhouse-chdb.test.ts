import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { ClickHouseStore } from '../../collector/store/clickhouse/clickhouse-store.ts';
import { clickhouseSchema } from '../../collector/store/clickhouse/config.ts';
import { ChdbConnection, hasChdb } from '../support/chdb-connection.ts';
import { describeFlowStore } from './flow-store.ts';

describe.skipIf(!hasChdb())('ClickHouseStore on the engine of today', () => {
  describeFlowStore(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'chdb-'));
    return {
      open: () => {
        const config = clickhouseSchema.parse({ spool: join(directory, 'spool') });
        return ClickHouseStore.open(new ChdbConnection(directory), config);
      },
      remove: async () => rmSync(directory, { recursive: true }),
    };
  });
});
