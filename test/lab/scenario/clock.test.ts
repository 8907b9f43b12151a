import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CLOCK_PRESETS } from '../../../lab/scenario/clock-presets.ts';
import { mistakesOf, scenarioOf } from '../../support/scenario-file.ts';

const EVERYTHING = `
router:
  clock:
    offsetMs: -20
    driftPpm: 150000
    ageingPpmPerDay: 0.01
    wanderPpm: 0.001
    temperature: { meanC: 30, dailyAmplitudeC: 5, warmestAtHour: 14.5, turnoverC: 26, linearPpmPerC: 1, parabolicPpmPerC2: -0.034 }
    frequencyPpm: { sum: { times: [0.01, normal] } }
    uptimeOscillator: { driftPpm: 3, wanderPpm: 0.1, frequencyPpm: 4 }
    uptime: 4294960s
    readingNoiseUs: 3
    resolutionUs: 1000
    steps: [{ after: 90m, byMs: -500 }]
    randomSteps: { meanIntervalS: 3600, deviationMs: 100 }
    stepMs: { times: [100, { equal: [0, { modulo: [time, 3600] }, 0] }] }
    reboots: [{ after: 2h, wallClock: rtc }, { after: 3h }]
    rtc: { offsetMs: 4000, driftPpm: -20 }
    leapSecond: { day: 2026-03-02, kind: left-out, smeared: true }
    ntp: false
    pollIntervalS: 16
ntpServer: { preset: server, driftPpm: -1 }
links:
  export:
    queue: { kilobitsPerS: 2000, maxOctets: 32000 }
  ntp:
    delayMs: { plus: [10, exponential] }
    upDelayMs: { max: [0, { plus: [5, { times: [-1, { pulse: [9, 1] }] }, { gamma: [2, 3] }, { pareto: [1, 3] }, { logNormal: [1, 1] }] }] }
    downDelayMs: { min: [{ uniform: [1, 2] }, { poisson: 3 }, from, to, port, length, { cycle: [1, 2] }, { triangle: 60 }, { cosine: 9 }] }
    lossBursts: { everyDatagrams: 100, lengthDatagrams: 5, lossPercent: 80 }`;

describe('a scenario', () => {
  test('can say everything of clocks and links', () => {
    const { router, ntpServer, links } = scenarioOf(EVERYTHING);
    expect(router.clock).toMatchObject({
      driftPpm: 150_000,
      frequencyPpm: { name: 'sum', of: [{ name: 'times', of: [0.01, { name: 'normal', of: [] }] }] },
      uptimeOscillator: { driftPpm: 3, ageingPpmPerDay: 0 },
      reboots: [
        { after: '2h', wallClock: 'rtc' },
        { after: '3h', wallClock: 'goes-on' },
      ],
      leapSecond: { day: '2026-03-02', kind: 'left-out', smeared: true },
    });
    expect(ntpServer).toMatchObject({ driftPpm: -1, wanderPpm: CLOCK_PRESETS.server.wanderPpm });
    expect(links.ntp).toMatchObject({ lossBursts: { lengthDatagrams: 5 }, upDelayMs: { name: 'max' } });
  });

  test('has presets that are written over field by field', () => {
    const { router, collector } = scenarioOf(
      'router: { clock: { preset: cheap-router, driftPpm: 7, temperature: { meanC: 50 } } }\ncollector: { clock: { preset: pc } }',
    );
    const { temperature, ...rest } = CLOCK_PRESETS['cheap-router'];
    expect(router.clock).toMatchObject({ ...rest, driftPpm: 7, temperature: { ...temperature, meanC: 50, linearPpmPerC: 0 } });
    expect(collector.clock.driftPpm).toBe(78);
  });

  test.each(Object.keys(CLOCK_PRESETS))('can have the preset %s', (preset) => {
    expect(mistakesOf(`router: { clock: { preset: ${preset} } }`)).toEqual([]);
  });

  test('reads numbers of a file', () => {
    const directory = mkdtempSync(join(tmpdir(), 'flowlab-numbers-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'ppm.txt');
    writeFileSync(file, '1 2.5\n-3e-1\n');
    const { router } = scenarioOf(`router: { clock: { frequencyPpm: { file: ${file} } } }`);
    expect(router.clock.frequencyPpm).toEqual({ name: 'cycle', of: [1, 2.5, -0.3] });
    writeFileSync(file, '1 two 3');
    expect(mistakesOf(`router: { clock: { frequencyPpm: { file: ${file} } } }`)).toEqual([
      `mine.yaml:3:42 router.clock.frequencyPpm.file "${file}" is not a file of numbers: it has "two"`,
    ]);
  });
});

/** What stands in the clock, and what is said of it after `router.clock.`; columns count from the key's. */
const WRONG: readonly (readonly [string, string])[] = [
  ['preset: cheap', '3:28 router.clock.preset "cheap": expected one of server, pc, cheap-router, tcxo'],
  ['driftPpm: 200001', '3:30 router.clock.driftPpm 200001: expected number to be <=200000'],
  ['wanderPpm: -1', '3:31 router.clock.wanderPpm -1: expected number to be >=0'],
  ['temperature: { mean: 3 }', '3:35 router.clock.temperature: unknown key "mean", did you mean "meanC"?'],
  ['frequencyPpm: 200001', '3:34 router.clock.frequencyPpm 200001 is not a number from -200000 to 200000'],
  ['frequencyPpm: nromal', '3:34 router.clock.frequencyPpm "nromal" is not known here, did you mean "normal"?'],
  ['frequencyPpm: port', '3:34 router.clock.frequencyPpm "port" is not known here, known are time, uniform, normal, exponential'],
  [
    'frequencyPpm: [1]',
    '3:34 router.clock.frequencyPpm is not a number, a word or one function such as { plus: [1, exponential] }',
  ],
  [
    'frequencyPpm: { plus: [1], times: [2] }',
    '3:34 router.clock.frequencyPpm is not a number, a word or one function such as { plus: [1, exponential] }: plus and times are two',
  ],
  [
    'frequencyPpm: { plus: [1, { tims: [2] }] }',
    '3:46 router.clock.frequencyPpm.plus[1] "tims" is not known here, did you mean "times"?',
  ],
  ['frequencyPpm: { plus: [] }', '3:42 router.clock.frequencyPpm.plus needs at least one expression'],
  ['frequencyPpm: { equal: 1 }', '3:43 router.clock.frequencyPpm.equal 1 needs at least two expressions'],
  ['frequencyPpm: { sine: 0 }', '3:42 router.clock.frequencyPpm.sine 0 is not a period: it must be a number above 0'],
  [
    'frequencyPpm: { pulse: [1, 2.5] }',
    '3:47 router.clock.frequencyPpm.pulse[1] 2.5 is not a low: it must be a whole number from 1',
  ],
  ['frequencyPpm: { uniform: 3 }', '3:45 router.clock.frequencyPpm.uniform 3 needs low and high, not 1 value'],
  [
    'frequencyPpm: { normal: time }',
    '3:44 router.clock.frequencyPpm.normal "time" is not a deviation: it must be a number from 0',
  ],
  ['frequencyPpm: { toString: 3 }', '3:34 router.clock.frequencyPpm "toString" is not known here'],
  [
    'frequencyPpm: { file: nowhere.txt }',
    '3:42 router.clock.frequencyPpm.file "nowhere.txt" is not a file: there is none of that name',
  ],
  ['uptimeOscillator: { driftPpm: x }', '3:50 router.clock.uptimeOscillator.driftPpm "x": expected number, received string'],
  ['readingNoiseUs: -1', '3:36 router.clock.readingNoiseUs -1: expected number to be >=0'],
  ['resolutionUs: 0', '3:34 router.clock.resolutionUs 0: expected number to be >=0.001'],
  ['steps: [{ after: soon, byMs: 1 }]', '3:37 router.clock.steps[0].after "soon" is not a duration such as 90s, 30m or 10h'],
  ['steps: [{ after: 1h }]', '3:28 router.clock.steps[0].byMs is missing: expected number'],
  [
    'randomSteps: { meanIntervalS: 0, deviationMs: 1 }',
    '3:50 router.clock.randomSteps.meanIntervalS 0: expected number to be >=1',
  ],
  ['stepMs: { modulo: time }', '3:38 router.clock.stepMs.modulo "time" needs at least two expressions'],
  ['reboots: [{ after: 1h, wallClock: rtk }]', '3:54 router.clock.reboots[0].wallClock "rtk": did you mean "rtc"?'],
  ['leapSecond: { day: tomorrow }', '3:39 router.clock.leapSecond.day "tomorrow"'],
  ['offsetMs: 4e12', '3:30 router.clock.offsetMs 4000000000000: expected number to be <=8000000000'],
  ['uptime: -1s', '3:28 router.clock.uptime "-1s" is not a duration such as 90s, 30m or 10h'],
];

describe('a mistake is told with its place', () => {
  test.each(WRONG)('%s', (text, sentence) => {
    const [first, ...more] = mistakesOf(`router: { clock: { ${text} } }`);
    expect(more).toEqual([]);
    expect(first).toContain(`mine.yaml:${sentence}`);
  });

  test.each([
    ['delayMs: 60001', '3:26 links.ntp.delayMs 60001 is not a number from 0 to 60000'],
    ['delayMs: { plus: [1, lenght] }', '3:38 links.ntp.delayMs.plus[1] "lenght" is not known here, did you mean "length"?'],
    ['upDelayMs: -1', '3:28 links.ntp.upDelayMs -1 is not a number from 0 to 60000'],
    ['downDelayMs: fast', '3:30 links.ntp.downDelayMs "fast" is not known here'],
    ['lossBursts: { lengthDatagrams: 2 }', '3:29 links.ntp.lossBursts.everyDatagrams is missing: expected number'],
    ['queue: { kilobitsPerS: 0 }', '3:40 links.ntp.queue.kilobitsPerS 0: expected number to be >=1'],
  ])('links: %s', (text, sentence) => {
    const [first, ...more] = mistakesOf(`links: { ntp: { ${text} } }`);
    expect(more).toEqual([]);
    expect(first).toContain(`mine.yaml:${sentence}`);
  });

  test('an expression has an end', () => {
    const deep = `${'{ plus: '.repeat(40)}1${' }'.repeat(40)}`;
    expect(mistakesOf(`router: { clock: { frequencyPpm: ${deep} } }`)[0]).toContain('is nested more than 16 deep');
  });
});
