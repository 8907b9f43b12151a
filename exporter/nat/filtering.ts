import { addressOfEndpoint } from '../../core/net/endpoint-number.ts';
import type { NatConfig } from './config.ts';
import type { Mapping } from './mapping.ts';

/** Whether a remote endpoint may send to the inside through the mapping (RFC 4787 section 5). */
export function admits(filtering: NatConfig['filtering'], { isStatic, sessions }: Mapping, remoteEndpoint: number): boolean {
  if (isStatic || filtering === 'endpoint-independent' || sessions.has(remoteEndpoint)) return true;
  if (filtering === 'address-and-port-dependent') return false;
  const address = addressOfEndpoint(remoteEndpoint);
  for (const known of sessions.keys()) if (addressOfEndpoint(known) === address) return true;
  return false;
}
