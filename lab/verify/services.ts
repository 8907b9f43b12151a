import { isIPv6, wordsOf } from '../../core/net/address-book.ts';
import { PROTOCOL_UDP } from '../../core/net/packet-train.ts';

/** Services of the simulated internet by the number of their place: 198.18.N.0/24 and 2001:db8:18:N::/64. */
const SERVICES: Readonly<Record<number, string>> = {
  1: 'youtube',
  2: 'netflix',
  3: 'spotify',
  4: 'gmail',
  6: 'dropbox',
  7: 'software-download',
  8: 'onedrive',
  9: 'zoom',
  10: 'teams',
  11: 'windows-update',
  12: 'business-apps',
  13: 'google-search',
  14: 'slack',
  15: 'voip',
  35: 'cloud-backup',
  37: 'push',
};
/** Places of which two services have half each, cameras the first. */
const DEVICES_PLACE = 36;
const HALF = 128;
const PLACES = 0xc612;
const PEERS = 0xc613;
const IPV6_PLACES = 0x20010db8;
const IPV6_SITE = 0x0018;
const FIRST_WEB_PLACE = 16;
const LAST_WEB_PLACE = 31;
/** What is asked for, where the place says nothing. */
const PORTS: Readonly<Record<number, string>> = {
  22: 'ssh',
  80: 'web',
  443: 'web',
  587: 'smtp-submission',
  993: 'imap',
  3389: 'rdp',
};
/** IKE and what it sets up (RFC 7296, RFC 3948). */
const VPN_PORTS: readonly number[] = [500, 4_500];

/** What a conversation with a server is for, by a name of one word; `other` where an engineer who knows the simulated servers could not say. */
export function serviceOf(serverAddress: number, serverPort: number, protocol: number): string {
  const place = placeOf(serverAddress);
  if (place === 'peers') return 'bittorrent';
  if (place === DEVICES_PLACE) return (serverAddress & 0xff) < HALF ? 'camera-cloud' : 'printer-telemetry';
  if (place !== undefined && place >= FIRST_WEB_PLACE && place <= LAST_WEB_PLACE) return 'web';
  const placed = place === undefined ? undefined : SERVICES[place];
  if (placed !== undefined) return placed;
  if (protocol === PROTOCOL_UDP && VPN_PORTS.includes(serverPort)) return 'vpn';
  return PORTS[serverPort] ?? 'other';
}

function placeOf(address: number): number | 'peers' | undefined {
  if (!isIPv6(address)) {
    const half = address >>> 16;
    if (half === PEERS) return 'peers';
    return half === PLACES ? (address >>> 8) & 0xff : undefined;
  }
  const [first, second = 0] = wordsOf(address);
  // The number is written in decimal digits.
  return first === IPV6_PLACES && second >>> 16 === IPV6_SITE ? Number((second & 0xffff).toString(16)) : undefined;
}
