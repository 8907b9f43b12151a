import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe } from 'vitest';
import { clickHouseDialect } from '../../../../collector/query/language/clickhouse-dialect.ts';
import { ClickHouseStore } from '../../../../collector/store/clickhouse/clickhouse-store.ts';
import { clickhouseSchema } from '../../../../collector/store/clickhouse/config.ts';
import { ChdbConnection, hasChdb } from '../../../support/chdb-connection.ts';
import { testAnyQuestion } from './any-question.ts';

describe.skipIf(!hasChdb())('on the ClickHouse of today', () => {
  let directory: string;
  let stores = 0;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'chdb-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const newStore = (): Promise<ClickHouseStore> => {
    const own = join(directory, String(stores++));
    return ClickHouseStore.open(new ChdbConnection(own), clickhouseSchema.parse({ spool: join(own, 'spool') }));
  };
  testAnyQuestion(clickHouseDialect, newStore, 4);
});
