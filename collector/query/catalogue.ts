import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../../core/net/icmp.ts';
import { parseRange, rangeHas, type AddressRange, type StoredAddress } from '../../core/net/stored-address.ts';

/** A range of ports of one transport protocol. */
type PortRange = readonly [protocol: number, first: number, last: number];

/** What is known of an application besides its name. */
export interface Application {
  readonly name: string;
  readonly category: string;
  /** How a reader knows it. */
  readonly label: string;
  readonly suffixes: readonly string[];
  readonly prefixes: readonly AddressRange[];
  readonly ports: readonly PortRange[];
}

/** What an application was recognised by; the earlier, the better. */
export const REASONS = ['exported', 'name', 'prefix', 'port', 'none'] as const;
export type Reason = (typeof REASONS)[number];

/** What a flow shows of its application. */
export interface Clue {
  /** RFC 6759, 0 when the exporter did not say. */
  readonly applicationId: number;
  readonly serverAddress: StoredAddress;
  readonly protocol: number;
  readonly serverPort: number;
}

export interface Classification {
  readonly application: Application;
  readonly reason: Reason;
}

const TCP = 6;
const UDP = 17;

interface Facts {
  readonly suffixes?: readonly string[];
  readonly prefixes?: readonly string[];
  readonly ports?: readonly PortRange[];
}

function application(name: string, category: string, label: string, facts: Facts = {}): Application {
  const prefixes = (facts.prefixes ?? []).map((text) => parseRange(text)).filter((prefix) => prefix !== undefined);
  return { name, category, label, suffixes: facts.suffixes ?? [], prefixes, ports: facts.ports ?? [] };
}

/** A prefix that several applications share (mail) is nobody's: there the port decides. */
export const APPLICATIONS: readonly Application[] = [
  application('youtube', 'streaming', 'YouTube', {
    suffixes: ['googlevideo.com', 'youtube.com', 'ytimg.com', 'ggpht.com', 'youtubei.googleapis.com'],
    prefixes: ['198.18.1.0/24', '2001:db8:18:1::/64'],
  }),
  application('netflix', 'streaming', 'Netflix', {
    suffixes: ['nflxvideo.net', 'netflix.com'],
    prefixes: ['198.18.2.0/24', '2001:db8:18:2::/64'],
  }),
  application('spotify', 'streaming', 'Spotify', {
    suffixes: ['scdn.co', 'spotify.com'],
    prefixes: ['198.18.3.0/24', '2001:db8:18:3::/64'],
  }),
  application('smtp-submission', 'mail', 'mail', { ports: [[TCP, 587, 587]] }),
  application('imap', 'mail', 'mail', { ports: [[TCP, 993, 993]] }),
  application('dropbox', 'downloads', 'Dropbox', {
    suffixes: ['dropbox.com', 'dropboxapi.com', 'dropboxusercontent.com'],
    prefixes: ['198.18.6.0/24', '2001:db8:18:6::/64'],
  }),
  application('software-download', 'downloads', 'software', {
    suffixes: ['download.example'],
    prefixes: ['198.18.7.0/24', '2001:db8:18:7::/64'],
  }),
  application('onedrive', 'cloud', 'OneDrive', {
    suffixes: ['onedrive.com', 'sharepoint.com'],
    prefixes: ['198.18.8.0/24', '2001:db8:18:8::/64'],
  }),
  application('zoom', 'meetings', 'Zoom', {
    suffixes: ['zoom.us'],
    prefixes: ['198.18.9.0/24', '2001:db8:18:9::/64'],
    ports: [[UDP, 8801, 8810]],
  }),
  application('teams', 'meetings', 'Teams', {
    suffixes: ['teams.microsoft.com'],
    prefixes: ['198.18.10.0/24', '2001:db8:18:10::/64'],
    ports: [[UDP, 3478, 3481]],
  }),
  application('windows-update', 'updates', 'Windows', {
    suffixes: ['windowsupdate.com', 'update.microsoft.com'],
    prefixes: ['198.18.11.0/24', '2001:db8:18:11::/64'],
  }),
  application('business-apps', 'work', 'business applications', {
    suffixes: ['office.com', 'salesforce.com'],
    prefixes: ['198.18.12.0/24', '2001:db8:18:12::/64'],
  }),
  application('web', 'web', 'the web', { prefixes: ['198.18.16.0/20', '2001:db8:18:16::/64'], ports: [[TCP, 443, 443], [UDP, 443, 443], [TCP, 80, 80]] }), // prettier-ignore
  application('dns', 'infrastructure', 'DNS', { prefixes: ['198.18.0.53/32'], ports: [[UDP, 53, 53], [TCP, 53, 53]] }), // prettier-ignore
  application('ntp', 'infrastructure', 'NTP', { ports: [[UDP, 123, 123]] }),
  application('bittorrent', 'file sharing', 'BitTorrent', {
    prefixes: ['198.19.0.0/16'],
    ports: [[TCP, 6881, 6889], [UDP, 6881, 6889]], // prettier-ignore
  }),
  application('google-search', 'web', 'Google', {
    suffixes: ['google.com', 'gstatic.com'],
    prefixes: ['198.18.13.0/24', '2001:db8:18:13::/64'],
  }),
  application('gmail', 'mail', 'Gmail', { suffixes: ['mail.google.com'], prefixes: ['198.18.4.0/24', '2001:db8:18:4::/64'] }),
  application('slack', 'chat', 'Slack', { suffixes: ['slack.com'], prefixes: ['198.18.14.0/24', '2001:db8:18:14::/64'] }),
  application('voip', 'telephony', 'the telephone', {
    suffixes: ['telephony.example'],
    prefixes: ['198.18.15.0/24', '2001:db8:18:15::/64'],
    ports: [[UDP, 5060, 5061], [UDP, 16384, 32767]], // prettier-ignore
  }),
  application('ssh', 'remote work', 'SSH', { ports: [[TCP, 22, 22]] }),
  application('rdp', 'remote work', 'a remote desktop', { ports: [[TCP, 3389, 3389]] }),
  application('vpn', 'remote work', 'a VPN', { ports: [[UDP, 500, 500], [UDP, 4500, 4500]] }), // prettier-ignore
  application('cloud-backup', 'backup', 'the cloud backup', {
    suffixes: ['backup.example'],
    prefixes: ['198.18.35.0/24', '2001:db8:18:35::/64'],
  }),
  application('camera-cloud', 'devices', 'the camera cloud', { suffixes: ['cameras.example'], prefixes: ['198.18.36.0/25'] }),
  application('printer-telemetry', 'devices', "the maker's service", {
    suffixes: ['printers.example'],
    prefixes: ['198.18.36.128/25'],
  }),
  application('traceroute', 'infrastructure', 'the search for ways', { ports: [[UDP, 33_434, 33_534]] }),
  application('push', 'chat', 'notifications', { prefixes: ['198.18.37.0/24', '2001:db8:18:37::/64'], ports: [[TCP, 5223, 5223], [TCP, 5228, 5230]] }), // prettier-ignore
];

/** Pings, and why packets came to nothing: wherever they go to, they are about the network. */
const ICMP = application('icmp', 'infrastructure', 'pings and errors');

/** What nothing is known of. */
export const OTHER = application('other', 'other', 'other services');

const BY_NAME = new Map([...APPLICATIONS, ICMP, OTHER].map((entry) => [entry.name, entry]));
const BY_SUFFIX = new Map(APPLICATIONS.flatMap((entry) => entry.suffixes.map((suffix) => [suffix, entry] as const)));

/** Names applications by what flows show: the exporter's word, else the server's DNS name, its prefix, its port, in this order. */
export class Catalogue {
  readonly #applications: ReadonlyMap<number, string>;
  readonly #names: ReadonlyMap<StoredAddress, string>;
  /** Names the exporter knows and this catalogue does not. */
  readonly #foreign = new Map<string, Application>();

  /** Names of application ids as exported, and names of addresses as DNS gave them. */
  constructor(applications: ReadonlyMap<number, string>, names: ReadonlyMap<StoredAddress, string>) {
    this.#applications = applications;
    this.#names = names;
  }

  classify({ applicationId, serverAddress, protocol, serverPort }: Clue): Classification {
    const exported = this.#applications.get(applicationId);
    if (exported !== undefined) return { application: this.byName(exported), reason: 'exported' };
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) return { application: ICMP, reason: 'port' };
    const named = bySuffix(this.#names.get(serverAddress) ?? '');
    if (named !== undefined) return { application: named, reason: 'name' };
    const placed = APPLICATIONS.find(({ prefixes }) => prefixes.some((prefix) => rangeHas(prefix, serverAddress)));
    if (placed !== undefined) return { application: placed, reason: 'prefix' };
    const heard = APPLICATIONS.find(({ ports }) =>
      ports.some(([transport, first, last]) => transport === protocol && serverPort >= first && serverPort <= last),
    );
    return heard === undefined ? { application: OTHER, reason: 'none' } : { application: heard, reason: 'port' };
  }

  /** The application of that name; one that is in no list goes by its name and the category "other". */
  byName(name: string): Application {
    const known = BY_NAME.get(name) ?? this.#foreign.get(name);
    if (known !== undefined) return known;
    const foreign = application(name, OTHER.category, name);
    this.#foreign.set(name, foreign);
    return foreign;
  }
}

function bySuffix(name: string): Application | undefined {
  let rest = name.toLowerCase();
  for (;;) {
    const found = BY_SUFFIX.get(rest);
    const dot = rest.indexOf('.');
    if (found !== undefined || dot < 0) return found;
    rest = rest.slice(dot + 1);
  }
}
