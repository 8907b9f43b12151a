import type { ScenarioInput } from '../../lab/scenario/schema.ts';
import { SMALL } from './small-world.ts';

/** A branch whose addresses are those of headquarters, and whose router has settings and a clock of its own. */
export const BRANCH = {
  name: 'berlin',
  office: { employees: 4, network: '10.0.0.0/16' },
  people: [
    { name: 'Mia', activities: [{ do: 'download' as const, at: '09:02', application: 'dropbox' as const, megabytes: 30 }] },
  ],
  router: {
    clock: { offsetMs: -90_000, driftPpm: -30, ntp: false },
    metering: { activeTimeoutMs: 20_000, inactiveTimeoutMs: 8_000 },
  },
};

/** The morning of five people at headquarters and of four in a branch. */
export const TWO_SITES: ScenarioInput = { ...SMALL, duration: '20m', sites: [BRANCH] };
