import { Command, CommanderError } from 'commander';
import type { IPv4Prefix } from '../../core/net/address.ts';
import type { Endpoint } from '../../core/net/endpoint.ts';
import type { SymmetricKey } from '../../core/ntp/symmetric-key.ts';
import { ConfigError } from '../../runtime/config/config-error.ts';
import { readNtpKey } from '../../runtime/ntp-keys.ts';
import type { CapturingRouterConfig } from '../capture-config.ts';
import type { RouterConfig } from '../config.ts';
import { collected, destination, endpoint, loadRate, numberFrom, prefix, speed, timeOfDay } from './command-values.ts';
import type { Destination } from './destination.ts';
import type { LoadOptions } from './load-run.ts';
import type { TlsFiles } from './message-sink.ts';
import { readRouter } from './router-settings.ts';

/** A capture that is metered instead of an office. */
export interface CaptureOptions {
  readonly router: CapturingRouterConfig;
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
  readonly router: RouterConfig;
  readonly collector: Destination;
  readonly tls: TlsFiles;
  /** The server the router's clock is kept by, if any. */
  readonly ntp: Endpoint | undefined;
  /** Signs what the server is asked; a reply that is not signed with it is not believed. */
  readonly ntpKey: SymmetricKey | undefined;
  /** Where the clock's frequency correction is remembered between two runs. */
  readonly driftFile: string | undefined;
  readonly employees: number;
  readonly seed: number;
  /** Minutes of the office's day at the start. */
  readonly timeOfDayMinutes: number;
  readonly offsetMs: number;
  readonly driftPpm: number;
  /** Seconds between status lines, 0 for none. */
  readonly everyS: number;
  /** Messages that may wait for a slow collector. */
  readonly mostWaiting: number;
}

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'export'; readonly options: ExporterOptions }
  | { readonly kind: 'capture'; readonly options: CaptureOptions }
  | { readonly kind: 'load'; readonly options: LoadOptions }
  | { readonly kind: 'done' }
  | { readonly kind: 'usage'; readonly message: string };

/** IANA's port for IPFIX. */
const TARGET: Endpoint = { address: '127.0.0.1', port: 4_739 };
const COLLECTOR: Destination = { kind: 'udp', endpoint: TARGET };
/** A load tells of as many flows in a datagram as it can, unless somebody wants another Template. */
const LOAD_PROFILE = 'exporting.profile=lean';

const EXAMPLES = `
Examples:
  exporter --collector 127.0.0.1:4739                         an office of 50 at ten in the morning
  exporter --ntp 127.0.0.1:11123 --offset-ms 300000           a router 5 minutes fast until NTP sets it
  exporter --ntp 127.0.0.1:11123 --ntp-key-file chrony.keys --ntp-key 1   and only by what is signed
  exporter --collector tls://127.0.0.1:4740 --tls-ca ca.pem --tls-cert me.pem --tls-key me.key
  exporter --collector file:today.ipfix                       an IPFIX File, RFC 5655
  exporter --employees 500 --time-of-day 14:00 --seed 7
  exporter --pcap office.pcapng --inside 10.0.0.0/16          the flows of a capture, through the router
  exporter --set exporting.protocol=netflow-v9 --set metering.activeTimeoutMs=1800000
  exporter --load 200000 --target 127.0.0.1:4739 --ledger sent.csv   as fast as that, from 64 exporters
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
    .option('--ntp-key-file <file>', 'Keys shared with the SNTP server, as chrony writes them.')
    .option(
      '--ntp-key <n>',
      'Sign with this key of the file, and believe only what is signed with it.',
      numberFrom(1, 0xffffffff),
    )
    .option('--drift-file <file>', "Remember the clock's frequency correction here, and begin with it.")
    .option('--employees <n>', 'People in the office.', numberFrom(0, 50_000), 50)
    .option('--seed <n>', 'Decides all chance in the office.', numberFrom(0, 0xffffffff), 1)
    .option('--time-of-day <HH:MM>', "The office's time of day at the start.", timeOfDay, 600)
    .option('--offset-ms <ms>', "Milliseconds the router's clock is fast at the start.", numberFrom(-1e12, 1e12), 0)
    .option('--drift-ppm <ppm>', 'Parts per million its oscillator gains.', numberFrom(-1_000, 1_000), 0)
    .option('--every <seconds>', 'Seconds between two status lines; 0 for none.', numberFrom(0, 86_400), 10)
    .option(
      '--most-waiting <n>',
      'Messages that wait for a slow collector; beyond them they are dropped and counted.',
      numberFrom(1, 1e6),
      4_096,
    )
    .option('--pcap <file>', 'Meter this capture (pcap or pcapng, - for standard input) instead of an office, in packet time.')
    .option('--inside <prefix>', 'Send the capture through the router: these addresses are inside it.', prefix)
    .option('--speed <speed>', 'How fast packet time passes: max, real or a factor such as 60x.', speed, 'max')
    .option('--pause-ms <ms>', 'Wait this long after each 100 Messages of a capture.', numberFrom(0, 60_000), 0)
    .option('--write <file>', 'Write the Messages of a capture to this pcap file as well.')
    .option('--set <key=value>', 'Change one key of the router; may be repeated.', collected, [])
    .option('--load <flows>', 'Send this many flows a second, or max, from many exporters instead of an office.', loadRate)
    .option('--target <host:port>', 'Where the load goes, over UDP.', endpoint, TARGET)
    .option('--exporters <n>', 'How many exporters the load comes from.', numberFrom(1, 4_096), 64)
    .option('--seconds <n>', 'How long it lasts.', numberFrom(1, 86_400), 10)
    .option('--ledger <file>', 'Write what each exporter of the load has sent, second by second, to this CSV file.')
    .option('--flow-ledger <directory>', 'Write the flows of the load themselves there: messages.csv and mix.csv.')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    program.parse(args, { from: 'user' });
    return interpret(program.opts<Record<string, unknown>>());
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { kind: 'done' };
    if (!(error instanceof CommanderError || error instanceof ConfigError)) throw error;
    return { kind: 'usage', message: error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ') };
  }
}

function interpret(given: Record<string, unknown>): Invocation {
  const { timeOfDay: timeOfDayMinutes, every: everyS, tlsCa, tlsCert, tlsKey, set, ...rest } = given;
  const settings = set as readonly string[];
  if (rest['load'] !== undefined) {
    const { exporting } = readRouter([LOAD_PROFILE, ...settings]);
    const options = { ledger: undefined, flowLedger: undefined, ...rest, flowsPerS: rest['load'], exporting };
    return { kind: 'load', options: options as unknown as LoadOptions };
  }
  const common = { router: readRouter(settings), tls: { ca: tlsCa, cert: tlsCert, key: tlsKey } };
  if (rest['pcap'] !== undefined) {
    return { kind: 'capture', options: { inside: undefined, write: undefined, ...rest, ...common } as unknown as CaptureOptions };
  }
  const ntpKey = ntpKeyOf(rest);
  const options = { ntp: undefined, driftFile: undefined, ...rest, ...common, ntpKey, timeOfDayMinutes, everyS };
  return { kind: 'export', options: options as unknown as ExporterOptions };
}

/** Throws a `ConfigError` when there is nobody to share a key with, or no such key. */
function ntpKeyOf({ ntp, ntpKeyFile, ntpKey }: Record<string, unknown>): SymmetricKey | undefined {
  const told = { file: ntpKeyFile as string | undefined, id: ntpKey as number | undefined };
  const key = readNtpKey(told, { file: '--ntp-key-file', id: '--ntp-key' });
  if (key !== undefined && ntp === undefined) throw new ConfigError(['--ntp-key-file is of no use without a server: add --ntp']);
  return key;
}
