import type { Settings } from '../../runtime/config/apply-set.ts';

const ONE_OF_100 = { 'router.metering.sampling': { algorithm: 'uniform', size: 1, population: 100 } } as const;

/** Under what the same days are scored. */
export const CONDITIONS = {
  plain: { title: 'as it is', set: {} },
  sampled: {
    title: 'one of 100 packets metered, and the router says so',
    set: { ...ONE_OF_100, 'router.exporting.options.sampler': true },
  },
  untold: { title: 'one of 100 packets metered, and nobody says so', set: ONE_OF_100 },
  loss: { title: '2 % of the export datagrams lost', set: { 'links.export.lossPercent': 2 } },
  skew: {
    title: "the router's clock 5 min fast, without NTP",
    set: { 'router.clock.offsetMs': 300_000, 'router.clock.ntp': false },
  },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly set: Settings }>>;

export type Condition = keyof typeof CONDITIONS;
export const CONDITION_NAMES = Object.keys(CONDITIONS) as Condition[];
