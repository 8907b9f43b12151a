import { TCP_ACK, TCP_FIN, TCP_PSH } from '../../../core/net/packet-train.ts';
import { after, trueNs, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import type { Server } from '../internet/server.ts';
import { ACK_OCTETS, sendHandshake } from './tcp-session.ts';

const DATA = TCP_ACK | TCP_PSH;

/** A TCP connection over which both sides speak in turn, without much to say. */
export interface Dialogue {
  readonly server: Server;
  readonly activity: number;
  /** Packets each way after the handshake, two at least, FIN included, and the octets in them beside TCP/IP headers. */
  readonly upPackets: number;
  readonly upOctets: number;
  readonly downPackets: number;
  readonly downOctets: number;
  /** From the first packet after the handshake to the last of the same direction. */
  readonly lastsNs: DurationNs;
}

/** Holds a whole dialogue, evenly spread over its time, each side's FIN in its last packet with data. Returns the instant of the last packet. */
export function converse(host: Host, at: TrueNs, dialogue: Dialogue): TrueNs {
  const { server, activity, upPackets, downPackets, lastsNs } = dialogue;
  const connection = host.connect(server, activity);
  const roundTripNs = host.roundTripNs(server);
  const begin = sendHandshake(host.wire, connection, { roundTripNs, replyNs: host.replyNs }, at);
  const answer = after(begin, roundTripNs);
  const send = (direction: 'up' | 'down', start: TrueNs, packets: number, octets: number): TrueNs => {
    const intervalNs = Math.max(1, Math.floor(lastsNs / (packets - 1)));
    const total = Math.round(octets) + packets * ACK_OCTETS;
    host.wire.send(connection, direction, start, intervalNs, packets, total, TCP_ACK, DATA, DATA | TCP_FIN);
    return after(start, intervalNs * (packets - 1));
  };
  const upEnd = send('up', begin, upPackets, dialogue.upOctets);
  const downEnd = send('down', answer, downPackets, dialogue.downOctets);
  // The FIN of who speaks last is acknowledged (RFC 9293 section 3.6).
  const closed = after(trueNs(Math.max(upEnd, downEnd)), host.replyNs);
  host.wire.send(connection, 'up', closed, 0, 1, ACK_OCTETS, TCP_ACK);
  return closed;
}
