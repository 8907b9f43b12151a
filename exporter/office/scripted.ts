import type { Random } from '../../core/random/random.ts';
import { NS_PER_S, type DurationNs, type TrueNs } from '../../core/time/instant.ts';
import type { ActivityConfig } from './activity-config.ts';
import { automate } from './applications/automation.ts';
import { callHome } from './applications/beacon.ts';
import { share } from './applications/bittorrent.ts';
import { call } from './applications/call.ts';
import { browseCdn } from './applications/cdn.ts';
import { tunnel } from './applications/dns-tunnel.ts';
import { downloadFromDropbox, downloadSoftware } from './applications/downloads.ts';
import { scanHosts } from './applications/host-scan.ts';
import { sendMails } from './applications/mail.ts';
import { mine } from './applications/miner.ts';
import { monitor } from './applications/monitoring.ts';
import { watchNetflix } from './applications/netflix.ts';
import { scanPorts } from './applications/port-scan.ts';
import { listenToSpotify } from './applications/spotify.ts';
import { guessPasswords } from './applications/ssh-brute-force.ts';
import { installUpdate } from './applications/update-burst.ts';
import { backUp, exfiltrate, uploadTalk } from './applications/upload.ts';
import { watchYoutube } from './applications/youtube.ts';
import type { Host } from './host.ts';
import { NS_PER_MIN } from './schedule.ts';
import type { Activity } from './wire.ts';

/** Applications that are not generated for somebody who uses them by script. */
export type Claim = 'youtube' | 'netflix' | 'spotify' | 'mail' | 'dropbox' | 'software-download' | 'zoom' | 'teams';

/** What the activity claims for itself, `undefined` for what is never generated. */
export function claimOf(activity: ActivityConfig): Claim | undefined {
  switch (activity.do) {
    case 'watch':
    case 'download':
    case 'meet':
      return activity.application;
    case 'sendMail':
      return 'mail';
    default:
      return undefined;
  }
}

/** The size the scenario gives, in octets of IP packets both ways; `undefined` when it gives none. */
export function sizeOf(activity: ActivityConfig): number | undefined {
  switch (activity.do) {
    case 'watch':
    case 'download':
    case 'share':
    case 'exfiltrate':
    case 'backUp':
    case 'uploadTalk':
    case 'update':
      return Math.round(activity.megabytes * 1e6);
    case 'sendMail':
      return activity.count * mailOctets(activity.kilobytesEach);
    default:
      return undefined;
  }
}

const mailOctets = (kilobytes: number): number => Math.round(kilobytes * 1e3);

/** The activity as traffic of the host from `at` on; all its connections but the DNS questions carry `id`. */
export function perform(host: Host, at: TrueNs, activity: ActivityConfig, id: number, random: Random): Activity {
  const octets = sizeOf(activity) ?? 0;
  switch (activity.do) {
    case 'watch': {
      const players = { youtube: watchYoutube, netflix: watchNetflix, spotify: listenToSpotify };
      const pauseNs = Math.round(activity.pauseSeconds) * NS_PER_S;
      return players[activity.application](host, at, durationOf(activity.minutes), octets, id, random, pauseNs);
    }
    case 'sendMail':
      return sendMails(host, at, activity.count, mailOctets(activity.kilobytesEach), id, random);
    case 'download': {
      const from = activity.application === 'dropbox' ? downloadFromDropbox : downloadSoftware;
      return from(host, at, octets, id, random);
    }
    case 'portScan':
      return scanPorts(host, at, activity.target, activity.ports, activity.perSecond, id);
    case 'share':
      return share(host, at, durationOf(activity.minutes), octets, id, random);
    case 'meet':
      return call(host, at, activity.application, durationOf(activity.minutes), id, random);
    case 'hostScan':
      return scanHosts(host, at, activity, id, random);
    case 'bruteForce':
      return guessPasswords(host, at, activity, id, random);
    case 'beacon':
      return callHome(host, at, activity, id, random);
    case 'dnsTunnel':
      return tunnel(host, at, activity, id, random);
    case 'mine':
      return mine(host, at, activity, id, random);
    case 'exfiltrate':
      return exfiltrate(host, at, activity, octets, id);
    case 'backUp':
      return backUp(host, at, activity, octets, id);
    case 'uploadTalk':
      return uploadTalk(host, at, activity, octets, id);
    case 'update':
      return installUpdate(host, at, octets, id, random);
    case 'monitor':
      return monitor(host, at, activity, id, random);
    case 'automate':
      return automate(host, at, activity, id, random);
    case 'browseCdn':
      return browseCdn(host, at, activity, id, random);
  }
}

const durationOf = (minutes: number): DurationNs => Math.round((minutes * NS_PER_MIN) / NS_PER_S) * NS_PER_S;
