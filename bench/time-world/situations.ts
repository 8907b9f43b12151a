import type { Situation } from './outcome.ts';

export interface Row {
  readonly name: string;
  readonly situation: Situation;
  /** RMS offset (s), largest offset (s), RMS frequency error and seconds until it stays below 1 ms. */
  readonly chrony: readonly [rmsOffsetS: number, maxOffsetS: number, rmsFrequency: number, syncS: number];
}

const DAY_S = 86_400;
/** chrony slews by up to 83333 ppm and steps only when told. */
export const CHRONY_SLEW = { maxSlewPpm: 83_333.333, stepThresholdMs: Infinity };
export const STEP_AT_10_MS = { maxSlewPpm: 83_333.333, stepThresholdMs: 10 };

/**
 * The defaults of chrony's simulation tests: a path of 100 us and exponential queues of 100 us each way, a clock 0.1 s and 100 ppm
 * off whose frequency wanders by 1e-9 each second.
 */
export const DEFAULT: Situation = {
  seconds: 10_000,
  countFromS: 210,
  clock: { offsetMs: 100, driftPpm: 100, wanderPpm: 1e-3 },
  link: { delayMs: 0.1, jitterMs: 0.1 },
  client: CHRONY_SLEW,
};

/** The default with some of it changed; keys of clock, link and client by themselves. */
export function changed(change: Partial<Situation>): Situation {
  const { clock, link, client } = DEFAULT;
  return {
    ...DEFAULT,
    ...change,
    clock: { ...(clock as object), ...(change.clock as object | undefined) },
    link: { ...link, ...change.link },
    client: 'client' in change && change.client === undefined ? undefined : { ...client, ...change.client },
  };
}

const lan = changed({ seconds: DAY_S, link: { jitterMs: 0.02 } });
const warm = (ppm: number, periodS: number) => ({ frequencyPpm: { times: [ppm, { sine: periodS }] } }) as Situation['clock'];

/** chrony 4.3 under clknetsim, medians of 7 seeds. */
export const ROWS: readonly Row[] = [
  { name: 'default', situation: DEFAULT, chrony: [8.1e-5, 1.35e-4, 1.8e-7, 131] },
  { name: 'stepped', situation: changed({ client: STEP_AT_10_MS, countFromS: 10 }), chrony: [7.6e-5, 6.1e-4, 3.2e-6, 5] },
  {
    name: '300 s wrong, stepped',
    situation: changed({ clock: { offsetMs: 300_000 }, client: STEP_AT_10_MS, countFromS: 10 }),
    chrony: [7.3e-5, 1.7e-4, 5e-7, 5],
  },
  {
    name: '300 s wrong, slewed at 83333 ppm',
    situation: changed({ seconds: 40_000, clock: { offsetMs: 300_000 }, countFromS: 0 }),
    chrony: [52, 300, 2.5e-2, 3605],
  },
  {
    name: '300 s wrong, slewed at 500 ppm',
    situation: changed({ seconds: 8 * DAY_S, clock: { offsetMs: 300_000 }, client: { maxSlewPpm: 500 }, countFromS: 0 }),
    chrony: [NaN, NaN, NaN, NaN],
  },
  { name: 'LAN, poll 64 s', situation: lan, chrony: [9.1e-6, 3.0e-5, 8.5e-8, 0] },
  {
    name: 'LAN, poll 16 s',
    situation: { ...lan, client: { ...CHRONY_SLEW, pollIntervalS: 16 } },
    chrony: [3.9e-6, 1.6e-5, 6.8e-8, 0],
  },
  { name: 'WAN', situation: changed({ link: { delayMs: 10, jitterMs: 1 } }), chrony: [5.9e-4, 1.2e-3, 4e-7, NaN] },
  {
    name: 'asymmetric',
    situation: changed({ link: { upDelayMs: 5, downDelayMs: 15 } }),
    chrony: [4.94e-3, 5.08e-3, 1e-7, Infinity],
  },
  { name: 'loss 20 %', situation: changed({ link: { lossPercent: 20 } }), chrony: [1.8e-4, 4.8e-4, 6e-7, 0] },
  { name: 'wander 1e-8', situation: changed({ clock: { wanderPpm: 0.01 } }), chrony: [1.2e-4, 7.8e-4, 9e-7, 73] },
  { name: 'wander 1e-7', situation: changed({ clock: { wanderPpm: 0.1 } }), chrony: [1.4e-4, 6.8e-4, 2.8e-6, 73] },
  { name: 'jitter 100 ms', situation: changed({ link: { jitterMs: 100 } }), chrony: [1.7e-2, 3.5e-2, 6e-5, NaN] },
  {
    name: 'temperature 10 ppm, 1 h',
    situation: changed({ seconds: DAY_S, clock: warm(10, 3_600) }),
    chrony: [2.2e-4, 5.8e-4, 4e-6, 0],
  },
  {
    name: 'temperature 5 ppm, 24 h',
    situation: changed({ seconds: 7 * DAY_S, clock: warm(5, DAY_S) }),
    chrony: [2.8e-5, 1.8e-4, 2e-7, 0],
  },
  {
    name: 'no NTP, 50 ppm',
    situation: changed({
      seconds: DAY_S,
      clock: { offsetMs: 0, driftPpm: 50, wanderPpm: 0 },
      client: undefined,
      countFromS: 0,
    }),
    chrony: [2.49, 4.31, 5e-5, Infinity],
  },
];
