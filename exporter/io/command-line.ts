import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { parsePrefix, type IPv4Prefix } from '../../core/net/address.ts';
import { parseEndpoint, type Endpoint } from '../../core/net/endpoint.ts';
import { parseDestination, type Destination } from './destination.ts';
import type { TlsFiles } from './message-sink.ts';

/** A capture that is metered instead of an office. */
export interface CaptureOptions {
  readonly collector: Destination;
  readonly tls: TlsFiles;
  /** A pcap or pcapng file, or `-` for standard input. */
  readonly pcap: string;
  /** The addresses behind the router; `undefined` when the packets are metered as they are seen. */
  readonly inside: IPv4Prefix | undefined;
  /** Packet time against real time. */
  readonly speed: 'max' | number;
  /** Milliseconds to wait after each 100 Messages, for a collector that cannot keep up. */
  readonly pauseMs: number;
  /** Where the Messages are written as well, as a capture. */
  readonly write: string | undefined;
}

export interface ExporterOptions {
  readonly collector: Destination;
  readonly tls: TlsFiles;
  /** The server the router's clock is kept by, if any. */
  readonly ntp: Endpoint | undefined;
  readonly employees: number;
  readonly seed: number;
  /** Minutes of the office's day at the start. */
  readonly timeOfDayMinutes: number;
  readonly offsetMs: number;
  readonly driftPpm: number;
  /** Seconds between status lines, 0 for none. */
  readonly everyS: number;
}

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'export'; readonly options: ExporterOptions }
  | { readonly kind: 'capture'; readonly options: CaptureOptions }
  | { readonly kind: 'done' }
  | { readonly kind: 'usage'; readonly message: string };

/** IANA's port for IPFIX. */
const COLLECTOR: Destination = { kind: 'udp', endpoint: { address: '127.0.0.1', port: 4_739 } };

const EXAMPLES = `
Examples:
  exporter --collector 127.0.0.1:4739                         an office of 50 at ten in the morning
  exporter --ntp 127.0.0.1:11123 --offset-ms 300000           a router 5 minutes fast until NTP sets it
  exporter --collector tls://127.0.0.1:4740 --tls-ca ca.pem --tls-cert me.pem --tls-key me.key
  exporter --collector file:today.ipfix                       an IPFIX File, RFC 5655
  exporter --employees 500 --time-of-day 14:00 --seed 7
  exporter --pcap office.pcapng --inside 10.0.0.0/16          the flows of a capture, through the router
  tcpdump -U -w - | exporter --pcap -                         of what a network card sees now
`;

/** Reads the arguments after the program's name; help is printed here. */
export function readCommandLine(args: readonly string[]): Invocation {
  const program = new Command('exporter')
    .description('An office behind a NAT router that meters its flows and exports them as IPFIX over UDP, in real time.')
    .option('--collector <where>', 'Where the Messages go: [udp://|tcp://|tls://]host:port or file:path.', destination, COLLECTOR)
    .option('--tls-ca <file>', "PEM file of the authority that vouches for the collector; the system's without it.")
    .option('--tls-cert <file>', 'PEM file of the certificate we show the collector.')
    .option('--tls-key <file>', 'PEM file of its key.')
    .option('--ntp <host:port>', 'The SNTP server that keeps the clock; without it nobody does.', endpoint)
    .option('--employees <n>', 'People in the office.', numberFrom(0, 50_000), 50)
    .option('--seed <n>', 'Decides all chance in the office.', numberFrom(0, 0xffffffff), 1)
    .option('--time-of-day <HH:MM>', "The office's time of day at the start.", timeOfDay, 600)
    .option('--offset-ms <ms>', "Milliseconds the router's clock is fast at the start.", numberFrom(-1e12, 1e12), 0)
    .option('--drift-ppm <ppm>', 'Parts per million its oscillator gains.', numberFrom(-1_000, 1_000), 0)
    .option('--every <seconds>', 'Seconds between two status lines; 0 for none.', numberFrom(0, 86_400), 10)
    .option('--pcap <file>', 'Meter this capture (pcap or pcapng, - for standard input) instead of an office, in packet time.')
    .option('--inside <prefix>', 'Send the capture through the router: these addresses are inside it.', prefix)
    .option('--speed <speed>', 'How fast packet time passes: max, real or a factor such as 60x.', speed, 'max')
    .option('--pause-ms <ms>', 'Wait this long after each 100 Messages of a capture.', numberFrom(0, 60_000), 0)
    .option('--write <file>', 'Write the Messages of a capture to this pcap file as well.')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'done' };
    return { kind: 'usage', message: error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ') };
  }
  const { timeOfDay: timeOfDayMinutes, every: everyS, tlsCa, tlsCert, tlsKey, ...rest } = program.opts<Record<string, unknown>>();
  const tls = { ca: tlsCa, cert: tlsCert, key: tlsKey };
  if (rest['pcap'] !== undefined)
    return { kind: 'capture', options: { inside: undefined, write: undefined, ...rest, tls } as unknown as CaptureOptions };
  return { kind: 'export', options: { ntp: undefined, ...rest, tls, timeOfDayMinutes, everyS } as ExporterOptions };
}

function destination(text: string): Destination {
  const parsed = parseDestination(text);
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError('It is not a host and a port such as 127.0.0.1:4739, tls:// before it or not, nor file:path.');
}

function endpoint(text: string): Endpoint {
  const parsed = parseEndpoint(text);
  if (parsed === undefined) throw new InvalidArgumentError('It is not a host and a port such as 127.0.0.1:4739.');
  return parsed;
}

function prefix(text: string): IPv4Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new InvalidArgumentError('It is not an IPv4 prefix such as 10.0.0.0/16.');
  return parsed;
}

function speed(text: string): 'max' | number {
  if (text === 'max') return 'max';
  const factor = text === 'real' ? 1 : /^\d+(\.\d+)?x$/.test(text) ? Number.parseFloat(text) : 0;
  if (factor <= 0) throw new InvalidArgumentError('It is not max, real or a factor such as 60x.');
  return factor;
}

const numberFrom =
  (low: number, high: number) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It is not a number from ${low} to ${high}.`);
  };

function timeOfDay(text: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It is not a time of day such as 09:30.');
  return Number(match[1]) * 60 + Number(match[2]);
}
