import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProgressPrinter } from '../../../lab/commands/progress.ts';
import type { Progress } from '../../../lab/run-scenario.ts';

/** A run that is seen at the given thousandths of its length, a second of real time apart. */
function printed(
  thousandths: readonly number[],
  { isTTY = false, columns = 80, variant = undefined as string | undefined } = {},
): string {
  let text = '';
  let now = 0;
  const printer = new ProgressPrinter('office-50', { isTTY, columns, write: (part) => (text += part) }, () => (now += 1_000));
  for (const part of thousandths) printer.update(progressAt(part, variant));
  printer.end();
  return text;
}

const progressAt = (thousandths: number, variant: string | undefined): Progress => ({
  simulatedMs: thousandths * 36_000,
  durationMs: 36_000_000,
  timeOfDay: '12:30',
  records: 1_234,
  clockErrorMs: -0.4,
  variant,
});

describe('not on a terminal', () => {
  test('one line each 10 %, never two for the same step, the last at the end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 999 })), (seen) => {
        const lines = printed([...seen.sort((a, b) => a - b), 1_000])
          .trimEnd()
          .split('\n');
        const steps = lines.map((line) => Math.floor(Number(/(\d+) %/.exec(line)?.[1]) / 10));
        expect(new Set(steps).size).toBe(steps.length);
        expect(new Set(steps)).toEqual(new Set([...seen.map((part) => Math.floor(part / 100)).filter((step) => step > 0), 10]));
      }),
    );
  });

  test('a line tells the time of day, the records, the clock and what is left', () => {
    expect(printed([0, 250])).toBe('office-50: 12:30  25 %, 1,234 records, router clock 400 µs slow, 3 s left\n');
  });

  test('a variant is named', () => {
    expect(printed([1_000], { variant: 'with-ntp' })).toBe(
      'office-50 with-ntp: 12:30 100 %, 1,234 records, router clock 400 µs slow, done\n',
    );
  });

  test('each variant begins anew', () => {
    let text = '';
    const printer = new ProgressPrinter('clock-skew', { write: (part) => (text += part) }, () => 0);
    for (const variant of ['without-ntp', 'with-ntp']) for (const part of [500, 1_000]) printer.update(progressAt(part, variant));
    expect(text.match(/ 50 %/g)).toHaveLength(2);
  });
});

describe('on a terminal', () => {
  test('one line is rewritten within the width and taken away at the end', () => {
    const text = printed([0, 500, 1_000], { isTTY: true, columns: 40 });
    expect(text).not.toContain('\n');
    const lines = text.split('\r\u001b[2K');
    expect(lines).toHaveLength(5);
    expect(lines.at(-1)).toBe('');
    expect(lines.every((line) => line.length < 40)).toBe(true);
  });

  test('it is not drawn more often than an eye can follow', () => {
    let text = '';
    const printer = new ProgressPrinter('office-50', { isTTY: true, write: (part) => (text += part) }, () => 0);
    for (let part = 0; part < 1_000; part++) printer.update(progressAt(part, undefined));
    expect(text.match(/office-50/g)).toHaveLength(1);
  });
});
