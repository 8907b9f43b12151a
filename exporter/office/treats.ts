import type { Random } from '../../core/random/random.ts';
import { NS_PER_S, trueNs, type DurationNs, type TrueNs } from '../../core/time/instant.ts';
import { downloadFromDropbox, downloadSoftware } from './applications/downloads.ts';
import { watchNetflix } from './applications/netflix.ts';
import { useRemoteDesktop } from './applications/remote-desktop.ts';
import { listenToSpotify } from './applications/spotify.ts';
import { joinCustomer } from './applications/vpn.ts';
import { watchYoutube } from './applications/youtube.ts';
import type { DayPlan } from './day-plan.ts';
import type { HabitRates } from './habits.ts';
import { BACKGROUND } from './host.ts';
import { NS_PER_MIN } from './schedule.ts';
import type { Claim } from './scripted.ts';
import type { Activity } from './wire.ts';

type Treat = Claim | 'rdp' | 'vpn';
type Chances = Pick<HabitRates, 'youtube' | 'netflix' | 'spotify' | 'dropbox' | 'softwareDownload' | 'rdp' | 'vpn'>;

/** Some go for a coffee and leave the video waiting. */
const PAUSE_PART = 0.3;
const PAUSE_S: readonly [number, number] = [20, 150];

/** What happens once a day or not at all, some time that day. */
export function beginTreats({ host, day, random, scale, claimed }: DayPlan, chances: Chances): void {
  const once = (treat: Treat, chance: number, start: (at: TrueNs, random: Random) => Activity): void => {
    const stream = random.fork(`${treat}:0`);
    if (claimed.has(treat as Claim) || !stream.chance(Math.min(1, chance * scale))) return;
    const room = day.leaveNs - 20 * NS_PER_MIN - day.arriveNs;
    const at = trueNs(Math.round(day.arriveNs + room * stream.uniform()));
    if (at >= day.arriveNs) host.begin(at, start(at, stream));
  };
  once('youtube', chances.youtube, (at, chance) => {
    const minutes = Math.min(25, chance.logNormal(8, 0.6));
    const pauseNs = chance.chance(PAUSE_PART) ? Math.round(chance.uniform(...PAUSE_S)) * NS_PER_S : 0;
    const octets = Math.round(minutes * chance.uniform(8e6, 14e6));
    return watchYoutube(host, at, wholeSeconds(minutes), octets, BACKGROUND, chance, pauseNs);
  });
  once('netflix', chances.netflix, (at, chance) => {
    const minutes = chance.uniform(10, 25);
    return watchNetflix(host, at, wholeSeconds(minutes), Math.round(minutes * 16e6), BACKGROUND, chance);
  });
  once('spotify', chances.spotify, (at, chance) => {
    const minutes = chance.uniform(15, 120);
    return listenToSpotify(host, at, wholeSeconds(minutes), Math.round(minutes * 1.2e6), BACKGROUND, chance);
  });
  once('dropbox', chances.dropbox, (at, chance) => {
    const octets = Math.round(Math.min(150e6, Math.max(1e6, chance.logNormal(25e6, 1))));
    return downloadFromDropbox(host, at, octets, BACKGROUND, chance);
  });
  once('software-download', chances.softwareDownload, (at, chance) => {
    const octets = Math.round(Math.min(300e6, Math.max(1e6, chance.logNormal(70e6, 0.8))));
    return downloadSoftware(host, at, octets, BACKGROUND, chance);
  });
  once('rdp', chances.rdp, (at, chance) => useRemoteDesktop(host, at, Math.min(180, chance.logNormal(45, 0.6)), chance));
  once('vpn', chances.vpn, (at, chance) => joinCustomer(host, at, Math.min(240, chance.logNormal(70, 0.6)), chance));
}

const wholeSeconds = (minutes: number): DurationNs => Math.round(minutes * 60) * NS_PER_S;
