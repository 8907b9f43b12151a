import { z } from 'zod';
import { formatEndpoint, parseEndpoint, type Endpoint } from '../../core/net/endpoint.ts';
import { liveSchema } from './live/config.ts';
import { isLoopback } from './loopback.ts';

const limit = z.int().min(1);
const MIN_TOKEN_LENGTH = 16;

function toListen(text: string, context: z.RefinementCtx): Endpoint | undefined {
  if (text === 'off') return undefined;
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined) context.addIssue(`"${text}" is neither off nor an address and a port such as 127.0.0.1:8080`);
  return endpoint;
}

const wireSchema = z.strictObject({
  maxDatagrams: limit.max(1_000_000).default(5_000).describe('The newest datagrams that are kept.'),
  maxOctets: limit
    .max(2 ** 30)
    .default(16_777_216)
    .describe('Octets of them all together.'),
  maxTemplates: limit.max(1_000_000).default(2_000).describe('Templates they are read by.'),
  keptS: limit
    .max(86_400)
    .default(60)
    .describe('Seconds after which all are forgotten when nobody looks any more; nothing is kept from then on.'),
});

export type WireConfig = z.output<typeof wireSchema>;

export const apiSchema = z
  .strictObject({
    listen: z
      .string()
      .transform(toListen)
      .prefault('off')
      .describe('Where HTTP is answered, such as 127.0.0.1:8080, or off. Anywhere but on loopback a token is needed.'),
    token: z
      .string()
      .regex(/^[\x21-\x7e]*$/, 'has characters that no header can carry')
      .min(MIN_TOKEN_LENGTH, `is shorter than ${MIN_TOKEN_LENGTH} characters`)
      .optional()
      .describe(
        'What every request must bring as "Authorization: Bearer ..."; without one nobody is asked, which loopback alone allows.',
      ),
    allowedHosts: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Host names by which the server may be called, besides localhost and addresses: a name somebody else has pointed here is refused (DNS rebinding).',
      ),
    allowedOrigins: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Origins of web pages, such as https://grafana.example, that may ask besides those the server itself would have.',
      ),
    maxConnections: limit.max(65_536).default(64).describe('Connections at a time; more are closed at once.'),
    maxHeaderOctets: limit.max(1_048_576).default(8_192).describe('Octets of the header of a request (431).'),
    maxBodyOctets: limit.max(16_777_216).default(65_536).describe('Octets of the body of a request (413): a question is short.'),
    requestTimeoutMs: limit
      .max(3_600_000)
      .default(10_000)
      .describe('Milliseconds a client may take to send its request, so that slow ones do not hold connections (408).'),
    maxQueries: limit.max(1_024).default(2).describe('Questions of the store at a time; more are told to come back (429).'),
    page: z.boolean().default(false).describe('Whether the web page is served too; --serve turns it on.'),
    live: liveSchema.prefault({}).describe('What the web page may ask for, and how often it is told.'),
    wire: wireSchema.prefault({}).describe('What is kept of datagrams while somebody looks at the page Wire.'),
    maxExporterLabels: z
      .int()
      .min(0)
      .max(1_048_576)
      .default(256)
      .describe(
        'Exporters and domains with metrics of their own; the others are counted together as "other", so that invented source addresses cannot make more.',
      ),
  })
  .superRefine(({ listen, page, token }, context) => {
    if (page && listen === undefined)
      context.addIssue({ code: 'custom', path: ['page'], message: 'needs an address in api.listen' });
    if (listen === undefined || token !== undefined || isLoopback(listen.address)) return;
    context.addIssue({
      code: 'custom',
      path: ['listen'],
      message: `"${formatEndpoint(listen)}" is not loopback, so api.token is needed`,
    });
  });

export type ApiConfig = z.output<typeof apiSchema>;
