import { trueNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { Web } from './applications/web.ts';
import { beginDay, beginLightDay, type DayPlan } from './background.ts';
import { HABIT_RATES } from './habits.ts';
import type { Host } from './host.ts';
import type { Resident } from './roster.ts';
import { drawWorkDay, firstMidnight, NS_PER_DAY, type WorkDay } from './schedule.ts';
import { claimOf, sizeOf, type Claim } from './scripted.ts';
import type { Activity } from './wire.ts';

/** One resident's time in the office. */
export interface Life {
  readonly resident: Resident;
  readonly host: Host;
  readonly web: Web;
  readonly epoch: Epoch;
  readonly end: TrueNs;
  /** Multiplies how often generated things occur. */
  readonly scale: number;
}

const LARGEST_LIGHT_BUDGET_OCTETS = 20e6;
const LEAST_LIGHT_BUDGET_OCTETS = 50e3;
/** Light traffic stays under this part of the smallest thing the script has the person do. */
const LIGHT_PART = 0.4;
const GADGET_BUDGET_OCTETS = 12e6;

/** Draws every day's hours at its midnight and begins what happens in them; every day is a working day. */
export function* live(life: Life): Activity {
  const { resident, end } = life;
  const claimed = new Set(resident.activities.map(claimOf).filter((claim) => claim !== undefined));
  let midnight = firstMidnight(life.epoch);
  for (let index = 0; midnight < end; index++) {
    if (index > 0) yield midnight;
    beginOneDay(life, midnight, index, claimed);
    midnight = trueNs(midnight + NS_PER_DAY);
  }
}

function beginOneDay(life: Life, midnight: TrueNs, index: number, claimed: ReadonlySet<Claim>): void {
  const { resident, host, web, scale } = life;
  const random = resident.random.fork(`day:${index}`);
  const hours = random.fork('hours');
  if (resident.habits === 'gadget') {
    const day = aroundTheClock(midnight);
    beginLightDay({ host, day, random, web, scale, claimed }, GADGET_BUDGET_OCTETS);
    return;
  }
  const plan: DayPlan = { host, day: drawWorkDay(hours, midnight), random, web, scale, claimed };
  if (resident.habits === 'light') beginLightDay(plan, lightBudget(resident) * Math.min(1, scale));
  else beginDay(plan, HABIT_RATES[resident.habits]);
}

/** A device without a person knows no hours and no lunch. */
function aroundTheClock(midnight: TrueNs): WorkDay {
  const arriveNs = trueNs(Math.max(0, midnight));
  const leaveNs = trueNs(midnight + NS_PER_DAY);
  return { arriveNs, leaveNs, lunchBeginNs: leaveNs, lunchEndNs: leaveNs };
}

/** Octets a person with a script may use beside it without drowning it. */
function lightBudget({ activities }: Resident): number {
  const sizes = activities.map(sizeOf).filter((size) => size !== undefined);
  const smallest = Math.min(LARGEST_LIGHT_BUDGET_OCTETS / LIGHT_PART, ...sizes);
  return Math.max(LEAST_LIGHT_BUDGET_OCTETS, Math.round(smallest * LIGHT_PART));
}
