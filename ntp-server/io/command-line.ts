import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { parseEndpoint } from '../../core/net/endpoint.ts';
import type { Endpoint } from '../../core/net/endpoint.ts';
import type { SymmetricKey } from '../../core/ntp/symmetric-key.ts';
import { ConfigError } from '../../runtime/config/config-error.ts';
import { readNtpKey } from '../../runtime/ntp-keys.ts';
import type { NtpServerConfig } from '../config.ts';
import { addServeFlags, readServeFlags } from './serve-flags.ts';

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'serve'; readonly config: NtpServerConfig; readonly json: boolean }
  | { readonly kind: 'probe'; readonly server: Endpoint }
  | {
      readonly kind: 'query';
      readonly servers: readonly Endpoint[];
      readonly samples: number;
      readonly intervalMs: number;
      readonly key: SymmetricKey | undefined;
      readonly json: boolean;
    }
  | { readonly kind: 'done' }
  | { readonly kind: 'usage'; readonly message: string };

const EXAMPLES = `
Examples:
  ntp-server --port 11123                                 serve this machine's time
  ntp-server --port 11123 --offset 5m --drift 50ppm       serve a time 5 minutes fast that gains 50 ppm
  ntp-server --jitter 2ms --silent 20% --kod RATE         serve it badly; docs/ntp-server.md has all that can be wrong
  ntp-server --time 2036-02-07T06:28:10Z                  serve the end of NTP's first era
  ntp-server --key-file chrony.keys --rate-limit          answer requests signed with these keys, and nobody too often
  ntp-server --probe 127.0.0.1:11123                      ask a server once: exit code 0 and its offset, or 1
  ntp-server query 127.0.0.1:11123                        ask a server: offset, delay, dispersion, stratum
  ntp-server query 127.0.0.1:11123 127.0.0.1:11124 127.0.0.1:11125    ask several, and outvote who lies
  ntp-server query 127.0.0.1:11123 --key-file chrony.keys --key 1     believe only what key 1 has signed
`;

const MAX_SAMPLES = 64;
const MAX_SERVERS = 16;
/** Anything faster is no measurement but a load; the burst of an NTP client has 2 s. */
const MIN_INTERVAL_MS = 10;

/** Reads the arguments after the program's name; help is printed here. */
export function readCommandLine(args: readonly string[]): Invocation {
  const program = addServeFlags(new Command('ntp-server'))
    .description('An SNTP server with a clock of its own, as right or wrong as it is told to be.')
    .option('--probe <host:port>', 'Ask the server there once instead of serving: a health check.')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {});
  let asked: Invocation | undefined;
  addQuery(program, (invocation) => (asked = invocation));
  try {
    program.parse(args, { from: 'user' });
    return asked ?? interpret(program.opts<Record<string, unknown>>());
  } catch (error) {
    if (error instanceof ConfigError) return usage(error.message);
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? { kind: 'done' } : usage(error.message.replace(/^error: /, ''));
  }
}

function addQuery(program: Command, found: (invocation: Invocation) => void): void {
  program
    .command('query')
    .copyInheritedSettings(program)
    .description("Ask servers for the time: what this machine's clock lacks. Sets no clock.")
    .argument('<host:port...>', 'servers to ask, each 127.0.0.1:11123 or [::1]:11123')
    .option('--samples <n>', `Requests to each server, 1 to ${MAX_SAMPLES}; the one with the least delay counts.`, parseNumber, 4)
    .option('--interval-ms <ms>', 'Milliseconds between two requests to a server.', parseNumber, 2_000)
    .option('--key-file <file>', 'Keys, as chrony writes them.')
    .option('--key <n>', 'Sign requests with this key of the file, and believe only replies signed with it.', parseNumber)
    .option('--json', 'Print JSON.', false)
    .action((texts: string[], options: QueryFlags) => {
      found(interpretQuery(texts, options));
    });
}

interface QueryFlags {
  readonly samples: number;
  readonly intervalMs: number;
  readonly json: boolean;
  readonly keyFile?: string;
  readonly key?: number;
}

function parseNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It is not a number.');
}

/** Nobody has port 0 (RFC 768). */
function parseServer(text: string): Endpoint | undefined {
  const server = parseEndpoint(text);
  return server?.port === 0 ? undefined : server;
}

function interpretQuery(texts: readonly string[], { samples, intervalMs, json, keyFile, key: id }: QueryFlags): Invocation {
  if (!Number.isInteger(samples) || samples < 1 || samples > MAX_SAMPLES) {
    return usage(`--samples ${samples} is not accepted: it is not a whole number from 1 to ${MAX_SAMPLES}`);
  }
  if (intervalMs < MIN_INTERVAL_MS)
    return usage(`--interval-ms ${intervalMs} is not accepted: it is less than ${MIN_INTERVAL_MS}`);
  if (texts.length > MAX_SERVERS) return usage(`${texts.length} servers are too many: ask ${MAX_SERVERS} at most`);
  const servers: Endpoint[] = [];
  for (const text of texts) {
    const server = parseServer(text);
    if (server === undefined) return usage(`query "${text}" is not an address and a port such as 127.0.0.1:11123 or [::1]:11123`);
    servers.push(server);
  }
  const key = readNtpKey({ file: keyFile, id }, { file: '--key-file', id: '--key' });
  return { kind: 'query', servers, samples, intervalMs, json, key };
}

function interpret(flags: Record<string, unknown>): Invocation {
  const probe = flags['probe'];
  if (typeof probe !== 'string') return { kind: 'serve', config: readServeFlags(flags), json: flags['json'] === true };
  const server = parseServer(probe);
  return server === undefined
    ? usage(`--probe "${probe}" is not a host and a port such as 127.0.0.1:11123`)
    : { kind: 'probe', server };
}

const usage = (message: string): Invocation => ({ kind: 'usage', message: message.replace(/\s*\n\s*/g, ' ') });
