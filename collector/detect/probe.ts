import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../../core/net/packet-train.ts';
import { isServed } from './contact.ts';
import type { InsideFlows } from './inside-flows.ts';

/** A probe is a SYN and perhaps its repetition or a reset; a connection that does anything takes more. */
export const MAX_PROBE_PACKETS = 3;
/** IPv6 header, TCP header and all options a SYN has: nothing is said in so little. */
const MAX_PROBE_OCTETS = 80;
/** Ports to which traceroute(8) sends: it asks many of one host, and is no scan. */
const FIRST_TRACEROUTE_PORT = 33_434;
const LAST_TRACEROUTE_PORT = 33_534;

/**
 * Whether a record shows somebody outside being asked for an answer and nothing more: a SYN that nobody acknowledged or that was reset, a reset that
 * refuses, a lonely little UDP datagram. Where packets are sampled a single packet of any connection can look like that.
 */
export function isProbe(flows: InsideFlows, row: number): boolean {
  const packets = flows.packets[row] as number;
  if (packets > MAX_PROBE_PACKETS || (flows.octets[row] as number) > packets * MAX_PROBE_OCTETS) return false;
  const protocol = flows.protocol[row];
  const isUp = flows.isUp[row] === 1;
  if (protocol === PROTOCOL_TCP && isUp) return isAsking(flows.tcpControlBits[row] as number);
  if (isServed(flows, row)) return false;
  if (protocol === PROTOCOL_TCP) return isRefusal(flows.tcpControlBits[row] as number);
  const port = flows.serverPort[row] as number;
  const isTraceroute = port >= FIRST_TRACEROUTE_PORT && port <= LAST_TRACEROUTE_PORT;
  return protocol === PROTOCOL_UDP && isUp && !isTraceroute;
}

/** A SYN, and perhaps the reset of whoever has seen enough (RFC 9293 section 3.5.2), but never an acknowledgement. */
export const isAsking = (controlBits: number): boolean =>
  (controlBits & TCP_SYN) !== 0 && (controlBits & (TCP_ACK | TCP_FIN | TCP_PSH)) === 0;

/** What a closed port answers, on the way in: a reset and nothing else. */
const isRefusal = (controlBits: number): boolean =>
  (controlBits & TCP_RST) !== 0 && (controlBits & (TCP_SYN | TCP_FIN | TCP_PSH)) === 0;
