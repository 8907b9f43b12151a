import { readFileSync } from 'node:fs';
import { groupBy } from '../../collector/query/group-by.ts';
import { formatIPv4 } from '../../core/net/address.ts';
import { CaptureReader } from '../../core/net/capture/capture-reader.ts';
import { formatEndpoint } from '../../core/net/endpoint.ts';
import { PROTOCOL_UDP } from '../../core/net/packet-train.ts';
import { PacketParser } from '../../core/net/packet/packet-parser.ts';
import { NTP_PORT } from '../../core/ntp/packet.ts';
import { NS_PER_MS, trueNs, type TrueNs } from '../../core/time/instant.ts';
import type { Exchange } from '../world/exchange-log.ts';
import { NtpRing } from '../view/ntp-ring.ts';
import type { RunClock } from '../view/run-clocks.ts';

const MS_PER_S = 1_000;
const UDP_HEADER_LENGTH = 8;

/** A packet of ntp.pcap by the addresses it has there. */
interface SavedPacket {
  readonly at: TrueNs;
  readonly way: 'request' | 'reply';
  readonly client: string;
  readonly server: string;
  readonly payload: Uint8Array;
}

type NamedExchange = Exchange & { readonly device: string };

/**
 * The newest packets of ntp.pcap, each reply with the exchange of exchanges.csv that ended when it came. By those the addresses get their
 * names; who is in none keeps the address.
 */
export function keptNtpPackets(path: string, clocks: readonly RunClock[], epochUnixMs: number): NtpRing {
  const packets = packetsOf(path, epochUnixMs);
  const exchanges: NamedExchange[] = clocks.flatMap(({ device, exchanges: all }) => all.map((one) => ({ ...one, device })));
  const endedAt = groupBy(exchanges, ({ trueT4Ns }) => trueT4Ns);
  const endedBy = ({ way, at }: SavedPacket): readonly NamedExchange[] => (way === 'reply' ? (endedAt.get(at) ?? []) : []);
  const names = new Map<string, string>();
  for (const packet of packets) {
    const [exchange, other] = endedBy(packet);
    // Where two ended in the same instant it cannot be told whose is whose.
    if (exchange === undefined || other !== undefined) continue;
    names.set(packet.client, exchange.device);
    names.set(packet.server, exchange.server);
  }
  const ring = new NtpRing();
  for (const packet of packets) {
    const { at, way, payload } = packet;
    const client = names.get(packet.client) ?? packet.client;
    const server = names.get(packet.server) ?? packet.server;
    const exchange = endedBy(packet).find((one) => one.device === client && one.server === server);
    ring.add({ client, server, way, at, payload, askedAt: exchange?.trueT1Ns, outcome: exchange?.outcome, exchange });
  }
  return ring;
}

/** Of what the lab wrote, whole IPv4 packets; anything else is passed over. */
function packetsOf(path: string, epochUnixMs: number): SavedPacket[] {
  const packets: SavedPacket[] = [];
  const reader = new CaptureReader();
  const parser = new PacketParser();
  reader.handle(readFileSync(path));
  while (reader.next()) {
    const { frame } = reader;
    const { view } = parser;
    if (parser.parse(frame) !== 'ip' || view.protocol !== PROTOCOL_UDP || view.ipVersion !== 4) continue;
    const source = endpointText(view.sourceAddress, view.sourcePort);
    const destination = endpointText(view.destinationAddress, view.destinationPort);
    const isReply = view.sourcePort === NTP_PORT;
    const [client, server] = isReply ? [destination, source] : [source, destination];
    // The seconds since 1970 have more nanoseconds than a number can tell.
    const at = trueNs((frame.timeS * MS_PER_S - epochUnixMs) * NS_PER_MS + frame.timeNs);
    const payload = frame.octets.slice(view.payloadBegin + UDP_HEADER_LENGTH, view.payloadEnd);
    packets.push({ at, way: isReply ? 'reply' : 'request', client, server, payload });
  }
  return packets;
}

const endpointText = (address: number, port: number): string => formatEndpoint({ address: formatIPv4(address), port });
