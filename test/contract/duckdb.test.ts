import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { DuckDbStore } from '../../collector/store/duckdb-store.ts';
import { describeFlowStore } from './flow-store.ts';

describe('DuckDbStore', () => {
  describeFlowStore(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'flow-store-'));
    return {
      open: () => DuckDbStore.open(join(directory, 'flows.duckdb')),
      remove: async () => rmSync(directory, { recursive: true }),
    };
  });
});
