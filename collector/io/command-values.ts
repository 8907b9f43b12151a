import { InvalidArgumentError } from 'commander';
import { parseEndpoint } from '../../core/net/endpoint.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';
import { parseStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { instantOf } from '../query/language/instant.ts';

/** Values of an option that may be repeated. */
export const repeated = (value: string, before: readonly string[] = []): string[] => [...before, value];

export function parseWhole(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 0x7fffffff) return value;
  throw new InvalidArgumentError('It is not a whole number from 0 on.');
}

export function parseWho(text: string): { publicAddress: StoredAddress; publicPort: number } {
  const endpoint = parseEndpoint(text);
  const publicAddress = parseStored(endpoint?.address ?? '');
  if (endpoint === undefined || publicAddress === undefined)
    throw new InvalidArgumentError('It is not an address and a port such as 203.0.113.7:40012 or [2001:db8::1]:443.');
  return { publicAddress, publicPort: endpoint.port };
}

/** Milliseconds since 1970. Without a zone it would depend on where it is typed. */
export function parseInstant(text: string): number {
  const at = instantOf(text);
  if (at !== undefined) return at;
  throw new InvalidArgumentError('It is not a time with its zone such as 2026-03-02T14:03:22Z.');
}

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: PROTOCOL_TCP, udp: PROTOCOL_UDP };

export function parseProtocol(text: string): number {
  const protocol = PROTOCOLS[text.toLowerCase()] ?? (/^\d{1,3}$/.test(text) ? Number(text) : 256);
  if (protocol < 256) return protocol;
  throw new InvalidArgumentError('It is not tcp, udp, icmp or a protocol number.');
}
