import { isIPv6, wordsOf } from '../../core/net/address-book.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../../core/net/icmp.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';

/** What a conversation is for; its name is one word, and missing where the port says it. */
interface Service {
  readonly category: string;
  readonly name?: string;
}

/** What an engineer knows of the simulated internet, by the number of its places: 198.18.N.0/24 and 2001:db8:18:N::/64. */
const PLACES: Readonly<Record<number, Service>> = {
  1: { category: 'streaming', name: 'youtube' },
  2: { category: 'streaming', name: 'netflix' },
  3: { category: 'streaming', name: 'spotify' },
  4: { category: 'mail', name: 'gmail' },
  5: { category: 'mail' },
  6: { category: 'downloads', name: 'dropbox' },
  7: { category: 'downloads', name: 'software-download' },
  8: { category: 'cloud', name: 'onedrive' },
  9: { category: 'meetings', name: 'zoom' },
  10: { category: 'meetings', name: 'teams' },
  11: { category: 'updates', name: 'windows-update' },
  12: { category: 'work', name: 'business-apps' },
  13: { category: 'web', name: 'google-search' },
  14: { category: 'chat', name: 'slack' },
  15: { category: 'telephony', name: 'voip' },
  32: { category: 'remote work' },
  33: { category: 'remote work' },
  34: { category: 'remote work' },
  35: { category: 'backup', name: 'cloud-backup' },
  37: { category: 'chat', name: 'push' },
};
const FIRST_WEB_PLACE = 16;
const LAST_WEB_PLACE = 31;
const WEB: Service = { category: 'web', name: 'web' };
/** Two services have half of it each, cameras the first. */
const DEVICES_PLACE = 36;
const HALF = 128;
const CAMERAS: Service = { category: 'devices', name: 'camera-cloud' };
const PRINTERS: Service = { category: 'devices', name: 'printer-telemetry' };
/** Upper half of the addresses of places: 198.18.0.0/16; and of peers: 198.19.0.0/16. */
const PLACES_HALF = 0xc612;
const PEERS_HALF = 0xc613;
const PEERS: Service = { category: 'file sharing', name: 'bittorrent' };
/** 2001:db8:18::/48. */
const IPV6_PLACES = 0x20010db8;
const IPV6_SITE = 0x0018;

/** What is asked for, where the place says nothing. */
const PORTS: Readonly<Record<number, Service>> = {
  22: { category: 'remote work', name: 'ssh' },
  80: WEB,
  443: WEB,
  587: { category: 'mail', name: 'smtp-submission' },
  993: { category: 'mail', name: 'imap' },
  3389: { category: 'remote work', name: 'rdp' },
};
/** IKE and what it sets up (RFC 7296, RFC 3948). */
const VPN_PORTS: readonly number[] = [500, 4_500];
const DNS_PORT = 53;
/** NTP knows only UDP (RFC 5905 section 7.3): who asks this port over TCP asks for something else. */
const NTP_PORT = 123;

/** Ports that traceroute(8) asks, on which nobody listens. */
const isTraceroute = (port: number, protocol: number): boolean => protocol === PROTOCOL_UDP && port >= 33_434 && port <= 33_534;

/** The true category of a conversation with a server, as an engineer who knows the simulated ones would call it. */
export function categoryOf(serverAddress: number, serverPort: number, protocol: number): string {
  if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6 || isTraceroute(serverPort, protocol)) return 'infrastructure';
  if (serverPort === DNS_PORT || (serverPort === NTP_PORT && protocol !== PROTOCOL_TCP)) return 'infrastructure';
  return (placedAt(serverAddress) ?? PORTS[serverPort])?.category ?? 'other';
}

/** What it is for, by a name of one word; `other` where that engineer could not say. */
export function serviceOf(serverAddress: number, serverPort: number, protocol: number): string {
  if (categoryOf(serverAddress, serverPort, protocol) === 'infrastructure') return infrastructureOf(serverPort, protocol);
  const placed = placedAt(serverAddress)?.name;
  if (placed !== undefined) return placed;
  if (protocol === PROTOCOL_UDP && VPN_PORTS.includes(serverPort)) return 'vpn';
  return PORTS[serverPort]?.name ?? 'other';
}

function infrastructureOf(serverPort: number, protocol: number): string {
  if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) return 'icmp';
  if (isTraceroute(serverPort, protocol)) return 'traceroute';
  return serverPort === DNS_PORT ? 'dns' : 'ntp';
}

function placedAt(address: number): Service | undefined {
  if (!isIPv6(address) && address >>> 16 === PEERS_HALF) return PEERS;
  const place = placeOf(address);
  if (place === undefined) return undefined;
  if (place === DEVICES_PLACE) return (address & 0xff) < HALF ? CAMERAS : PRINTERS;
  return place >= FIRST_WEB_PLACE && place <= LAST_WEB_PLACE ? WEB : PLACES[place];
}

function placeOf(address: number): number | undefined {
  if (!isIPv6(address)) return address >>> 16 === PLACES_HALF ? (address >>> 8) & 0xff : undefined;
  const [first, second = 0] = wordsOf(address);
  // The number is written in decimal digits.
  return first === IPV6_PLACES && second >>> 16 === IPV6_SITE ? Number((second & 0xffff).toString(16)) : undefined;
}
