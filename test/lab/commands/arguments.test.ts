import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { wantsColour } from '../../../lab/commands/page-settings.ts';
import { collectSetting, parseDurationText, parseSeed, parseSpeed } from '../../../lab/commands/run-flags.ts';
import { exitCodeOf, runCommand } from '../../../lab/commands/run.ts';
import { detectCommand } from '../../../lab/commands/detect.ts';
import { scenarioCommand } from '../../../lab/commands/scenario.ts';

describe('flags', () => {
  test('every 32-bit seed is read, nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
        expect(parseSeed(String(seed))).toBe(seed);
      }),
    );
    for (const text of ['', '-1', '1.5', '4294967296', '0x10', 'many', ' 1']) expect(() => parseSeed(text)).toThrow();
  });

  test('a speed is max, real or a factor', () => {
    expect(['max', 'real', '60x', '0.5x'].map(parseSpeed)).toEqual(['max', 'real', 60, 0.5]);
    for (const text of ['60', '0x', '-1x', 'fast', '']) expect(() => parseSpeed(text)).toThrow();
  });

  test('a duration has a unit', () => {
    expect(parseDurationText('1.5h')).toBe('1.5h');
    for (const text of ['5', 'h', '1 h', '-1h']) expect(() => parseDurationText(text)).toThrow();
  });

  test('settings add up in the order given', () => {
    expect(collectSetting('c=', collectSetting('a.b=c=d'))).toEqual(['a.b=c=d', 'c=']);
    for (const text of ['a.b', '=c']) expect(() => collectSetting(text)).toThrow();
  });
});

test.each([
  ['--no-color beats everything', false, { FORCE_COLOR: '1' }, true, false],
  ['FORCE_COLOR without a terminal', true, { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, true, false],
  ['NO_COLOR', true, { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR', true, { NO_COLOR: '' }, true, true],
  ['a dumb terminal', true, { TERM: 'dumb' }, true, false],
  ['a pipe', true, {}, false, false],
  ['a terminal', true, { TERM: 'xterm' }, true, true],
])('colour: %s', (_, flag, env, isTTY, expected) => {
  expect(wantsColour(flag, env, isTTY)).toBe(expected);
});

test.each([
  [0, 10, 'pass'],
  [1, 10, 'fail'],
  [3, 0, 'pass'],
  [3, 0, 'fail'],
] as const)('exit code %d after %d records and the verdict %s', (exitCode, records, verdict) => {
  expect(exitCodeOf({ exported: { messages: 1, records, packets: 0, octets: 0 }, verdict })).toBe(exitCode);
});

test('the help names every command and every flag', () => {
  const help = readFileSync(new URL('../../../bin/help.txt', import.meta.url), 'utf8');
  const run = runCommand(() => undefined);
  const scenario = scenarioCommand(() => undefined);
  for (const { long } of run.options) expect(help).toContain(`    ${long} `);
  for (const command of scenario.commands) {
    expect(help).toContain(`flowlab scenario ${command.name()} `);
    for (const { long } of command.options) if (long !== '--no-color') expect(help).toContain(long);
  }
  for (const command of detectCommand(() => undefined).commands) {
    expect(help).toContain(`flowlab detect ${command.name()} `);
    for (const { long } of command.options) expect(help).toContain(`${long}`);
  }
});
