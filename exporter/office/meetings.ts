import type { Random } from '../../core/random/random.ts';
import { NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../core/time/instant.ts';
import { call, relaysOf, type MeetingService } from './applications/call.ts';
import { BACKGROUND, type Host } from './host.ts';
import type { Server } from './internet/server.ts';
import { NS_PER_HOUR, NS_PER_MIN, type WorkDay } from './schedule.ts';

/** A date in the calendars of a department. */
interface Meeting {
  readonly startNs: TrueNs;
  readonly durationNs: DurationNs;
  readonly service: MeetingService;
  /** Where all who join meet. */
  readonly relay: Server;
}

/** A day has room for one meeting in each of these; hours when it may begin. None reaches into the next. */
const SLOTS: readonly (readonly number[])[] = [[9, 9.5], [10.5, 11], [13, 13.5], [14.5, 15, 15.5]]; // prettier-ignore
const MINUTES = [15, 25, 25, 50];
const TEAMS_PART = 0.6;
/** Seconds by which people join after it began; some are early. */
const JOINING_S = { mean: 40, deviation: 60, earliest: -120, latest: 420 } as const;

/** The meetings of a department on the day that begins at `midnight`, whoever joins: `random` is the office's own stream. */
function meetingsOf(random: Random, midnight: TrueNs): Meeting[] {
  return SLOTS.map((hours) => {
    const service = random.chance(TEAMS_PART) ? 'teams' : 'zoom';
    return {
      startNs: trueNs(Math.round(midnight + random.pick(hours) * NS_PER_HOUR)),
      durationNs: random.pick(MINUTES) * NS_PER_MIN,
      service,
      relay: random.pick(relaysOf(service)),
    };
  });
}

/** What decides a person's meetings. */
export interface MeetingPlan {
  readonly host: Host;
  readonly day: WorkDay;
  readonly midnight: TrueNs;
  /** The office's stream for the person's department and day: the same for all its members. */
  readonly calendar: Random;
  /** The person's own stream: whether to join is nobody else's business. */
  readonly random: Random;
  /** Chance to join each. */
  readonly joining: number;
}

/** Joins the meetings of the department that the person's hours and own chance allow. */
export function joinMeetings(plan: MeetingPlan, isClaimed: (service: MeetingService) => boolean): void {
  const { host, day, midnight, calendar, random, joining } = plan;
  meetingsOf(calendar, midnight).forEach(({ startNs, durationNs, service, relay }, index) => {
    const chance = random.fork(`meeting:${index}`);
    if (!chance.chance(Math.min(1, joining)) || isClaimed(service)) return;
    const { mean, deviation, earliest, latest } = JOINING_S;
    const lateS = Math.round(Math.min(latest, Math.max(earliest, chance.normal(mean, deviation))));
    const at = trueNs(startNs + lateS * NS_PER_S);
    const stayNs = durationNs - Math.round(lateS + chance.uniform(-90, 30)) * NS_PER_S;
    if (at >= day.arriveNs && at + stayNs <= day.leaveNs)
      host.begin(at, call(host, at, service, stayNs, BACKGROUND, chance, relay));
  });
}

/** How many meetings a day offers. */
export const MEETINGS_PER_DAY = SLOTS.length;
