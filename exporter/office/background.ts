import type { Random } from '../../core/random/random.ts';
import { NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../core/time/instant.ts';
import { useBusinessApps } from './applications/business-apps.ts';
import { call } from './applications/call.ts';
import { downloadFromDropbox, downloadSoftware } from './applications/file-download.ts';
import { browseLightly } from './applications/light.ts';
import { pollImap, writeMails } from './applications/mail.ts';
import { watchNetflix } from './applications/netflix.ts';
import { askForTime } from './applications/ntp.ts';
import { syncOnedrive } from './applications/onedrive.ts';
import { listenToSpotify } from './applications/spotify.ts';
import { browse, type Web } from './applications/web.ts';
import { updateWindows } from './applications/windows-update.ts';
import { watchYoutube } from './applications/youtube.ts';
import type { HabitRates } from './habits.ts';
import { BACKGROUND, type Host } from './host.ts';
import { NS_PER_HOUR, NS_PER_MIN, type WorkDay } from './schedule.ts';
import type { Claim } from './scripted.ts';
import type { Activity } from './wire.ts';

/** What a day of generated traffic is made from. */
export interface DayPlan {
  readonly host: Host;
  readonly day: WorkDay;
  /** The person's stream of chance for this day. */
  readonly random: Random;
  readonly web: Web;
  /** Multiplies how often things occur. */
  readonly scale: number;
  /** What the scenario's script does, and this must not. */
  readonly claimed: ReadonlySet<Claim>;
}

/** Begins everything somebody does in a day without being told. */
export function beginDay(plan: DayPlan, rates: HabitRates): void {
  const { host, day, random, web, scale, claimed } = plan;
  if (day.leaveNs <= day.arriveNs || scale <= 0) return;
  // Some are busier than others.
  const busy = scale * Math.min(1.25, Math.max(0.8, random.logNormal(1, 0.12)));
  const often = (name: string, perHour: number, start: (random: Random, gapNs: DurationNs) => Activity): void => {
    if (perHour > 0) host.begin(day.arriveNs, start(random.fork(name), NS_PER_HOUR / (perHour * busy)));
  };
  often('web', rates.pagesPerHour, (chance, gapNs) => browse(host, day, chance, web, gapNs));
  often('business-apps', rates.businessPerHour, (chance, gapNs) => useBusinessApps(host, day, chance, gapNs));
  often('onedrive', rates.onedrivePerHour, (chance, gapNs) => syncOnedrive(host, day, chance, gapNs));
  if (!claimed.has('mail')) {
    often('mail', rates.mailsPerHour, (chance, gapNs) => writeMails(host, day, chance, gapNs));
    host.begin(day.arriveNs, pollImap(host, day, random.fork('imap')));
  }
  host.begin(day.arriveNs, askForTime(host, day, random.fork('ntp')));
  host.begin(day.arriveNs, updateWindows(host, day, random.fork('windows-update')));
  beginTreats(plan, rates);
}

/** A day of little traffic: up to `budgetOctets` of web. */
export function beginLightDay(plan: DayPlan, budgetOctets: number): void {
  const { host, day, random, web, scale } = plan;
  if (day.leaveNs <= day.arriveNs || scale <= 0) return;
  host.begin(day.arriveNs, browseLightly(host, day, random.fork('web'), web, budgetOctets));
  host.begin(day.arriveNs, askForTime(host, day, random.fork('ntp')));
}

/** A day has room for this many calls, one in each part of it. */
const CALL_SLOTS = 4;

/** What happens once or a few times a day, or not at all. */
function beginTreats({ host, day, random, scale, claimed }: DayPlan, rates: HabitRates): void {
  const once = (claim: Claim, chance: number, start: (at: TrueNs, random: Random) => Activity, part = 0, parts = 1): void => {
    const stream = random.fork(`${claim}:${part}`);
    if (claimed.has(claim) || !stream.chance(Math.min(1, chance * scale))) return;
    const room = (day.leaveNs - 20 * NS_PER_MIN - day.arriveNs) / parts;
    const at = trueNs(Math.round(day.arriveNs + room * (part + stream.uniform())));
    if (at >= day.arriveNs) host.begin(at, start(at, stream));
  };
  once('youtube', rates.youtube, (at, chance) => {
    const minutes = Math.min(25, chance.logNormal(8, 0.6));
    return watchYoutube(host, at, wholeSeconds(minutes), Math.round(minutes * chance.uniform(8e6, 14e6)), BACKGROUND, chance);
  });
  once('netflix', rates.netflix, (at, chance) => {
    const minutes = chance.uniform(10, 25);
    return watchNetflix(host, at, wholeSeconds(minutes), Math.round(minutes * 16e6), BACKGROUND, chance);
  });
  once('spotify', rates.spotify, (at, chance) => {
    const minutes = chance.uniform(15, 120);
    return listenToSpotify(host, at, wholeSeconds(minutes), Math.round(minutes * 1.2e6), BACKGROUND, chance);
  });
  once('dropbox', rates.dropbox, (at, chance) => {
    const octets = Math.round(Math.min(150e6, Math.max(1e6, chance.logNormal(25e6, 1))));
    return downloadFromDropbox(host, at, octets, BACKGROUND, chance);
  });
  once('software-download', rates.softwareDownload, (at, chance) => {
    const octets = Math.round(Math.min(300e6, Math.max(1e6, chance.logNormal(70e6, 0.8))));
    return downloadSoftware(host, at, octets, BACKGROUND, chance);
  });
  for (let part = 0; part < CALL_SLOTS; part++) {
    const service = part % 2 === 0 ? 'teams' : 'zoom';
    const ring = (at: TrueNs, chance: Random): Activity => {
      const minutes = Math.min(60, Math.max(3, chance.logNormal(22, 0.5)));
      return call(host, at, service, wholeSeconds(minutes), BACKGROUND, chance);
    };
    once(service, rates.callsPerDay / CALL_SLOTS, ring, part, CALL_SLOTS);
  }
}

const wholeSeconds = (minutes: number): DurationNs => Math.round(minutes * 60) * NS_PER_S;
