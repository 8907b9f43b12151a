import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { runSituation, type Outcome } from './time-world/outcome.ts';
import { ROWS, type Row } from './time-world/situations.ts';
import { pairInLockStep, pairInVirtualTime, type Speed } from './time-world/speed.ts';

/**
 * How well the SNTP client keeps a clock, beside chrony 4.3 under clknetsim, and how fast a world of two clients and their server
 * passes: `node --import tsx bench/time.ts [--seeds 20] [--only wan] [--speed]`. Errors are taken each second; figures are medians of the seeds.
 * The last column is how many million seconds of the world a second of processor time makes, the judging of each second included.
 */
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
  const errors = (['rmsOffsetS', 'maxOffsetS', 'rmsFrequency', 'rmsEstimate'] as const).map((key) => figure(of(key)));
  const [rms, max, frequency, sync] = chrony;
  const theirs = [figure(rms), figure(max), figure(frequency), whole(sync)];
  return `${name.padEnd(34)} ${errors.join(' ')} ${whole(of('syncS'))} | ${theirs.join(' ')} | ${speed.toFixed(1)}`;
}

const speedLine = (name: string, { perProcessorSecond, perSecond }: Speed): string =>
  `${name}: ${(perProcessorSecond / 1e3).toFixed(0)} thousand times real time per processor second, ${(perSecond / 1e3).toFixed(0)} thousand by the clock`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
    speed: { type: 'boolean', default: false },
  },
});
console.log(`Node ${process.versions.node}, load average of the last minute ${(loadavg()[0] ?? NaN).toFixed(1)}`);
console.log(speedLine('Two clients and a server, 2 days, start-up included', await pairInVirtualTime(2)));
console.log(speedLine('Two clients and a server, 20 days', await pairInVirtualTime(20)));
console.log(speedLine('The same over real UDP sockets, 2 days', await pairInLockStep(2)));
if (!values.speed) {
  console.log(`\n${''.padEnd(34)} flowlab${''.padEnd(36)} | chrony 4.3${''.padEnd(24)} | millions of seconds`);
  const titles = '     RMS      max     freq estimate    sync |      RMS      max     freq    sync | per processor second';
  console.log(`${''.padEnd(34)} ${titles}`);
  for (const row of ROWS) if (row.name.includes(values.only)) console.log(line(row, Number(values.seeds)));
}
