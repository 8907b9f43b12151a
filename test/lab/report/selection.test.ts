import { describe, expect, test } from 'vitest';
import type { ServerSelection } from '../../../lab/report/clocks-schema.ts';
import type { Findings } from '../../../lab/report/report.ts';
import { selectionSentence } from '../../../lab/report/selection-sentence.ts';
import { renderReport } from '../../../lab/report/terminal.ts';
import { METRICS } from '../../../lab/scenario/metrics.ts';
import { sampleReport } from './sample-report.ts';

/** `+a` is followed, `-d` has been a falseticker for an hour. */
const selectionOf = (told: string, withoutMajorityS = 0): ServerSelection => ({
  servers: told.split(' ').map((word) => ({
    name: word.replace(/^[+-]/, ''),
    selected: word.startsWith('+'),
    falsetickerS: word.startsWith('-') ? 3_600 : 0,
  })),
  withoutMajorityS,
});

/** The clocks of the sample, whose clients made this of their servers. */
function clocksOf(router: ServerSelection, collector?: ServerSelection): Findings['clocks'] {
  const { clocks } = sampleReport();
  return {
    ...clocks,
    router: { ...clocks.router, selection: router },
    collector: { ...clocks.collector, ...(collector && { selection: collector }) },
  };
}

test.each([
  [selectionOf('+a +b +c -d'), 'of 4 servers it followed a, b, c at the end; d was a falseticker for 1 h'],
  [selectionOf('+a +b +c'), 'of 3 servers it followed a, b, c at the end'],
  [selectionOf('a b', 90), 'of 2 servers it followed none at the end; for 1 min 30 s no majority agreed'],
  [selectionOf('+a\u001b[2J b'), 'of 2 servers it followed a [2J at the end'],
])('of several servers, who was followed and who was not: %#', (selection, sentence) => {
  expect(selectionSentence(selection)).toBe(sentence);
});

describe('the report', () => {
  const lineOf = (clocks: Findings['clocks']): string =>
    renderReport(sampleReport({ clocks }), { colour: false, width: 1_000 }).replace(/\n {2,}/g, ' ');

  test('says beside the clock whom it followed', () => {
    expect(lineOf(clocksOf(selectionOf('+a +b +c -d')))).toContain(
      'never really more than 2.1 ms off once settled; of 4 servers it followed a, b, c at the end; d was a falseticker for 1 h.',
    );
  });

  test('says that a clock was left alone where no majority agreed', () => {
    const clocks = clocksOf(selectionOf('a b', 3_600));
    const alone = { ...clocks.router, errorBeforeMs: null, errorAfterMs: null, trueErrorAfterMs: 300_100 };
    const page = lineOf({ ...clocks, router: alone });
    expect(page).toContain(
      'left alone, for no server could be believed; in truth 5 min fast at the start, 5 min fast at the end',
    );
    expect(page).toContain('of 2 servers it followed none at the end; for 1 h no majority agreed.');
    expect(page).toContain('with the clocks as they were');
  });
});

describe('metrics of several clients', () => {
  const clocks = clocksOf(selectionOf('+a b c -d', 5), selectionOf('+a +b +c d', 7));

  test('are of the worst', () => {
    const findings = { ...sampleReport(), clocks };
    expect(METRICS.falsetickers(findings)).toBe(1);
    expect(METRICS.selectedServers(findings)).toBe(1);
    expect(METRICS.withoutMajorityS(findings)).toBe(7);
  });

  test('are of the routers of all sites', () => {
    const sites = [{ clocks }, { clocks: clocksOf(selectionOf('a -b -c', 9)) }] as Findings['sites'];
    const findings = { ...sampleReport(), clocks, sites };
    expect(METRICS.falsetickers(findings)).toBe(2);
    expect(METRICS.selectedServers(findings)).toBe(0);
    expect(METRICS.withoutMajorityS(findings)).toBe(9);
  });

  test('are not measured where there is one server', () => {
    const findings = sampleReport();
    for (const metric of ['falsetickers', 'selectedServers', 'withoutMajorityS'] as const)
      expect(METRICS[metric](findings)).toBeNaN();
  });
});
