import { z } from 'zod';
import { parseEndpoint, type Endpoint } from '../../core/net/endpoint.ts';
import { parseIPv6 } from '../../core/net/ipv6-text.ts';
import { parseAnyPrefix, type AnyPrefix } from '../../core/net/any-prefix.ts';

/** Where to listen, and for what. */
export interface Place {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly endpoint: Endpoint;
}

/** Reads `udp://host:port`, `tcp://` or `tls://` before it, or `host:port` for UDP; `undefined` when it is none of them. */
export function parsePlace(text: string): Place | undefined {
  const [, transport = 'udp', rest = ''] = /^(?:(udp|tcp|tls):\/\/)?(.*)$/s.exec(text) ?? [];
  const endpoint = parseEndpoint(rest);
  return endpoint === undefined ? undefined : { transport: transport as Place['transport'], endpoint };
}

function toPlace(text: string, context: z.RefinementCtx): Place {
  const place = parsePlace(text);
  if (place === undefined) context.addIssue(`"${text}" is no place to listen, such as udp://127.0.0.1:4739 or tls://[::]:4740`);
  return place ?? { transport: 'udp', endpoint: { address: '', port: 0 } };
}

function toPrefix(text: string, context: z.RefinementCtx): AnyPrefix {
  const prefix = parseAnyPrefix(text);
  if (prefix === undefined) context.addIssue(`"${text}" is not an IPv4 or IPv6 prefix`);
  return prefix ?? { octets: new Uint8Array(16), bits: 128 };
}

const DNS_NAME = /^[\w-]+(?:\.[\w-]+)*$/;

/** Of a peer; an address without a zone. */
const isName = (text: string): boolean => (text.includes(':') ? parseIPv6(text) !== undefined : DNS_NAME.test(text));

const milliseconds = z.int().min(1).max(2_147_483_647);
const count = z.int().min(1).max(1_048_576);

const listenerFields = z.strictObject({
  at: z.string().transform(toPlace).describe('udp://host:port, tcp://host:port or tls://host:port; IPv6 addresses in brackets.'),
  receiveBufferOctets: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .default(4_194_304)
    .describe('UDP: octets the kernel is asked to keep of datagrams that wait; it may give less (net.core.rmem_max).'),
  fastPath: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe(
      'UDP: whether exporters that send much get a socket of their own, which is read faster, where the system allows it.',
    ),
  maxFastExporters: count.default(16).describe('UDP: sockets of that kind at a time.'),
  maxConnections: count.default(1_024).describe('TCP and TLS: connections at a time; others are closed (too-many-connections).'),
  maxConnectionsPerAddress: count
    .default(64)
    .describe('TCP and TLS: connections of one address at a time; others are closed (too-many-of-one-address).'),
  idleTimeoutMs: milliseconds
    .default(3_600_000)
    .describe('TCP and TLS: a connection without a whole Message for so long is closed (idle); its exporter may come again.'),
  messageTimeoutMs: milliseconds
    .default(30_000)
    .describe('TCP and TLS: a Message that is not whole so long after its first octet ends the connection (message-too-slow).'),
  maxWaitingOctets: z
    .int()
    .min(65_535)
    .max(1_073_741_824)
    .default(16_777_216)
    .describe(
      'TCP and TLS: octets of Messages that are not whole, of all connections; the one that exceeds it is closed (too-many-octets-waiting).',
    ),
  certificate: z.string().min(1).optional().describe('TLS: PEM file of the certificate we show exporters.'),
  key: z.string().min(1).optional().describe('TLS: PEM file of its key.'),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe("TLS: PEM file of the authorities that vouch for exporters; the system's without it."),
  clientCertificate: z
    .enum(['required', 'optional'])
    .default('required')
    .describe('TLS: whether an exporter must show a certificate, as RFC 7011 section 11.3 demands.'),
  names: z
    .array(z.string().refine(isName, 'is neither a DNS name nor an address'))
    .default([])
    .describe(
      'TLS: DNS names or addresses of the exporters that are let in, as their certificates have them in subjectAltName; a Common Name counts ' +
        'where that has no DNS name (RFC 6125 section 6.4). All that our authorities vouch for without one.',
    ),
});

const NEEDS_FILE = 'tls:// needs a PEM file';

const listenerMapping = listenerFields.superRefine(({ at, certificate, key }, context) => {
  if (at.transport !== 'tls') return;
  if (certificate === undefined) context.addIssue({ code: 'custom', path: ['certificate'], message: NEEDS_FILE });
  if (key === undefined) context.addIssue({ code: 'custom', path: ['key'], message: NEEDS_FILE });
});

export type ListenerConfig = z.output<typeof listenerFields>;

const listenerText = z.string().transform((text, context): ListenerConfig => {
  const at = toPlace(text, context);
  if (at.transport === 'tls') context.addIssue('needs a certificate and a key beside tls://');
  return { ...listenerFields.parse({ at: 'udp://127.0.0.1:0' }), at };
});

export const listenSchema = z
  .array(z.union([listenerText, listenerMapping]))
  .min(1)
  .prefault(['udp://127.0.0.1:4739'])
  .describe('Where exporters send to: udp://host:port, tcp://host:port or tls://host:port, as text or with the options of each.');

export const allowSchema = z
  .array(z.string().transform(toPrefix))
  .prefault([])
  .describe('Prefixes of the exporters whose datagrams and connections are taken; everybody is without one.');
