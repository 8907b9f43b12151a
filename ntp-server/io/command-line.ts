import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ntpServerSchema, type NtpServerConfig } from '../config.ts';
import { parseEndpoint } from '../../core/net/endpoint.ts';
import type { Endpoint } from '../../core/net/endpoint.ts';

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'serve'; readonly config: NtpServerConfig }
  | { readonly kind: 'probe'; readonly server: Endpoint }
  | { readonly kind: 'done' }
  | { readonly kind: 'usage'; readonly message: string };

const EXAMPLES = `
Examples:
  ntp-server --listen 127.0.0.1:11123                     serve this machine's time
  ntp-server --offset-ms 300000 --drift-ppm 50            serve a time 5 minutes fast that gains 50 ppm
  ntp-server --probe 127.0.0.1:11123                      ask a server once: exit code 0 and its offset, or 1
`;

/** Reads the arguments after the program's name; help is printed here. */
export function readCommandLine(args: readonly string[]): Invocation {
  const program = new Command('ntp-server')
    .description('An SNTP server with a clock of its own, as right or wrong as it is told to be.')
    .option('--listen <host:port>', describe('listen'))
    .option('--offset-ms <ms>', describe('offsetMs'), parseNumber)
    .option('--drift-ppm <ppm>', describe('driftPpm'), parseNumber)
    .option('--stratum <n>', describe('stratum'), parseNumber)
    .option('--probe <host:port>', 'Ask the server there once instead of serving: a health check.')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? { kind: 'done' } : usage(error.message.replace(/^error: /, ''));
  }
  return interpret(program.opts<Record<string, unknown>>());
}

const DEFAULTS = ntpServerSchema.parse({});

/** The schema's words and default are the help's: they cannot come apart. */
const describe = (key: keyof NtpServerConfig): string =>
  `${ntpServerSchema.shape[key].description ?? ''} Default: ${DEFAULTS[key]}.`;

function parseNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It is not a number.');
}

function interpret({ probe, ...options }: Record<string, unknown>): Invocation {
  if (typeof probe === 'string') {
    const server = parseEndpoint(probe);
    return server === undefined
      ? usage(`--probe "${probe}" is not a host and a port such as 127.0.0.1:11123`)
      : { kind: 'probe', server };
  }
  const parsed = ntpServerSchema.safeParse(options);
  if (parsed.success) return { kind: 'serve', config: parsed.data };
  const [issue] = parsed.error.issues;
  const key = issue?.path[0] as keyof NtpServerConfig;
  return usage(`--${kebabCase(key)} ${String(options[key])} is not accepted: ${issue?.message}`);
}

const kebabCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const usage = (message: string): Invocation => ({ kind: 'usage', message: message.replace(/\s*\n\s*/g, ' ') });
