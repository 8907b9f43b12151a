import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { applySet, type Settings } from '../../../runtime/config/apply-set.ts';
import { ConfigError } from '../../../runtime/config/config-error.ts';
import { formatPath, parsePath } from '../../../runtime/config/key-path.ts';
import { loadYaml } from '../../../runtime/config/load-yaml.ts';
import { nearestName } from '../../../core/text/nearest-name.ts';

const directory = mkdtempSync(join(tmpdir(), 'flowlab-config-'));
const file = join(directory, 'lab.yaml');
afterAll(() => rmSync(directory, { recursive: true }));

const schema = z.strictObject({
  title: z.string(),
  duration: z.number().min(1).default(5),
  clock: z.strictObject({ ntp: z.boolean().default(true) }).prefault({}),
  people: z
    .array(
      z.strictObject({
        name: z.string(),
        ip: z.string().transform((text, context) => {
          if (!/^\d+\.\d+\.\d+\.\d{1,2}$/.test(text)) context.addIssue(`"${text}" is not an IPv4 address`);
          return text;
        }),
      }),
    )
    .default([]),
  activities: z
    .array(
      z.discriminatedUnion('do', [
        z.strictObject({ do: z.literal('watch'), minutes: z.number() }),
        z.strictObject({ do: z.literal('sendMail'), count: z.number() }),
      ]),
    )
    .default([]),
});

function mistakes(text: string, settings: Settings = {}): readonly string[] {
  writeFileSync(file, text);
  try {
    loadYaml(file, schema, settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.messages;
    throw error;
  }
}

describe('loadYaml', () => {
  test('gives defaults, applies settings and knows where each value stands', () => {
    writeFileSync(file, 'title: A day\npeople:\n  - name: John\n    ip: 10.0.0.1\n');
    const { value, locate } = loadYaml(file, schema, ['clock.ntp=false', 'people[0].name=Sarah']);
    expect(value).toMatchObject({ duration: 5, clock: { ntp: false }, people: [{ name: 'Sarah', ip: '10.0.0.1' }] });
    expect(locate(['people', 0, 'ip'])).toEqual({ file, line: 4, column: 9 });
  });

  test.each([
    ['title: A\npeople:\n  - name: John\n    ip: 10.0.0.300\n', 'lab.yaml:4:9 people[0].ip "10.0.0.300" is not an IPv4 address'],
    ['title: A\ndurration: 5\n', 'lab.yaml:2:1 unknown key "durration", did you mean "duration"?'],
    ['title: A\nclock: { npt: true }\n', 'lab.yaml:2:10 clock: unknown key "npt", did you mean "ntp"?'],
    ['title: A\nclock: { whatever: 1 }\n', 'lab.yaml:2:10 clock: unknown key "whatever", known are ntp'],
    ['title: A\nduration: long\n', 'lab.yaml:2:11 duration "long": expected number, received string'],
    ['duration: 5\n', 'lab.yaml:1:1 title is missing: expected string'],
    ['title: A\nactivities:\n  - do: wach\n', 'lab.yaml:3:9 activities[0].do "wach": did you mean "watch"?'],
    ['title: A\nactivities:\n  - do: fly\n', 'lab.yaml:3:9 activities[0].do "fly": expected one of watch, sendMail'],
    [
      'title: A\nactivities:\n  - { do: watch, minuts: 3 }\n',
      'lab.yaml:3:18 activities[0]: unknown key "minuts", did you mean "minutes"?',
    ],
    ['- a list\n', 'lab.yaml:1:1 expected keys with values, such as "title: A quiet day"'],
    ['', 'lab.yaml:1:1 expected keys with values, such as "title: A quiet day"'],
  ])('%j: %s', (text, sentence) => {
    expect(mistakes(text)).toContain(sentence);
  });

  test('a YAML mistake has its place, a missing file its name', () => {
    expect(mistakes('title: "A\n')[0]).toMatch(/^lab\.yaml:\d+:\d+ \S/);
    expect(() => loadYaml(join(directory, 'none.yaml'), schema)).toThrow(
      `${join(directory, 'none.yaml')}: there is no such file`,
    );
  });

  test.each([
    [['clok.ntp=false'], '--set unknown key "clok", did you mean "clock"?'],
    [['clock.ntp=maybe'], '--set clock.ntp "maybe": expected boolean, received string'],
    [['clock'], '--set clock: expected key=value, such as router.clock.ntp=false'],
    [['a..b=1'], '--set a..b: expected a path such as router.clock.ntp or people[0].name'],
    [['__proto__.x=1'], '--set __proto__.x: there is no "__proto__" to go into'],
    [['people.name=1'], '--set people.name: there is no "name" to go into'],
  ])('%j: %s', (settings, sentence) => {
    expect(mistakes('title: A\npeople: []\n', settings)).toContain(sentence);
  });

  test('whatever stands in the file, a mistake is a ConfigError with one line each', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'title: A',
        'people:',
        '  - name: x',
        '    ip: 7',
        'clock: {',
        '? [a]: b',
        '&a [*a]',
        '!!binary x',
        'a: *b',
        '---',
      ),
      fc.json().map((text) => `activities: ${text}`),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        for (const message of mistakes(lines.join('\n'))) expect(message).toMatch(/^\S/);
      }),
      { numRuns: 500 },
    );
  });
});

test('applySet makes the mappings on the way and never touches what all objects share', () => {
  const target = { a: 1 };
  applySet(target, { 'b.c[0].d': 2 });
  expect(target).toEqual({ a: 1, b: { c: [{ d: 2 }] } });
  for (const path of ['__proto__.polluted', 'constructor.prototype.polluted']) {
    expect(() => applySet({}, { [path]: true })).toThrow(ConfigError);
  }
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('a path survives being written and read', () => {
  const step = fc.oneof(fc.stringMatching(/^[a-z]{1,5}$/), fc.nat(99));
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,5}$/), fc.array(step, { maxLength: 5 }), (first, rest) => {
      expect(parsePath(formatPath([first, ...rest]))).toEqual([first, ...rest]);
    }),
  );
});

test('the nearest name is one slip away, or there is none', () => {
  const names = ['duration', 'people', 'router', 'seed'];
  expect(nearestName('durration', names)).toBe('duration');
  expect(nearestName('roter', names)).toBe('router');
  expect(nearestName('sede', names)).toBe('seed');
  expect(nearestName('zzz', names)).toBeUndefined();
});
