import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readDriftFile, writeDriftFile } from '../../runtime/drift-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'drift-'));
const path = join(directory, 'clock.drift');
afterAll(() => rmSync(directory, { recursive: true }));

test('what is written is read, nothing else is left behind, and a file that is not there is no fault', () => {
  expect(readDriftFile(path)).toBeUndefined();
  for (const ppm of [-37.512, 0, 500]) {
    writeDriftFile(path, ppm);
    expect(readDriftFile(path)).toBe(ppm);
  }
  expect(readdirSync(directory)).toEqual(['clock.drift']);
});

test("chrony's drift file, with a second number, is read too", () => {
  writeFileSync(path, '           -12.345678             0.012345\n');
  expect(readDriftFile(path)).toBe(-12.345678);
});

test.each(['', 'fast', '501', 'Infinity', 'NaN', '1e999'])('a file that holds "%s" is one sentence', (text) => {
  writeFileSync(path, text);
  expect(() => readDriftFile(path)).toThrow(
    /clock\.drift:1:1 ".*" is not a frequency from -500 to 500 parts per million; delete/,
  );
});

test('a place that cannot be written or read is one sentence', () => {
  expect(() => writeDriftFile(join(directory, 'nowhere', 'x'), 1)).toThrow(/^cannot write the drift file .*nowhere.x: /);
  expect(() => readDriftFile(directory)).toThrow(/^cannot read the drift file /);
});
