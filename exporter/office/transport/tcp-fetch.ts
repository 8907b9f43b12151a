import { TCP_ACK, TCP_FIN, TCP_PSH } from '../../../core/net/packet-train.ts';
import { after, NS_PER_MS, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { Server } from '../internet/server.ts';
import { longerHeaderOctets } from '../wire.ts';
import {
  ACK_OCTETS,
  CLIENT_FINISHED_OCTETS,
  CLIENT_HELLO_OCTETS,
  sendHandshake,
  SERVER_HELLO_OCTETS,
  SERVER_HELLO_PACKETS,
} from './tcp-session.ts';

/** Data in a full packet of IPv4: 1500 less headers and timestamps. */
const SEGMENT_OCTETS = 1_448;
/** Up to here a request's trains are merged; it is over before anybody could tell. */
const SMALL_PACKETS = 10;
const DATA = TCP_ACK | TCP_PSH;
const LAST = DATA | TCP_FIN;

/** What goes over a connection that is opened for one exchange. */
export interface Exchange {
  readonly server: Server;
  readonly activity: number;
  /** TLS payload of the request, which goes out at once (a file belongs in a `TcpSession`), and of the response. */
  readonly requestOctets: number;
  readonly responseOctets: number;
  readonly bitsPerSecond: number;
}

/**
 * One TCP connection with TLS for one exchange: 4 trains when it is small, else 6. Both sides' FIN is in the last train of
 * either direction. Returns the instant of the last packet.
 */
export function fetchOnce(host: Host, at: TrueNs, exchange: Exchange): TrueNs {
  const { server, requestOctets, responseOctets, bitsPerSecond } = exchange;
  const connection = host.connect(server, exchange.activity);
  const hello = sendHandshake(host, connection, server, at);
  const segmentOctets = SEGMENT_OCTETS - longerHeaderOctets(connection);
  const requestPackets = Math.max(1, Math.ceil(requestOctets / segmentOctets));
  const responsePackets = Math.max(1, Math.ceil(responseOctets / segmentOctets));
  const upPackets = 3 + requestPackets;
  const upOctets = ACK_OCTETS + CLIENT_HELLO_OCTETS + CLIENT_FINISHED_OCTETS + requestOctets + requestPackets * ACK_OCTETS;
  const downPackets = SERVER_HELLO_PACKETS + responsePackets;
  const downOctets = SERVER_HELLO_OCTETS + responseOctets + responsePackets * ACK_OCTETS;
  const answer = after(hello, server.roundTripNs);
  const { wire } = host;
  if (responsePackets <= SMALL_PACKETS && requestPackets <= SMALL_PACKETS) {
    const acks = 2 + (downPackets >> 1);
    const upIntervalNs = Math.ceil((3 * server.roundTripNs) / (upPackets + acks));
    const downIntervalNs = Math.ceil((2 * server.roundTripNs) / downPackets);
    wire.send(connection, 'up', hello, upIntervalNs, upPackets + acks, upOctets + acks * ACK_OCTETS, TCP_ACK, DATA, LAST);
    wire.send(connection, 'down', answer, downIntervalNs, downPackets, downOctets, TCP_ACK, DATA, LAST);
    return trueNs(Math.max(hello + upIntervalNs * (upPackets + acks - 1), answer + downIntervalNs * (downPackets - 1)));
  }
  const requestIntervalNs = Math.ceil((server.roundTripNs + NS_PER_MS) / (upPackets - 1));
  wire.send(connection, 'up', hello, requestIntervalNs, upPackets, upOctets, TCP_ACK, DATA, DATA);
  const intervalNs = Math.min(NS_PER_S / 2, Math.max(1, Math.round((1_500 * 8 * NS_PER_S) / bitsPerSecond)));
  wire.send(connection, 'down', answer, intervalNs, downPackets, downOctets, TCP_ACK, TCP_ACK, DATA);
  // One acknowledgement for two packets, our FIN, and the one for the server's FIN.
  const acks = ((downPackets + 1) >> 1) + 2;
  const firstAck = after(answer, 2 * intervalNs + NS_PER_MS);
  wire.send(connection, 'up', firstAck, 2 * intervalNs, acks, acks * ACK_OCTETS, TCP_ACK, TCP_ACK, TCP_ACK | TCP_FIN);
  const lastAck = firstAck + 2 * intervalNs * (acks - 1);
  const closed = after(trueNs(lastAck), server.roundTripNs);
  wire.send(connection, 'down', closed, 0, 1, ACK_OCTETS, TCP_FIN | TCP_ACK);
  return closed;
}
