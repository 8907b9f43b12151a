import { afterAll, beforeAll, describe } from 'vitest';
import { clickHouseDialect } from '../../../../collector/query/language/clickhouse-dialect.ts';
import { ClickHouseServer } from '../../../support/clickhouse-server.ts';
import { hasProgram } from '../../../support/outside-program.ts';
import { testAnyQuestion } from './any-question.ts';

describe.skipIf(!hasProgram('clickhouse-server'))('on a ClickHouse of 2018', () => {
  let server: ClickHouseServer;
  beforeAll(async () => {
    server = await ClickHouseServer.start();
  });
  afterAll(() => server.remove());

  testAnyQuestion(clickHouseDialect, () => server.newStore(), 8);
});
