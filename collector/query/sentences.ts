import type { Usage } from './usage.ts';
import { wordCount, wordDuration, wordOctets } from './wording.ts';

/** Below this much a day is a quiet one, of which sending mail says the most. */
const QUIET_OCTETS = 50_000_000;
/** What people do on purpose. It stands for the day from this share on, even when browsing used more. */
const NOTABLE_CATEGORIES: ReadonlySet<string> = new Set(['streaming', 'downloads', 'meetings', 'file sharing', 'cloud']);
const NOTABLE_SHARE = 0.2;

/** Sentences for applications that are spoken of in their own way. */
const SENTENCES: Readonly<Record<string, (usage: Usage) => string>> = {
  spotify: (usage) => `listened to Spotify for ${wordDuration(usage.durationS)} and used ${wordOctets(usage.octets)}`,
  'smtp-submission': (usage) => `sent ${wordCount(usage.connections, 'e-mail')} and used ${wordOctets(usage.octets)}`,
  imap: (usage) => `read mail (${wordOctets(usage.octets)})`,
  'software-download': (usage) => `downloaded ${wordOctets(usage.downOctets)} of software`,
  'windows-update': (usage) => `updated Windows (${wordOctets(usage.octets)})`,
  'business-apps': (usage) => `worked in business applications (${wordOctets(usage.octets)})`,
  web: (usage) =>
    usage.upOctets > usage.downOctets
      ? `uploaded ${wordOctets(usage.upOctets)} over the web`
      : `browsed the web (${wordOctets(usage.octets)})`,
  dns: (usage) => `looked up names (${wordOctets(usage.octets)})`,
  'google-search': (usage) => `searched with Google (${wordOctets(usage.octets)})`,
  gmail: (usage) => `read private mail (${wordOctets(usage.octets)})`,
  slack: (usage) => `chatted on Slack (${wordOctets(usage.octets)})`,
  voip: (usage) => `telephoned (${wordOctets(usage.octets)})`,
  ssh: (usage) => `worked on servers for ${wordDuration(usage.durationS)} (${wordOctets(usage.octets)})`,
  rdp: (usage) => `worked on a remote desktop for ${wordDuration(usage.durationS)} (${wordOctets(usage.octets)})`,
  vpn: (usage) => `was in another network by VPN for ${wordDuration(usage.durationS)} (${wordOctets(usage.octets)})`,
  'cloud-backup': (usage) => `backed up ${wordOctets(usage.upOctets)} to the cloud`,
  'camera-cloud': (usage) => `sent ${wordOctets(usage.upOctets)} of film to the camera cloud`,
  'printer-telemetry': (usage) => `reported to its maker (${wordOctets(usage.octets)})`,
  push: (usage) => `received notifications (${wordOctets(usage.octets)})`,
  traceroute: (usage) => `looked for the way to ${wordCount(usage.servers, 'server')} (${wordOctets(usage.octets)})`,
  ntp: (usage) => `set the clock (${wordOctets(usage.octets)})`,
};

/** Sentences for all others of a category. */
const CATEGORY_SENTENCES: Readonly<Record<string, (usage: Usage) => string>> = {
  streaming: (usage) =>
    `watched ${usage.application.label} for ${wordDuration(usage.durationS)} and used ${wordOctets(usage.octets)}`,
  downloads: (usage) =>
    usage.downOctets >= usage.upOctets
      ? `downloaded ${wordOctets(usage.downOctets)} from ${usage.application.label}`
      : `uploaded ${wordOctets(usage.upOctets)} to ${usage.application.label}`,
  meetings: (usage) => `met on ${usage.application.label} for ${wordDuration(usage.durationS)} (${wordOctets(usage.octets)})`,
  cloud: (usage) => `synchronised ${usage.application.label} (${wordOctets(usage.octets)})`,
  'file sharing': (usage) => `shared files over ${usage.application.label} (${wordOctets(usage.octets)})`,
};

/** What somebody did, without the name: `watched YouTube for 30 min and used 500 MB`. */
export function activitySentence(usage: Usage): string {
  const { name, category, label } = usage.application;
  const sentence = SENTENCES[name] ?? CATEGORY_SENTENCES[category];
  return sentence === undefined ? `used ${label} (${wordOctets(usage.octets)})` : sentence(usage);
}

/**
 * The one activity that stands for a person's day: on a quiet day the mail that was sent, else the largest thing done on
 * purpose when it is at least a fifth of everything, else the largest. `usages` are the person's, largest first.
 */
export function mainActivity(usages: readonly Usage[]): Usage | undefined {
  const total = usages.reduce((sum, { octets }) => sum + octets, 0);
  const mail = usages.find(({ application }) => application.name === 'smtp-submission');
  if (mail !== undefined && total < QUIET_OCTETS) return mail;
  const notable = usages.find(({ application }) => NOTABLE_CATEGORIES.has(application.category));
  return notable !== undefined && notable.octets >= total * NOTABLE_SHARE ? notable : usages[0];
}
