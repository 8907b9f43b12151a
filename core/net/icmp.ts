import { addressOfEndpoint, endpointNumber } from './endpoint-number.ts';
import type { Connection, Direction } from './packet-train.ts';

/*
 * ICMP as packet trains. There are no ports, so those of the connection say what stands in their place.
 *
 * Query (ping): the inside port is the Identifier (RFC 5508 section 3.1), the server's port is type * 256 + code of the query,
 * 0x0800 for an Echo Request, as in the tuples of Linux conntrack. The answers are the same connection the other way, so the
 * translation treats both as it treats UDP. `calledAddress` and `calledPort` (again the Identifier) when the outside asks.
 *
 * Error (time exceeded, port unreachable): a connection of its own, `about` the one whose packet it carries, with trains of one
 * direction. The port of the side it goes to is type * 256 + code, by the custom of NetFlow; that of its sender is 0. Its sender
 * need not be the server: a hop on the way has an address of its own. The translation follows the packet it carries (RFC 5508
 * section 4.2), changes the address of the outer header alone, and drops the error when that packet never passed.
 */

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_ICMPV6 = 58;

/** Query and its answer (RFC 792, RFC 950, RFC 4443 section 4); the codes are 0. */
const ANSWERS: ReadonlyMap<number, number> = new Map([
  [0x0800, 0x0000],
  [0x0d00, 0x0e00],
  [0x0f00, 0x1000],
  [0x1100, 0x1200],
  [0x8000, 0x8100],
]);

/** Destination Unreachable, Source Quench, Time Exceeded and Parameter Problem (RFC 792): they carry a packet. */
const ERROR_TYPES: readonly number[] = [3, 4, 11, 12];

export const isIcmpError = (typeCode: number): boolean => ERROR_TYPES.includes(typeCode >>> 8);

/** Type * 256 + code of the connection's packets in this direction; 0 unless it is ICMP. */
export function icmpTypeCodeOf(connection: Connection, direction: Direction): number {
  const { protocol, insidePort, serverPort, about, calledAddress } = connection;
  if (protocol !== PROTOCOL_ICMP && protocol !== PROTOCOL_ICMPV6) return 0;
  if (about !== undefined) return direction === 'up' ? serverPort : insidePort;
  const isQuery = (direction === 'up') === (calledAddress === 0);
  return isQuery ? serverPort : (ANSWERS.get(serverPort) ?? 0);
}

/** Type * 256 + code of the query that an answer belongs to; what is no answer is returned as it is. */
export function queryOf(typeCode: number): number {
  for (const [query, answer] of ANSWERS) if (answer === typeCode) return query;
  return typeCode;
}

/**
 * The public endpoint in the header of what arrives: an ICMP error for a packet that left from `publicEndpoint` has that address
 * and its own type.
 */
export const addressedTo = ({ about, insidePort }: Connection, publicEndpoint: number): number =>
  about === undefined ? publicEndpoint : endpointNumber(addressOfEndpoint(publicEndpoint), insidePort);
