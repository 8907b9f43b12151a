import { z } from 'zod';
import { parseIPv4 } from '../../core/net/address.ts';
import { TIMER_PRESETS } from './timers.ts';

const port = z.int().min(1).max(65_535);

function toAddress(text: string, context: z.RefinementCtx): number {
  const address = parseIPv4(text);
  if (address === undefined) context.addIssue(`"${text}" is not an IPv4 address`);
  return address ?? 0;
}

const address = z.string().transform(toAddress);

/** Seconds; without it, what the preset says. */
const timeoutS = z.number().min(1).max(604_800).optional();

const threshold = z.int().min(1).max(10_000_000).optional();

export const BEHAVIOURS = ['endpoint-independent', 'address-dependent', 'address-and-port-dependent'] as const;

const portForwardSchema = z.strictObject({
  protocol: z.enum(['tcp', 'udp']).default('tcp').describe('What is forwarded.'),
  publicPort: port.describe('The port of publicAddress the internet calls.'),
  insideAddress: address.describe('Who answers.'),
  insidePort: port.describe('The port it answers on.'),
});

export const natSchema = z
  .strictObject({
    publicAddress: z.string().default('203.0.113.2').transform(toAddress).describe('The address the internet sees.'),
    publicAddresses: z
      .array(address)
      .max(256)
      .default([])
      .describe('More addresses the internet sees: with publicAddress they are the pool.'),
    addressPooling: z
      .enum(['paired', 'arbitrary'])
      .default('paired')
      .describe('Whether an inside host keeps one public address while it has mappings (RFC 4787 REQ-2).'),
    mapping: z
      .enum(BEHAVIOURS)
      .default('endpoint-independent')
      .describe('For which remote endpoints an inside endpoint has the same public one (RFC 4787 section 4.1).'),
    filtering: z
      .enum(BEHAVIOURS)
      .default('address-and-port-dependent')
      .describe('Who may answer through a mapping (RFC 4787 section 5).'),
    firstPort: port.default(1_024).describe('Lowest public port; well-known ones stay free (RFC 4787 REQ-3).'),
    lastPort: port.default(65_535).describe('Highest public port.'),
    portAllocation: z
      .enum(['preserving', 'sequential', 'random'])
      .default('preserving')
      .describe(
        'Which public port a mapping gets: the inside one if it is free, else the next; the next; or a random one (RFC 6056 section 3.3.1).',
      ),
    keepPortParity: z
      .boolean()
      .default(true)
      .describe('Whether even ports get even ones while there are any (RFC 4787 REQ-4, RFC 7857 section 8).'),
    keepPortRange: z
      .boolean()
      .default(false)
      .describe('Whether ports below 1024 get such ports and the others do not (RFC 4787 REQ-3a).'),
    portOverlapping: z
      .boolean()
      .default(false)
      .describe('Whether several mappings may share a public port when their destinations differ (RFC 7857 section 3).'),
    portRestS: z
      .number()
      .min(0)
      .max(86_400)
      .default(0)
      .describe(
        'Seconds a freed public port rests before another inside host gets it, so that nobody receives what was meant for its last holder; RFC 6888 REQ-8 wants 120, a small office router does not wait.',
      ),
    maxRestingPorts: z
      .int()
      .min(0)
      .max(65_535)
      .default(65_535)
      .describe(
        'Ports of one public address and protocol that rest at once; with one more, the one freed first rests no longer (RFC 6888 REQ-8).',
      ),
    portBlockSize: z
      .int()
      .min(0)
      .max(65_535)
      .default(0)
      .describe('Ports an inside host is given at a time, for all protocols (RFC 6888 REQ-14); 0 gives single ports.'),
    maxPortBlocksPerHost: z.int().min(1).max(65_535).default(4).describe('Port blocks an inside host can have (RFC 6888 REQ-4).'),
    maxMappingsPerHost: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(65_536)
      .describe('Mappings an inside host can have, of all protocols (RFC 6888 REQ-4).'),
    maxSessions: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(1_000_000)
      .describe('Sessions of all hosts; what would be one more is dropped (RFC 6888 REQ-5).'),
    maxMappings: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(1_000_000)
      .describe(
        'Mappings of all hosts, port forwards not counted; what would need one more is dropped (RFC 8158 section 4.6.7.2).',
      ),
    maxHosts: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(1_000_000)
      .describe('Inside hosts with mappings; what one more sends is dropped (RFC 8158 section 4.6.7.4).'),
    portForwards: z
      .array(portForwardSchema)
      .max(10_000)
      .default([])
      .describe('Public ports that always lead to an inside endpoint.'),
    timers: z
      .enum(Object.keys(TIMER_PRESETS) as [keyof typeof TIMER_PRESETS])
      .default('rfc')
      .describe('Whose timeouts: those of RFC 4787, 5382 and 5508, of Linux netfilter or of Cisco IOS.'),
    udpTimeoutS: timeoutS.describe('Seconds an idle UDP session lives; not under 120 (RFC 4787 REQ-5).'),
    udpStreamTimeoutS: timeoutS.describe('Seconds an idle UDP session lives once it was answered, as Linux has it.'),
    dnsTimeoutS: timeoutS.describe('Seconds an idle UDP session to port 53 lives (RFC 4787 REQ-5a).'),
    tcpOpeningTimeoutS: timeoutS.describe('Seconds a half-open TCP session lives (RFC 7857 section 2.1).'),
    tcpTimeoutS: timeoutS.describe('Seconds an idle established TCP session lives; not under 7440 (RFC 5382 REQ-5).'),
    tcpHalfClosedTimeoutS: timeoutS.describe('Seconds an idle TCP session lives after one FIN (RFC 6146 section 3.5.2.2).'),
    tcpClosingTimeoutS: timeoutS.describe('Seconds a TCP session lives after the second FIN (RFC 7857 section 2.1).'),
    tcpResetTimeoutS: timeoutS.describe('Seconds a TCP session lives after a RST (RFC 7857 section 2.2).'),
    icmpTimeoutS: timeoutS.describe('Seconds an ICMP query session lives; not under 60 (RFC 5508 REQ-2).'),
    otherTimeoutS: timeoutS.describe('Seconds an idle session of another protocol lives.'),
    inboundRefresh: z
      .boolean()
      .optional()
      .describe('Whether packets from outside keep a session alive too (RFC 4787 REQ-6a); without it, as the preset has it.'),
    natEvents: z
      .enum(['off', 'blocks', 'bindings', 'sessions', 'both'])
      .default('off')
      .describe(
        'What the NAT reports (RFC 8158): port blocks, quotas and exhaustion alone, or mappings, sessions or both with them.',
      ),
    natAddressEvents: z
      .boolean()
      .default(false)
      .describe(
        'Whether with them it reports when an inside host gets and gives back its public address (RFC 8158 section 4.6.9); off, as the log is to be short (RFC 6888 REQ-14).',
      ),
    natEventIntervalS: z
      .number()
      .min(0)
      .max(86_400)
      .default(60)
      .describe('Seconds before the same exhaustion or quota is reported again (RFC 8158 section 4.6.5).'),
    mappingsHighThreshold: threshold.describe('Mappings at which an event is sent (RFC 8158 section 4.6.8.2).'),
    hostMappingsHighThreshold: threshold.describe(
      'Mappings of one inside host at which an event is sent (RFC 8158 section 4.6.8.3).',
    ),
    pairedMappingsHighThreshold: threshold.describe(
      'Mappings of one paired inside host at which an event is sent that does not name it (RFC 8158 section 4.6.8.4).',
    ),
    poolHighThreshold: threshold.describe('Public addresses in use at which an event is sent (RFC 8158 section 4.6.8.1).'),
    poolLowThreshold: threshold.describe('Public addresses in use at which, coming from above, an event is sent.'),
  })
  .refine(({ firstPort, lastPort }) => firstPort <= lastPort, { path: ['lastPort'], message: 'is below firstPort' })
  .refine(({ poolLowThreshold: low, poolHighThreshold: high }) => low === undefined || high === undefined || low < high, {
    path: ['poolLowThreshold'],
    message: 'is not below poolHighThreshold',
  })
  .refine(({ natAddressEvents, addressPooling }) => !natAddressEvents || addressPooling === 'paired', {
    path: ['natAddressEvents'],
    message: 'needs paired addressPooling: otherwise no host has an address',
  })
  .refine(({ pairedMappingsHighThreshold: high, addressPooling }) => high === undefined || addressPooling === 'paired', {
    path: ['pairedMappingsHighThreshold'],
    message: 'needs paired addressPooling (RFC 8158 section 4.6.8.4)',
  })
  .refine(({ keepPortRange, lastPort }) => !keepPortRange || lastPort > 1_023, {
    path: ['keepPortRange'],
    message: 'needs a lastPort above 1023',
  })
  .refine(({ keepPortRange, portBlockSize }) => !keepPortRange || portBlockSize === 0, {
    path: ['keepPortRange'],
    message: 'cannot be kept when ports are given in blocks',
  })
  .refine(({ portBlockSize, firstPort, lastPort }) => portBlockSize === 0 || portBlockSize <= lastPort - firstPort + 1, {
    path: ['portBlockSize'],
    message: 'is more than the ports from firstPort to lastPort',
  })
  .refine(({ portOverlapping, mapping }) => !portOverlapping || mapping === 'address-and-port-dependent', {
    path: ['portOverlapping'],
    message: 'needs address-and-port-dependent mapping (RFC 7857 section 3)',
  })
  .refine(({ portOverlapping, natEvents }) => !portOverlapping || (natEvents !== 'bindings' && natEvents !== 'both'), {
    path: ['natEvents'],
    message: 'cannot tell mappings that share a port apart: with portOverlapping, take sessions',
  })
  .refine(({ portForwards }) => areDistinct(portForwards.map((to) => `${to.protocol} ${to.publicPort}`)), {
    path: ['portForwards'],
    message: 'has the same protocol and publicPort twice',
  })
  .refine(
    ({ portForwards, portBlockSize, firstPort, lastPort }) =>
      portBlockSize === 0 || portForwards.every(({ publicPort }) => publicPort < firstPort || publicPort > lastPort),
    { path: ['portForwards'], message: 'has a publicPort from firstPort to lastPort, which are given in blocks' },
  )
  .refine(({ portForwards }) => areDistinct(portForwards.map((to) => `${to.protocol} ${to.insideAddress} ${to.insidePort}`)), {
    path: ['portForwards'],
    message: 'leads to the same inside endpoint twice: its answers would have two names',
  });

const areDistinct = (texts: readonly string[]): boolean => new Set(texts).size === texts.length;

export type NatConfig = z.output<typeof natSchema>;

/** Every address the internet sees, each once, `publicAddress` first. */
export const publicPool = ({ publicAddress, publicAddresses }: NatConfig): number[] => [
  ...new Set([publicAddress, ...publicAddresses]),
];
