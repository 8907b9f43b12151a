import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runScenario, type Progress } from '../../lab/run-scenario.ts';
import type { ScenarioInput } from '../../lab/scenario/schema.ts';
import { SMALL } from '../support/small-world.ts';

const MINUTES: ScenarioInput = { ...SMALL, duration: '4m' };

/** Files that a run leaves which is ended when `isTime`, in a directory with the reports of another one. */
async function leftBy(scenario: ScenarioInput, isTime: (progress: Progress) => boolean): Promise<string[]> {
  const out = mkdtempSync(join(tmpdir(), 'flowlab-early-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  for (const name of ['report.json', 'report.xml', 'report.html', 'of-mine.txt']) writeFileSync(join(out, name), '');
  const ending = new AbortController();
  const onProgress = (progress: Progress): void => {
    if (isTime(progress)) ending.abort(new Error('enough'));
  };
  await expect(runScenario({ scenario, out, onProgress, signal: ending.signal })).rejects.toThrow('enough');
  return readdirSync(out, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

test('a run that is ended while it is judged leaves nothing', async () => {
  expect(await leftBy(MINUTES, ({ simulatedMs, durationMs }) => simulatedMs === durationMs)).toEqual(['of-mine.txt']);
});

test('a run that is ended leaves nothing of the variants before it either, nor of an earlier run', async () => {
  const variants = ['one', 'two'].map((name) => ({ name, set: {} }));
  expect(await leftBy({ ...MINUTES, variants }, ({ variant }) => variant === 'two')).toEqual(['of-mine.txt']);
});
