import { expect, test } from 'vitest';
import { together } from '../../../lab/findings/together.ts';
import { renderAnnotations } from '../../../lab/report/github-annotations.ts';
import { renderJUnit } from '../../../lab/report/junit.ts';
import type { Report, SiteFindings } from '../../../lab/report/report.ts';
import { renderReport } from '../../../lab/report/terminal.ts';
import { FAILED_CHECK, HOLDING_CHECK, sampleReport, sampleVariant } from './sample-report.ts';

const PLAIN = { colour: false, width: 100 };

const site = (
  name: string,
  exporter: string,
  observationDomainId: number,
  changes: Partial<SiteFindings> = {},
): SiteFindings => ({
  exporter,
  observationDomainId,
  ...sampleVariant(name),
  ...changes,
});

const { clocks } = sampleReport();
const SLOW = { ...clocks.router, synchronised: false, trueErrorBeforeMs: -60_000, trueErrorAfterMs: -60_000 };
const SITES = [
  site('headquarters', '10.0.0.1', 1),
  site('berlin', '203.0.113.3', 2, { clocks: { ...clocks, router: SLOW, estimatedSkewMs: -60_000 } }),
];
const REPORT = sampleReport({
  sites: SITES,
  people: sampleReport().people.map((person, index) => ({ ...person, site: SITES[index]?.name })),
  unusual: [
    {
      id: 'unknown-device-1',
      target: '',
      exporter: '192.0.2.1',
      observationDomainId: 0,
      innocent: [],
      next: [],
      confidence: 0.9,
      raisedAtMs: 2,
      trueRaisedAtMs: 2,
      truth: 'hit',
      kind: 'unknown-device',
      who: '10.0.0.77',
      address: '10.0.0.77',
      site: 'berlin',
      sentence: '10.0.0.77 is in no inventory.',
      evidence: [],
      firstSeenMs: 0,
      lastSeenMs: 1,
    },
  ],
  checks: [{ ...HOLDING_CHECK, site: 'headquarters' }, { ...FAILED_CHECK, site: 'berlin', variant: 'fast' }], // prettier-ignore
});

test('several sites stand beside each other, and whatever is about one says so', () => {
  const text = renderReport(REPORT, PLAIN);
  expect(text).toContain(`Sites
                 router                  people   octets   records   lost   differences
  headquarters   10.0.0.1, domain 1           2   512 MB     1,234      4   MISSING 1
  berlin         203.0.113.3, domain 2        2   512 MB     1,234      4   MISSING 1
`);
  expect(text).toMatch(/1 +John Miller +headquarters +500 MB/);
  expect(text).toMatch(/2 +Sarah Ng +berlin +90.0 kB/);
  expect(text).toContain('! berlin: 10.0.0.77 is in no inventory.');
  expect(text).toMatch(/^ {2}headquarters {2}5 min fast before/m);
  expect(text).toMatch(/^ {2}berlin {8}not synchronised, so nobody measured it; in truth 1 min slow/m);
  expect(text).toMatch(/^ {2}collector {5}12 ms slow/m);
  expect(text).toContain('the collector puts the router of berlin 1 min behind itself.');
  expect(text).toContain('with the clocks as they were');
  expect(text).toContain('✓ pass  every octet belongs to somebody [headquarters]: misattributed');
  expect(text).toContain('✗ FAIL  the loss count is the truth [fast, berlin]: lossError');
});

test('what was noticed at several sites stands in the order it was raised, what was not in the order it began', () => {
  const [alert] = REPORT.unusual as [Report['unusual'][number]];
  const event: Report['untold'][number] = { kind: 'beacon', who: 'John', fromMs: 0, toMs: 9, sentence: '' };
  const found = (name: string, timesMs: readonly number[]): SiteFindings =>
    site(name, '10.0.0.1', 1, {
      unusual: timesMs.map((raisedAtMs) => ({ ...alert, id: `${name}-${raisedAtMs}`, raisedAtMs })),
      untold: timesMs.map((fromMs) => ({ ...event, fromMs })),
    });
  const { unusual, untold } = together([found('headquarters', [1, 4, 5]), found('berlin', [2, 4, 9])], [], REPORT.damage);
  expect(unusual.map(({ id }) => id)).toEqual([
    'headquarters-1',
    'berlin-2',
    'berlin-4',
    'headquarters-4',
    'headquarters-5',
    'berlin-9',
  ]);
  expect(untold.map(({ site: at, fromMs }) => [at, fromMs])).toEqual([
    ['headquarters', 1],
    ['berlin', 2],
    ['headquarters', 4],
    ['berlin', 4],
    ['headquarters', 5],
    ['berlin', 9],
  ]);
});

test('a report of one site has nothing of sites', () => {
  expect(renderReport(sampleReport(), PLAIN)).not.toMatch(/site/i);
});

test('a check of a site is named so in JUnit and in annotations', () => {
  expect(renderJUnit(REPORT)).toContain('name="the loss count is the truth (fast, berlin)"');
  expect(renderJUnit(REPORT)).toContain('name="every octet belongs to somebody (headquarters)"');
  expect(renderAnnotations(REPORT)).toContain('::lossError in fast, berlin is 1,234, limit <= 5 (seed 1)');
});
