import { formatEndpoint, parseEndpoint, type Endpoint } from '../../core/net/endpoint.ts';

/** Where Messages go: over a transport, or into a file as RFC 5655 has it. */
export type Destination =
  { readonly kind: 'udp' | 'tcp' | 'tls'; readonly endpoint: Endpoint } | { readonly kind: 'file'; readonly path: string };

/** Reads `host:port` (UDP), `udp://`, `tcp://` or `tls://` before it, or `file:path`; `undefined` when it is none of them. */
export function parseDestination(text: string): Destination | undefined {
  if (text.startsWith('file:')) return text.length > 5 ? { kind: 'file', path: text.slice(5) } : undefined;
  const [, kind = 'udp', rest = ''] = /^(?:(udp|tcp|tls):\/\/)?(.*)$/s.exec(text) ?? [];
  const endpoint = parseEndpoint(rest);
  return endpoint === undefined ? undefined : { kind: kind as 'udp' | 'tcp' | 'tls', endpoint };
}

/** For a reader: what `parseDestination` takes. */
export const formatDestination = (destination: Destination): string =>
  destination.kind === 'file' ? destination.path : `${destination.kind}://${formatEndpoint(destination.endpoint)}`;
