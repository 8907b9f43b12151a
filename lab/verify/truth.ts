import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../../core/net/icmp.ts';
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
  const place = PLACES.find(([prefix, length]) => (serverAddress ^ prefix) >>> (32 - length) === 0);
  return place?.[2] ?? PORTS[serverPort] ?? 'other';
}

/** Octets of the ledger by device and by category: what a perfect collector would have answered. */
export function trueTotals(ledger: Ledger): { byDevice: Map<number, number>; byCategory: Map<string, number> } {
  const byDevice = new Map<number, number>();
  const byCategory = new Map<string, number>();
  const { connections, trains } = ledger;
  for (let train = 0; train < ledger.length; train++) {
    const count = { packets: 0, octets: 0 };
    addBetween(ledger, train, 0, Number.POSITIVE_INFINITY, count);
    const connection = trains.connection.at(train);
    const device = connections.device.at(connection);
    const category = categoryOf(
      connections.serverAddress.at(connection),
      connections.serverPort.at(connection),
      connections.protocol.at(connection),
    );
    byDevice.set(device, (byDevice.get(device) ?? 0) + count.octets);
    byCategory.set(category, (byCategory.get(category) ?? 0) + count.octets);
  }
  return { byDevice, byCategory };
}
