import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { SpooledStore } from '../../collector/store/spooled-store.ts';
import { spoolSchema } from '../../collector/store/spool/config.ts';
import { describeFlowStore } from './flow-store.ts';

describe('SpooledStore', () => {
  describeFlowStore(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'flow-store-'));
    return {
      open: () => SpooledStore.open(join(directory, 'flows.duckdb'), spoolSchema.parse({ minFreeOctets: 0 })),
      remove: async () => rmSync(directory, { recursive: true }),
    };
  });
});
