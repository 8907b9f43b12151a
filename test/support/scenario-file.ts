import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openScenario } from '../../lab/scenario/load.ts';
import type { Scenario } from '../../lab/scenario/schema.ts';

/** A scenario file with these lines from its third on, as it is read. */
export function scenarioOf(lines: string): Scenario {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-scenario-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'mine.yaml');
  writeFileSync(file, `title: Mine\nstart: 2026-03-02T08:00:00Z\n${lines}\n`);
  return openScenario(file).read();
}

/** What such a file is refused for, a sentence each. */
export function mistakesOf(lines: string): string[] {
  try {
    scenarioOf(lines);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}
