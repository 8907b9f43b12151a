import { wordsOf, isIPv6 } from '../../core/net/address-book.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../../core/net/icmp.ts';
import { embeddedIPv4, isNat64 } from '../../core/net/nat64-address.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';
import { addBetween } from './count.ts';
import type { Ledger } from './ledger.ts';

/** What an engineer who knows the simulated servers would call a conversation: by where it goes, then by its port. */
const PLACES: readonly (readonly [prefix: number, length: number, category: string])[] = [
  [0xc6120100, 24, 'streaming'],
  [0xc6120200, 24, 'streaming'],
  [0xc6120300, 24, 'streaming'],
  [0xc6120400, 24, 'mail'],
  [0xc6120500, 24, 'mail'],
  [0xc6120600, 24, 'downloads'],
  [0xc6120700, 24, 'downloads'],
  [0xc6120800, 24, 'cloud'],
  [0xc6120900, 24, 'meetings'],
  [0xc6120a00, 24, 'meetings'],
  [0xc6120b00, 24, 'updates'],
  [0xc6120c00, 24, 'work'],
  [0xc6120d00, 24, 'web'],
  [0xc6120e00, 24, 'chat'],
  [0xc6120f00, 24, 'telephony'],
  [0xc6121000, 20, 'web'],
  [0xc6122000, 24, 'remote work'],
  [0xc6122100, 24, 'remote work'],
  [0xc6122200, 24, 'remote work'],
  [0xc6122300, 24, 'backup'],
  [0xc6122400, 24, 'devices'],
  [0xc6122500, 24, 'chat'],
  [0xc6130000, 16, 'file sharing'],
];
/** The same services over IPv6: 2001:db8:18::/48, each with a /64 there; the second word of their servers' addresses. */
const IPV6_SERVICES = 0x20010db8;
const IPV6_PLACES: Readonly<Record<number, string>> = {
  0x00180001: 'streaming',
  0x00180002: 'streaming',
  0x00180003: 'streaming',
  0x00180004: 'mail',
  0x00180005: 'mail',
  0x00180006: 'downloads',
  0x00180007: 'downloads',
  0x00180008: 'cloud',
  0x00180009: 'meetings',
  0x00180010: 'meetings',
  0x00180011: 'updates',
  0x00180012: 'work',
  0x00180013: 'web',
  0x00180014: 'chat',
  0x00180015: 'telephony',
  0x00180016: 'web',
  0x00180032: 'remote work',
  0x00180033: 'remote work',
  0x00180034: 'remote work',
  0x00180035: 'backup',
  0x00180036: 'devices',
  0x00180037: 'chat',
};
const DNS_PORT = 53;
/** NTP knows only UDP (RFC 5905 section 7.3): who asks this port over TCP asks for something else. */
const NTP_PORT = 123;
/** What somebody's server is for, where its place says nothing. */
const PORTS: Readonly<Record<number, string>> = {
  22: 'remote work',
  80: 'web',
  443: 'web',
  587: 'mail',
  993: 'mail',
  3389: 'remote work',
};

/** Ports that traceroute(8) asks, on which nobody listens. */
const isTraceroute = (port: number, protocol: number): boolean => protocol === PROTOCOL_UDP && port >= 33_434 && port <= 33_534;

/** The true category of a conversation with a server. */
export function categoryOf(serverAddress: number, serverPort: number, protocol: number): string {
  if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6 || isTraceroute(serverPort, protocol)) return 'infrastructure';
  if (serverPort === DNS_PORT || (serverPort === NTP_PORT && protocol !== PROTOCOL_TCP)) return 'infrastructure';
  return placeOf(serverAddress) ?? PORTS[serverPort] ?? 'other';
}

function placeOf(address: number): string | undefined {
  if (!isIPv6(address)) return PLACES.find(([prefix, length]) => (address ^ prefix) >>> (32 - length) === 0)?.[2];
  const words = wordsOf(address);
  return words[0] === IPV6_SERVICES ? IPV6_PLACES[words[1] as number] : undefined;
}

/** Octets of the ledger by device and by category: what a perfect collector would have answered. */
export function trueTotals(ledger: Ledger): { byDevice: Map<number, number>; byCategory: Map<string, number> } {
  const byDevice = new Map<number, number>();
  const byCategory = new Map<string, number>();
  const { connections, trains } = ledger;
  /** By connection. */
  const categories: string[] = [];
  for (let train = 0; train < ledger.length; train++) {
    const count = { packets: 0, octets: 0 };
    addBetween(ledger, train, 0, Number.POSITIVE_INFINITY, count);
    const connection = trains.connection.at(train);
    const device = connections.device.at(connection);
    const category = (categories[connection] ??= categoryOf(
      outsideAddress(ledger, train),
      connections.serverPort.at(connection),
      connections.protocol.at(connection),
    ));
    byDevice.set(device, (byDevice.get(device) ?? 0) + count.octets);
    byCategory.set(category, (byCategory.get(category) ?? 0) + count.octets);
  }
  return { byDevice, byCategory };
}

/** Where the server is, which the inside may know by an address that NAT64 has made. */
function outsideAddress({ connections, trains }: Ledger, train: number): number {
  const connection = trains.connection.at(train);
  const address = connections.serverAddress.at(connection);
  return isNat64(address, trains.publicAddress.at(train)) ? embeddedIPv4(address) : address;
}
