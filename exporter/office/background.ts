import type { Random } from '../../core/random/random.ts';
import { trueNs, type DurationNs } from '../../core/time/instant.ts';
import { useBusinessApps } from './applications/business-apps.ts';
import { syncDropbox } from './applications/dropbox-sync.ts';
import { readGmail } from './applications/gmail.ts';
import { browseLightly } from './applications/light.ts';
import { readMailbox, writeMails } from './applications/mail.ts';
import { askForTime } from './applications/ntp.ts';
import { syncOnedrive } from './applications/onedrive.ts';
import { telephone } from './applications/phone.ts';
import { chat } from './applications/slack.ts';
import { administrate } from './applications/ssh.ts';
import { browse } from './applications/web.ts';
import { updateWindows } from './applications/windows-update.ts';
import type { DayPlan } from './day-plan.ts';
import type { HabitRates } from './habits.ts';
import { joinMeetings, MEETINGS_PER_DAY } from './meetings.ts';
import { NS_PER_HOUR } from './schedule.ts';
import { beginTreats } from './treats.ts';
import type { Activity } from './wire.ts';

const DROPBOX_SYNCS_PER_HOUR = 1.5;
/** A working day has about so many hours. */
const HOURS_PER_DAY = 8.5;

/**
 * Begins everything somebody does in a day without being told. `calendar` is the office's stream for the person's department
 * on this day.
 */
export function beginDay(plan: DayPlan, rates: HabitRates, calendar: Random): void {
  const { host, day, midnight, random, web, scale, claimed } = plan;
  if (day.leaveNs <= day.arriveNs || scale <= 0) return;
  // Some are busier than others.
  const busy = scale * Math.min(1.25, Math.max(0.8, random.logNormal(1, 0.12)));
  const often = (name: string, perHour: number, start: (random: Random, gapNs: DurationNs) => Activity): void => {
    if (perHour > 0) host.begin(day.arriveNs, start(random.fork(name), NS_PER_HOUR / (perHour * busy)));
  };
  /** What somebody has or has not for the whole day. */
  const having = (name: string, part: number, start: (random: Random) => Activity): void => {
    const stream = random.fork(name);
    if (stream.chance(Math.min(1, part * scale))) host.begin(day.arriveNs, start(stream));
  };
  often('web', rates.visitsPerHour, (chance, gapNs) => browse(host, day, chance, web, gapNs));
  often('business-apps', rates.businessPerHour, (chance, gapNs) => useBusinessApps(host, day, chance, gapNs));
  often('onedrive', rates.onedrivePerHour, (chance, gapNs) => syncOnedrive(host, day, chance, gapNs));
  often('phone', rates.phoneCallsPerDay / HOURS_PER_DAY, (chance, gapNs) => telephone(host, day, chance, gapNs));
  often('ssh', rates.sshPerDay / HOURS_PER_DAY, (chance, gapNs) => administrate(host, day, chance, gapNs));
  if (!claimed.has('mail')) {
    often('mail', rates.mailsPerHour, (chance, gapNs) => writeMails(host, day, chance, gapNs));
    host.begin(day.arriveNs, readMailbox(host, day, random.fork('imap'), 2 * rates.mailsPerHour * busy));
    having('gmail', rates.gmail, (chance) => readGmail(host, day, chance));
  }
  having('slack', rates.chat, (chance) => chat(host, day, chance));
  if (!claimed.has('dropbox')) {
    const gapNs = NS_PER_HOUR / DROPBOX_SYNCS_PER_HOUR;
    having('dropbox-sync', rates.dropboxSync, (chance) => syncDropbox(host, day, chance, gapNs));
  }
  host.begin(day.arriveNs, askForTime(host, day, random.fork('ntp')));
  const dayBegins = trueNs(Math.max(0, midnight));
  host.begin(dayBegins, updateWindows(host, midnight, plan.unixMs, day, random.fork('windows-update')));
  const joining = (rates.meetingsPerDay / MEETINGS_PER_DAY) * scale;
  joinMeetings({ host, day, midnight, calendar, random, joining }, (service) => claimed.has(service));
  beginTreats(plan, rates);
}

/** A day of little traffic: up to `budgetOctets` of web. */
export function beginLightDay(plan: DayPlan, budgetOctets: number): void {
  const { host, day, random, web, scale } = plan;
  if (day.leaveNs <= day.arriveNs || scale <= 0) return;
  host.begin(day.arriveNs, browseLightly(host, day, random.fork('web'), web, budgetOctets));
  host.begin(day.arriveNs, askForTime(host, day, random.fork('ntp')));
}
