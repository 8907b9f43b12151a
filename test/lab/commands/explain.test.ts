import { expect, test } from 'vitest';
import { explainScenario } from '../../../lab/commands/explain.ts';
import { Page } from '../../../lab/report/layout.ts';

test('what a scenario sets, its variants and its checks, in words', () => {
  const page = new Page({ colour: false, width: 80 });
  const written = {
    title: 'A router five minutes fast',
    description: 'What a wrong clock does to the records.',
    duration: '2h',
    router: { clock: { offsetMs: 300_000, ntp: true } },
    people: [{ name: 'John' }, { name: 'Sarah' }],
    outside: [{ do: 'inboundScan' }],
    variants: [
      { name: 'without-ntp', set: { 'router.clock.ntp': false, 'links.export': { delayMs: 20, bursts: { lossPercent: 5 } } } },
    ],
    checks: [
      { name: 'nothing shifts', metric: 'shifted', equals: 0 },
      { name: 'enough records', metric: 'records', min: 1_000, max: 9_000, variant: 'without-ntp' },
    ],
  };
  const schema = {
    properties: {
      router: { properties: { clock: { properties: { offsetMs: { description: 'Milliseconds the clock is fast.' } } } } },
    },
  };
  explainScenario(page, 'clock-skew', written, schema);
  expect(page.toString()).toBe(`clock-skew: A router five minutes fast
What a wrong clock does to the records.

What it sets
  duration: 2h
  router.clock.offsetMs: 300000
      Milliseconds the clock is fast.
  router.clock.ntp: true
  people: John, Sarah
  outside: 1 entry

Variants
  - without-ntp: router.clock.ntp false, links.export { delayMs: 20, bursts: {
    lossPercent: 5 } }

Checks
  - nothing shifts: shifted = 0
  - enough records [without-ntp]: records >= 1,000 and <= 9,000

To run it: npm run scenario clock-skew
`);
});
