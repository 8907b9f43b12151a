import { parseIPv4, type IPv4Prefix } from '../../core/net/address.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';
import type { Random } from '../../core/random/random.ts';
import { NS_PER_MS, type DurationNs } from '../../core/time/instant.ts';

/** A service somewhere on the internet. Addresses lie in 198.18.0.0/15 (RFC 2544): they are data, nobody is ever contacted. */
export interface Server {
  readonly address: number;
  readonly port: number;
  readonly protocol: number;
  /** The name clients ask for; empty when they go by address. */
  readonly name: string;
  /** From a packet leaving the router to its answer. */
  readonly roundTripNs: DurationNs;
}

/** A server whose round trip is a fixed function of its address, 10 to 40 ms. */
export function serverAt(address: number, protocol: number, port: number, name: string): Server {
  const spread = Math.imul(address, 0x9e3779b1) >>> 0;
  const roundTripNs = 10 * NS_PER_MS + (spread % 30_001) * 1_000;
  return { address, port, protocol, name, roundTripNs };
}

/** Servers with consecutive addresses, one for each name, from host number 10 of the prefix on. */
function pool<const Names extends readonly string[]>(
  network: string,
  protocol: number,
  port: number,
  names: Names,
): { readonly [Index in keyof Names]: Server } {
  const base = addressOf(network) + 10;
  return names.map((name, index) => serverAt(base + index, protocol, port, name)) as { [Index in keyof Names]: Server };
}

const addressOf = (text: string): number => parseIPv4(text) ?? 0;

const numbered = (count: number, name: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => name(index + 1));

/** Who answers for each application. */
export const SERVERS = {
  youtube: pool(
    '198.18.1.0',
    PROTOCOL_UDP,
    443,
    numbered(24, (index) => `rr${index}---sn-lab.googlevideo.com`),
  ),
  youtubePages: pool('198.18.1.128', PROTOCOL_UDP, 443, ['www.youtube.com', 'i.youtube.com']),
  netflix: pool(
    '198.18.2.0',
    PROTOCOL_TCP,
    443,
    numbered(16, (index) => `ipv4-c${index}-lab.oca.nflxvideo.net`),
  ),
  spotify: pool(
    '198.18.3.0',
    PROTOCOL_TCP,
    443,
    numbered(8, (index) => `audio${index}.scdn.co`),
  ),
  submission: pool('198.18.5.0', PROTOCOL_TCP, 587, ['smtp.mail.example']),
  imap: pool('198.18.5.32', PROTOCOL_TCP, 993, ['imap.mail.example']),
  dropbox: pool(
    '198.18.6.0',
    PROTOCOL_TCP,
    443,
    numbered(12, (index) => `uc${index}.dl.dropboxusercontent.com`),
  ),
  softwareDownload: pool(
    '198.18.7.0',
    PROTOCOL_TCP,
    443,
    numbered(6, (index) => `cdn${index}.download.example`),
  ),
  onedrive: pool('198.18.8.0', PROTOCOL_TCP, 443, ['company.sharepoint.com', 'api.onedrive.com', 'storage.onedrive.com']),
  zoom: pool(
    '198.18.9.0',
    PROTOCOL_UDP,
    8801,
    numbered(16, (index) => `zoom-mmr${index}.zoom.us`),
  ),
  teams: pool(
    '198.18.10.0',
    PROTOCOL_UDP,
    3478,
    numbered(16, (index) => `relay${index}.teams.microsoft.com`),
  ),
  windowsUpdate: pool('198.18.11.0', PROTOCOL_TCP, 443, [
    'dl.windowsupdate.com',
    'au.windowsupdate.com',
    'fe3.update.microsoft.com',
  ]),
  businessApps: pool('198.18.12.0', PROTOCOL_TCP, 443, ['outlook.office.com', 'portal.office.com', 'company.my.salesforce.com']),
} as const satisfies Record<string, readonly Server[]>;

/** The name server everybody asks; nearer than the rest. */
export const RESOLVER: Server = {
  address: addressOf('198.18.0.53'),
  port: 53,
  protocol: PROTOCOL_UDP,
  name: '',
  roundTripNs: 8 * NS_PER_MS,
};

/** The time server of the office's computers. */
export const TIME_SERVER = serverAt(addressOf('198.18.0.123'), PROTOCOL_UDP, 123, '');

const PEERS: IPv4Prefix = { address: addressOf('198.19.0.0'), length: 16 };

/** Somebody at home who shares files: an address out of 198.19.0.0/16 and no name. */
export const randomPeer = (random: Random): Server =>
  serverAt(PEERS.address + random.int(256, 65_279), PROTOCOL_TCP, random.int(6_881, 6_889), '');
