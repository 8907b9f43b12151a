import { addressOfEndpoint, endpointNumber } from '../../core/net/endpoint-number.ts';
import type { Connection } from '../../core/net/packet-train.ts';
import type { MappingTable } from './mapping-table.ts';

/*
 * ICMP errors find their way by the packet they carry, and by nothing of their own: `about` is that packet's connection, `table`
 * has the mappings of its protocol. They neither refresh nor end a session (RFC 5508 REQ-6, RFC 4787 REQ-12).
 */

/**
 * An error from inside: the endpoint it leaves from, with the public address its packet came to, or ours when its sender is a
 * router on the inside; -1 when the packet did not come in by a mapping (RFC 5508 REQ-5).
 */
export function sourceOfError(table: MappingTable, error: Connection, about: Connection, ourAddress: number): number {
  const mapping = table.ofInside(insideEndOf(about), remoteEndOf(about));
  if (mapping === undefined) return -1;
  const isFromHost = error.insideAddress === about.insideAddress;
  return endpointNumber(isFromHost ? addressOfEndpoint(mapping.publicEndpoint) : ourAddress, error.insidePort);
}

/**
 * Why an error from outside reaches nobody: no session has sent its packet from `publicEndpoint` (RFC 5508 REQ-4), or another
 * host's has. `undefined` when it goes in.
 */
export function refusalOfError(
  table: MappingTable,
  about: Connection,
  publicEndpoint: number,
): 'unmapped' | 'misdirected' | undefined {
  const remoteEndpoint = remoteEndOf(about);
  const mapping = table.ofPublic(publicEndpoint, remoteEndpoint);
  if (mapping?.sessions.has(remoteEndpoint) !== true) return 'unmapped';
  return mapping.insideEndpoint === insideEndOf(about) ? undefined : 'misdirected';
}

export const insideEndOf = ({ insideAddress, insidePort }: Connection): number => endpointNumber(insideAddress, insidePort);
export const remoteEndOf = ({ serverAddress, serverPort }: Connection): number => endpointNumber(serverAddress, serverPort);
