import { parseArgs } from 'node:util';
import { runSituation, type Outcome, type Situation } from './time-world/client-run.ts';

/**
 * How well the SNTP client keeps a clock, beside chrony 4.3 under clknetsim: `node --import tsx bench/time.ts [--seeds 20] [--only wan]`.
 * The situations are those of chrony's simulation tests: a path of 100 us and exponential queues of 100 us each way, a clock
 * 0.1 s and 100 ppm off whose frequency wanders by 1e-9 each second. Errors are taken each second; the figures are medians of the seeds.
 * The last column is how many million seconds of the world a second of processor time makes.
 */
interface Row {
  readonly name: string;
  readonly situation: Situation;
  /** RMS offset (s), largest offset (s), RMS frequency error and seconds until it stays below 1 ms. */
  readonly chrony: readonly [rmsOffsetS: number, maxOffsetS: number, rmsFrequency: number, syncS: number];
}

const DAY_S = 86_400;
/** chrony slews by up to 83333 ppm and steps only when told. */
const CHRONY_SLEW = { maxSlewPpm: 83_333.333, stepThresholdMs: Infinity };
const STEP_AT_10_MS = { maxSlewPpm: 83_333.333, stepThresholdMs: 10 };
const base: Situation = {
  seconds: 10_000,
  offsetS: 0.1,
  frequency: 1e-4,
  wander: 1e-9,
  delayS: [1e-4, 1e-4],
  jitterS: 1e-4,
  loss: 0,
  client: CHRONY_SLEW,
  countFromS: 210,
};
const lan: Situation = { ...base, seconds: DAY_S, jitterS: 2e-5 };
const wave = (size: number, periodS: number) => (second: number) => size * Math.sin((2 * Math.PI * second) / periodS);

const rows: Row[] = [
  { name: 'default', situation: base, chrony: [8.1e-5, 1.35e-4, 1.8e-7, 131] },
  {
    name: 'step',
    situation: { ...base, client: STEP_AT_10_MS, countFromS: 10 },
    chrony: [7.6e-5, 6.1e-4, 3.2e-6, 5],
  },
  {
    name: '300 s wrong, stepped',
    situation: { ...base, offsetS: 300, client: STEP_AT_10_MS, countFromS: 10 },
    chrony: [7.3e-5, 1.7e-4, 5e-7, 5],
  },
  {
    name: '300 s wrong, slewed at 83333 ppm',
    situation: { ...base, seconds: 40_000, offsetS: 300, countFromS: 0 },
    chrony: [52, 300, 2.5e-2, 3605],
  },
  {
    name: '300 s wrong, slewed at 500 ppm',
    situation: { ...base, seconds: 8 * DAY_S, offsetS: 300, client: { ...CHRONY_SLEW, maxSlewPpm: 500 }, countFromS: 0 },
    chrony: [NaN, NaN, NaN, NaN],
  },
  { name: 'LAN, poll 64 s', situation: lan, chrony: [9.1e-6, 3.0e-5, 8.5e-8, 0] },
  {
    name: 'LAN, poll 16 s',
    situation: { ...lan, client: { ...CHRONY_SLEW, pollIntervalS: 16 } },
    chrony: [3.9e-6, 1.6e-5, 6.8e-8, 0],
  },
  { name: 'WAN', situation: { ...base, delayS: [1e-2, 1e-2], jitterS: 1e-3 }, chrony: [5.9e-4, 1.2e-3, 4e-7, NaN] },
  { name: 'asymmetric', situation: { ...base, delayS: [5e-3, 15e-3] }, chrony: [4.94e-3, 5.08e-3, 1e-7, Infinity] },
  { name: 'loss 20 %', situation: { ...base, loss: 0.2 }, chrony: [1.8e-4, 4.8e-4, 6e-7, 0] },
  { name: 'wander 1e-8', situation: { ...base, wander: 1e-8 }, chrony: [1.2e-4, 7.8e-4, 9e-7, 73] },
  { name: 'wander 1e-7', situation: { ...base, wander: 1e-7 }, chrony: [1.4e-4, 6.8e-4, 2.8e-6, 73] },
  { name: 'jitter 100 ms', situation: { ...base, jitterS: 0.1 }, chrony: [1.7e-2, 3.5e-2, 6e-5, NaN] },
  {
    name: 'temperature 10 ppm, 1 h',
    situation: { ...base, seconds: DAY_S, temperature: wave(1e-5, 3_600) },
    chrony: [2.2e-4, 5.8e-4, 4e-6, 0],
  },
  {
    name: 'temperature 5 ppm, 24 h',
    situation: { ...base, seconds: 7 * DAY_S, temperature: wave(5e-6, DAY_S) },
    chrony: [2.8e-5, 1.8e-4, 2e-7, 0],
  },
  {
    name: 'no NTP, 50 ppm',
    situation: { ...base, seconds: DAY_S, offsetS: 0, frequency: 5e-5, wander: 0, client: undefined, countFromS: 0 },
    chrony: [2.49, 4.31, 5e-5, Infinity],
  },
];

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
const figure = (value: number): string => (Number.isNaN(value) ? '-' : value.toExponential(1)).padStart(8);
const whole = (value: number): string =>
  (Number.isNaN(value) ? '-' : Number.isFinite(value) ? String(value) : 'never').padStart(7);

function line({ name, situation, chrony }: Row, seeds: number): string {
  const startedAt = process.cpuUsage();
  const outcomes = Array.from({ length: seeds }, (_, seed) => runSituation(situation, seed + 1));
  const { user, system } = process.cpuUsage(startedAt);
  const speed = (situation.seconds * seeds) / (user + system);
  const of = (key: keyof Outcome): number => median(outcomes.map((outcome) => outcome[key]));
  const ours = [figure(of('rmsOffsetS')), figure(of('maxOffsetS')), figure(of('rmsFrequency')), whole(of('syncS'))];
  const [rms, max, frequency, sync] = chrony;
  const theirs = [figure(rms), figure(max), figure(frequency), whole(sync)];
  return `${name.padEnd(34)} ${ours.join(' ')} | ${theirs.join(' ')} | ${speed.toFixed(1)}`;
}

// What is compiled while it runs is not to be laid at the door of the first row.
runSituation(lan, 0);

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '20' }, only: { type: 'string', default: '' } } });
console.log(`${''.padEnd(34)} flowlab${''.padEnd(27)} | chrony 4.3${''.padEnd(24)} | millions of seconds`);
console.log(`${''.padEnd(34)}      RMS      max     freq    sync |      RMS      max     freq    sync | per processor second`);
for (const row of rows) if (row.name.includes(values.only)) console.log(line(row, Number(values.seeds)));
