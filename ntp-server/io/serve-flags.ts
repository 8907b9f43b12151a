import type { Command } from 'commander';
import { parseSettings } from '../../runtime/config/apply-set.ts';
import { ConfigError } from '../../runtime/config/config-error.ts';
import { loadSettings } from '../../runtime/config/load-settings.ts';
import { loadYaml } from '../../runtime/config/load-yaml.ts';
import { ntpServerFields, ntpServerSchema, type NtpServerConfig } from '../config.ts';
import { durationMs, leapMinute, number, ppm, repeated, share } from './flag-values.ts';

type Flags = Readonly<Record<string, unknown>>;

const { shape } = ntpServerFields;
const DEFAULTS = ntpServerSchema.parse({});

/** The schema's words and default are the help's: they cannot come apart. */
function describe(key: keyof NtpServerConfig): string {
  const value = DEFAULTS[key];
  const shown = value === undefined || (Array.isArray(value) && value.length === 0) ? '' : ` Default: ${String(value)}.`;
  return `${shape[key].description ?? ''}${shown}`;
}

/** The flags of a server. */
export const addServeFlags = (program: Command): Command =>
  program
    .option('--listen <host:port>', describe('listen'))
    .option('--port <port>', 'Listen on this port of 127.0.0.1.', number)
    .option('--offset <duration>', 'How fast the clock served is: 5m; negative is slow: -300ms.', durationMs)
    .option('--offset-ms <ms>', describe('offsetMs'), number)
    .option('--drift <rate>', 'What the clock served gains: 50ppm; negative loses.', ppm)
    .option('--drift-ppm <ppm>', describe('driftPpm'), number)
    .option('--time <instant>', describe('time'))
    .option('--stratum <n>', describe('stratum'), number)
    .option('--reference-id <id>', describe('referenceId'))
    .option('--leap <seconds>', 'Announce a leap second: a last minute of 61 or of 59 seconds.', leapMinute)
    .option('--wander <rate>', 'Fault: the frequency walks at random, so far in a second: 0.01ppm.', ppm)
    .option('--jitter <duration>', 'Fault: each reply is off by as much at random (standard deviation).', durationMs)
    .option('--falseticker <duration>', 'Fault: a time that is off, told with no dispersion at all.', durationMs)
    .option('--unsynchronised [share]', 'Fault: say there is no time, in so many replies: 100% unless told.', share)
    .option('--silent [share]', 'Fault: do not answer so many requests: 100% unless told.', share)
    .option('--wrong-origin [share]', 'Fault: an origin timestamp nobody sent, in so many replies: 100% unless told.', share)
    .option('--kod [code]', "Fault: a kiss-o'-death instead of the time: RATE unless told, DENY, RSTR or another code.")
    .option('--stale <duration>', 'Fault: the reference clock was read last so long ago.', durationMs)
    .option('--key-file <file>', describe('keyFile'))
    .option('--allow <prefix...>', describe('allow'))
    .option('--deny <prefix...>', describe('deny'))
    .option('--rate-limit', 'Answer each address once in 8 s on average, with a burst of 8; --set rateLimit.burst=2 changes it.')
    .option('--seed <n>', describe('seed'), number)
    .option('--config <file>', 'YAML with all of this; flags come on top of it.')
    .option('--set <key=value>', 'Change one key of it, such as rateLimit.kiss=true; may be repeated.', repeated, [])
    .option('--json', 'Say what happens as lines of JSON.', false);

/** Flags that are keys of the configuration under another name or in another unit. */
const KEY_OF: Readonly<Record<string, string>> = { offset: 'offsetMs', drift: 'driftPpm' };
const SAME_KEYS = [
  'listen',
  'offsetMs',
  'driftPpm',
  'time',
  'stratum',
  'referenceId',
  'leap',
  'keyFile',
  'allow',
  'deny',
  'seed',
];

/** The configuration of the flags, of `--set` and of a file. Throws a `ConfigError` with a sentence for each mistake. */
export function readServeFlags(flags: Flags): NtpServerConfig {
  const file = flags['config'] as string | undefined;
  const settings: Record<string, unknown> = {};
  for (const [flag, value] of Object.entries(flags)) {
    const key = KEY_OF[flag] ?? (SAME_KEYS.includes(flag) ? flag : undefined);
    if (key !== undefined) settings[key] = value;
  }
  if (flags['port'] !== undefined) settings['listen'] = `127.0.0.1:${String(flags['port'])}`;
  if (flags['rateLimit'] === true) settings['rateLimit'] = {};
  // A file may have faults of its own; those of the flags come after them.
  const before = file === undefined ? 0 : loadYaml(file, ntpServerSchema).value.faults.length;
  for (const [index, fault] of faultsOf(flags).entries()) settings[`faults[${before + index}]`] = fault;
  const all = { ...settings, ...parseSettings(flags['set'] as readonly string[]) };
  try {
    return file === undefined ? loadSettings(ntpServerSchema, all) : loadYaml(file, ntpServerSchema, all).value;
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(error.messages.map((sentence) => namingFlags(sentence, flags))) : error;
  }
}

function faultsOf(flags: Flags): object[] {
  const { wander, jitter, falseticker, unsynchronised, silent, wrongOrigin, kod, stale } = flags;
  const struck = (given: unknown): object => (given === true ? {} : { probability: given });
  return [
    wander !== undefined && { kind: 'wander', ppmPerSqrtS: wander },
    jitter !== undefined && { kind: 'jitter', deviationMs: jitter },
    falseticker !== undefined && { kind: 'falseticker', offsetMs: falseticker },
    unsynchronised !== undefined && { kind: 'unsynchronised', ...struck(unsynchronised) },
    silent !== undefined && { kind: 'silence', ...struck(silent) },
    wrongOrigin !== undefined && { kind: 'wrong-origin', ...struck(wrongOrigin) },
    kod !== undefined && { kind: 'kiss', ...(kod === true ? {} : { code: kod }) },
    stale !== undefined && { kind: 'stale-reference', ageS: (stale as number) / 1_000 },
  ].filter((fault) => fault !== false);
}

const FLAG_OF_FAULT_KEY: Readonly<Record<string, string>> = {
  ppmPerSqrtS: '--wander',
  deviationMs: '--jitter',
  code: '--kod',
  ageS: '--stale',
};

/** Flags whose values carry a unit that may be another one than the key's: the key's is said with the number. */
const UNIT_OF_FLAG: Readonly<Record<string, string>> = {
  '--offset': 'ms',
  '--drift': 'ppm',
  '--wander': 'ppm',
  '--jitter': 'ms',
  '--stale': 's',
};

/** A mistake in a flag names the flag that was typed, not the key it stands for: `--offset: 2e12 ms: expected number to be <=1e12 ms`. */
function namingFlags(sentence: string, flags: Flags): string {
  const named = nameFlag(sentence, flags);
  const [flag = '', ...rest] = named.split(':');
  const unit = UNIT_OF_FLAG[flag];
  return unit === undefined ? named : `${flag}:${rest.join(':').replace(/\d(?=:|$)/g, `$& ${unit}`)}`;
}

function nameFlag(sentence: string, flags: Flags): string {
  return sentence.replace(/^--set ([\w.[\]]+)(?=[ :])/, (setting, path: string) => {
    const key = path.replace(/\[\d+\]$/, '');
    if (key === 'listen' && flags['port'] !== undefined) return '--port:';
    const typed = Object.entries(KEY_OF).find(([flag, of]) => of === key && flags[flag] !== undefined)?.[0];
    if (typed !== undefined || flags[key] !== undefined) return `--${kebabCase(typed ?? key)}:`;
    const [, faultKey = ''] = /^faults\[\d+\]\.(\w+)$/.exec(path) ?? [];
    return FLAG_OF_FAULT_KEY[faultKey] === undefined ? setting : `${FLAG_OF_FAULT_KEY[faultKey]}:`;
  });
}

const kebabCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
