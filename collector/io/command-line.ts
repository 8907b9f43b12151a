import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { collectorSchema, type CollectorConfig } from '../config.ts';
import type { InventoryEntry } from '../query/inventory.ts';
import { readInventory } from './inventory-file.ts';

export interface CollectorOptions {
  readonly host: string;
  readonly port: number;
  /** A file or `:memory:`. */
  readonly store: string;
  readonly inventory: readonly InventoryEntry[];
  /** Seconds between two status lines, 0 for none. */
  readonly everyS: number;
  readonly receiveBufferOctets: number;
  readonly config: CollectorConfig;
}

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'collect'; readonly options: CollectorOptions }
  | { readonly kind: 'done' }
  | { readonly kind: 'usage'; readonly message: string };

interface Flags {
  readonly listen?: { readonly host: string; readonly port: number };
  readonly store: string;
  readonly inside?: string;
  readonly inventory?: string;
  readonly forbid?: string[];
  readonly every: number;
  readonly receiveBuffer: number;
}

/** IANA's port for IPFIX. */
const DEFAULT_LISTEN = { host: '127.0.0.1', port: 4_739 };

const EXAMPLES = `
Examples:
  collector                                               collect IPFIX on 127.0.0.1:4739 until Ctrl-C
  collector --listen 0.0.0.0:4739 --store flows.duckdb    keep the flows in a DuckDB file
  collector --inventory devices.yaml --every 60           know the devices by name, a status line a minute
`;

/** Reads the arguments after the program's name; help is printed here. */
export function readCommandLine(args: readonly string[]): Invocation {
  const program = new Command('collector')
    .description('An IPFIX collector that stores flows in DuckDB and says who used what.')
    .option('--listen <host:port>', 'Where to wait for IPFIX over UDP (default: 127.0.0.1:4739).', parseListen)
    .option('--store <file>', 'DuckDB file the flows are kept in, :memory: for none.', ':memory:')
    .option('--inside <prefix>', `${collectorSchema.shape.inside.description} (default: 10.0.0.0/16)`)
    .option('--inventory <file>', 'YAML or JSON list of our devices: name, address, department.')
    .option('--forbid <application...>', 'Names of applications the policy forbids (default: bittorrent).')
    .option('--every <seconds>', 'Seconds between two status lines, 0 for none.', parseWhole, 10)
    .option('--receive-buffer <octets>', 'Octets the kernel is asked to keep of what waits.', parseWhole, 4_194_304)
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    program.parse(args, { from: 'user' });
    return interpret(program.opts<Flags>());
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { kind: 'done' };
    return { kind: 'usage', message: (error as Error).message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ') };
  }
}

function interpret({ listen, store, inside, inventory, forbid, every, receiveBuffer }: Flags): Invocation {
  const parsed = collectorSchema.safeParse({
    ...(inside === undefined ? {} : { inside }),
    ...(forbid === undefined ? {} : { policy: { forbidden: forbid } }),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { kind: 'usage', message: `--${issue?.path[0] === 'inside' ? 'inside' : 'forbid'}: ${issue?.message}` };
  }
  const entries = inventory === undefined ? [] : readInventory(inventory);
  const options = {
    ...(listen ?? DEFAULT_LISTEN),
    store,
    inventory: entries,
    everyS: every,
    receiveBufferOctets: receiveBuffer,
    config: parsed.data,
  };
  return { kind: 'collect', options };
}

function parseListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port > 65_535) throw new InvalidArgumentError('It is not a host and a port such as 127.0.0.1:4739.');
  return { host, port };
}

function parseWhole(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 0x7fffffff) return value;
  throw new InvalidArgumentError('It is not a whole number from 0 on.');
}
