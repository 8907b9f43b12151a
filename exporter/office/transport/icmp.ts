import { isIPv6 } from '../../../core/net/address-book.ts';
import { PROTOCOL_ICMP } from '../../../core/net/icmp.ts';
import type { Connection } from '../../../core/net/packet-train.ts';
import { after, type DurationNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Host } from '../host.ts';
import { serverAt, type Server } from '../internet/server.ts';

/* A host that has IPv6 alone neither asks nor hears anything here: ICMP is that of IPv4. */

/** Type * 256 + code (RFC 792). */
export const ICMP = {
  hostUnreachable: 0x0301,
  portUnreachable: 0x0303,
  fragmentationNeeded: 0x0304,
  echoRequest: 0x0800,
  timeExceeded: 0x0b00,
} as const;

/** An Echo Request with 56 octets of data, as ping sends it, and its Reply. */
const ECHO_OCTETS = 84;
/** IPv4 and ICMP header, and of the packet that caused it the header and 8 octets: all that RFC 792 asks for. */
const ERROR_OCTETS = 56;

/** `count` Echo Requests to the server's host, each answered. */
export function ping(host: Host, at: TrueNs, server: Server, count: number, intervalNs: DurationNs, activity: number): void {
  if (!host.hasIPv4) return;
  const asked = { ...server, protocol: PROTOCOL_ICMP, port: ICMP.echoRequest, name: '' };
  const connection = host.connect(asked, activity);
  const answered = after(at, host.roundTripNs(server));
  host.wire.send(connection, 'up', at, intervalNs, count, count * ECHO_OCTETS);
  host.wire.send(connection, 'down', answered, intervalNs, count, count * ECHO_OCTETS);
}

/** The router or host at `from` says why a packet of `about` came to nothing. */
export function hearError(host: Host, at: TrueNs, from: number, about: Connection, typeCode: number): void {
  if (!host.hasIPv4 || isIPv6(about.serverAddress)) return;
  const error = host.connect(serverAt(from, PROTOCOL_ICMP, 0, ''), about.activity, typeCode);
  host.wire.send({ ...error, about }, 'down', at, 0, 1, ERROR_OCTETS);
}

/** The host itself says so of a packet that came. */
export function sendError(host: Host, at: TrueNs, about: Connection, typeCode: number): void {
  if (!host.hasIPv4 || isIPv6(about.serverAddress)) return;
  const error = host.connect(serverAt(about.serverAddress, PROTOCOL_ICMP, typeCode, ''), about.activity, 0);
  host.wire.send({ ...error, about }, 'up', at, 0, 1, ERROR_OCTETS);
}
