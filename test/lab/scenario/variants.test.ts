import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scenarioMistakes } from '../../../lab/commands/scenario-mistakes.ts';
import { openScenario } from '../../../lab/scenario/load.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import { SMALL } from '../../support/small-world.ts';

function fileOf(lines: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-variants-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'mine.yaml');
  writeFileSync(file, `title: Mine\nstart: 2026-03-02T08:00:00Z\n${lines}\n`);
  return file;
}

test.each([
  [
    'a wrong value stands',
    'variants: [{ name: worse, set: { office.employees: lots } }]',
    'mine.yaml:3:52 variant worse: office.employees "lots": expected number, received string',
  ],
  [
    'one inside a mapping stands',
    'variants: [{ name: worse, set: { links.export: { delayMs: -1 } } }]',
    'mine.yaml:3:59 variant worse: links.export.delayMs -1 is not a number from 0 to 60000',
  ],
  [
    'an unknown key stands',
    'variants: [{ name: worse, set: { office: { employes: 1 } } }]',
    'mine.yaml:3:44 variant worse: office: unknown key "employes", did you mean "employees"?',
  ],
  [
    'a path that leads nowhere stands',
    'people: []\nvariants: [{ name: worse, set: { people.x: 1 } }]',
    'mine.yaml:4:44 variant worse: people.x: there is no "x" to go into',
  ],
  [
    'the value of the scenario stands that goes ill with it',
    'office: { dhcp: { pool: 10.0.7.0/27 } }\nvariants: [{ name: worse, set: { office.network: 10.1.0.0/16 } }]',
    'mine.yaml:3:25 variant worse: office.dhcp.pool "10.0.7.0" is outside the office\'s network 10.1.0.0/16',
  ],
])("a variant's mistake is told where %s", (_where, lines, sentence) => {
  expect(scenarioMistakes(fileOf(lines))).toEqual([sentence]);
});

test('a setting of the command line wins over the variant, and is named when it is the mistake', () => {
  const source = openScenario(fileOf('variants: [{ name: big, set: { office.employees: 99, office: { employees: 9 } } }]'));
  const [big] = source.read().variants;
  expect(source.readVariant(big!, 0).office.employees).toBe(9);
  expect(source.readVariant(big!, 0, { 'office.employees': 7 }).office.employees).toBe(7);
  expect(() => source.readVariant(big!, 0, { 'office.employees': -7 })).toThrow('--set office.employees -7');
});

test('a scenario without a file names the variant alone', async () => {
  const variants = [{ name: 'worse', set: { 'office.employees': 'lots' } }];
  await expect(runScenario({ scenario: { ...SMALL, variants } })).rejects.toThrow(
    /^variant worse: office.employees "lots": expected number, received string$/,
  );
});
