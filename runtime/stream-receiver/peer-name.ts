import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';

/**
 * Whether the peer's certificate is one of `name`, a DNS name or an address: whatever the case, and by the Common Name only when it has no
 * DNS name of its own (RFC 7011 section 11.3, RFC 6125 section 6.4).
 */
export function isPeerNamed(socket: TLSSocket, name: string): boolean {
  const certificate = socket.getPeerX509Certificate();
  return (isIP(name) > 0 ? certificate?.checkIP(name) : certificate?.checkHost(name, { subject: 'default' })) !== undefined;
}
