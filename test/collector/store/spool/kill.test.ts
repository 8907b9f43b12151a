import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Random } from '../../../../core/random/random.ts';
import { killLoop } from '../../../support/kill-loop.ts';

it('has every acknowledged record once, however often the program is killed', { timeout: 120_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-kill-'));
  const chance = new Random(7);
  const result = await killLoop(join(directory, 'flows.duckdb'), 3, 300, () => chance.uniform());
  expect(result).toMatchObject({ kills: 3, missing: 0, doubled: 0, lost: 0 });
  expect(result.acknowledged).toBeGreaterThan(0);
  rmSync(directory, { recursive: true });
});
