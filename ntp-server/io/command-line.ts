import { Command, CommanderError } from 'commander';
import { parseEndpoint } from '../../core/net/endpoint.ts';
import type { Endpoint } from '../../core/net/endpoint.ts';
import { ConfigError } from '../../runtime/config/config-error.ts';
import type { NtpServerConfig } from '../config.ts';
import { addServeFlags, readServeFlags } from './serve-flags.ts';

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'serve'; readonly config: NtpServerConfig; readonly json: boolean }
  | { readonly kind: 'probe'; readonly server: Endpoint }
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
`;

/** Reads the arguments after the program's name; help is printed here. */
export function readCommandLine(args: readonly string[]): Invocation {
  const program = addServeFlags(new Command('ntp-server'))
    .description('An SNTP server with a clock of its own, as right or wrong as it is told to be.')
    .option('--probe <host:port>', 'Ask the server there once instead of serving: a health check.')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    program.parse(args, { from: 'user' });
    return interpret(program.opts<Record<string, unknown>>());
  } catch (error) {
    if (error instanceof ConfigError) return usage(error.message);
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? { kind: 'done' } : usage(error.message.replace(/^error: /, ''));
  }
}

function interpret(flags: Record<string, unknown>): Invocation {
  const probe = flags['probe'];
  if (typeof probe !== 'string') return { kind: 'serve', config: readServeFlags(flags), json: flags['json'] === true };
  const server = parseEndpoint(probe);
  return server === undefined
    ? usage(`--probe "${probe}" is not a host and a port such as 127.0.0.1:11123`)
    : { kind: 'probe', server };
}

const usage = (message: string): Invocation => ({ kind: 'usage', message: message.replace(/\s*\n\s*/g, ' ') });
