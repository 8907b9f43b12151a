import type { IPv4Prefix } from '../../core/net/address.ts';
import type { Random } from '../../core/random/random.ts';
import { NS_PER_MS, trueNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import { workOnLan } from './applications/lan.ts';
import { beginDay, beginLightDay } from './background.ts';
import type { DayPlan } from './day-plan.ts';
import { HABIT_RATES, HOURS } from './habits.ts';
import type { Host } from './host.ts';
import type { Web } from './internet/web-sites.ts';
import type { Resident } from './roster.ts';
import { drawHours, drawWorkDay, firstMidnight, NS_PER_DAY, wholeDay, type WorkDay } from './schedule.ts';
import { claimOf, sizeOf, type Claim } from './scripted.ts';
import { beginGuestDay, beginThingsDay } from './things.ts';
import type { Activity } from './wire.ts';

/** One resident's time in the office. */
export interface Life {
  readonly resident: Resident;
  readonly host: Host;
  /** The same device as the office's own network sees it. */
  readonly lan: Host;
  readonly network: IPv4Prefix;
  readonly web: Web;
  /** The office's own stream: what departments do together. */
  readonly calendars: Random;
  readonly epoch: Epoch;
  readonly end: TrueNs;
  /** Multiplies how often generated things occur. */
  readonly scale: number;
}

const LARGEST_LIGHT_BUDGET_OCTETS = 20e6;
const LEAST_LIGHT_BUDGET_OCTETS = 50e3;
/** Light traffic stays under this part of the smallest thing the script has the person do. */
const LIGHT_PART = 0.4;

/** Draws every day's hours at its midnight and begins what happens in them. */
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
  const { resident, host, web, scale, epoch } = life;
  const { habits, device } = resident;
  const random = resident.random.fork(`day:${index}`);
  const unixMs = epoch.unixMs + midnight / NS_PER_MS;
  const planOf = (day: WorkDay): DayPlan => ({ host, day, midnight, unixMs, random, web, scale, claimed });
  if (habits === 'gadget') return beginThingsDay(planOf(wholeDay(midnight)), device.kind);
  const hours = random.fork('hours');
  // Who has something to do by script is there to do it.
  const day =
    resident.activities.length > 0
      ? drawHours(hours, midnight, HOURS[habits])
      : drawWorkDay(hours, midnight, unixMs, HOURS[habits]);
  if (day === undefined) return;
  if (habits === 'guest') return beginGuestDay(planOf(day));
  if (scale > 0) life.lan.begin(day.arriveNs, workOnLan(life.lan, life.network, day, random.fork('lan')));
  if (habits === 'light') return beginLightDay(planOf(day), lightBudget(resident) * Math.min(1, scale));
  beginDay(planOf(day), HABIT_RATES[habits], life.calendars.fork(`${device.department ?? ''}:day:${index}`));
}

/** Octets a person with a script may use beside it without drowning it. */
function lightBudget({ activities }: Resident): number {
  const sizes = activities.map(sizeOf).filter((size) => size !== undefined);
  const smallest = Math.min(LARGEST_LIGHT_BUDGET_OCTETS / LIGHT_PART, ...sizes);
  return Math.max(LEAST_LIGHT_BUDGET_OCTETS, Math.round(smallest * LIGHT_PART));
}
