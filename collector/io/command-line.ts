import { Command, CommanderError } from 'commander';
import type { StoredAddress } from '../../core/net/stored-address.ts';
import { collectingSchema } from '../collecting/config.ts';
import { collectorSchema, type CollectorConfig } from '../config.ts';
import { readingSchema } from '../reading/config.ts';
import type { InventoryEntry } from '../query/inventory.ts';
import type { AskOptions } from './ask.ts';
import { readCollector } from './collector-settings.ts';
import { API_HELP, apiSettings, SERVE_HELP } from './api-flags.ts';
import { parseInstant, parseProtocol, parseWho, parseWhole, repeated } from './command-values.ts';
import { usageMistake } from './exit.ts';
import { readInventory } from './inventory-file.ts';
import { LISTEN_HELP, listenSettings, type ListenFlags } from './listen-flags.ts';
import type { ReadOptions } from './read-file.ts';
import { interpretReading } from './reading-flags.ts';

export interface CollectorOptions {
  /** A file or `:memory:`. */
  readonly store: string;
  readonly inventory: readonly InventoryEntry[];
  /** Seconds between two status lines, 0 for none. */
  readonly everyS: number;
  readonly config: CollectorConfig;
}

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'collect'; readonly options: CollectorOptions }
  | { readonly kind: 'ask'; readonly options: AskOptions }
  | { readonly kind: 'read'; readonly options: ReadOptions }
  | { readonly kind: 'done' }
  | { readonly kind: 'usage'; readonly message: string };

interface Flags extends ListenFlags {
  readonly api?: string;
  readonly serve?: true;
  readonly store: string;
  readonly inside?: string[];
  readonly inventory?: string;
  readonly forbid?: string[];
  readonly every: number;
  readonly natEventProfile?: string;
  readonly who?: { readonly publicAddress: StoredAddress; readonly publicPort: number };
  readonly at?: number;
  readonly protocol?: number;
  readonly tolerance?: number;
  readonly json: boolean;
  readonly read?: string;
  readonly port?: number;
  readonly limit?: string[];
  readonly config?: string;
  readonly set: string[];
}

const { natEventProfile } = collectingSchema.shape;

const EXAMPLES = `
Examples:
  collector                                               collect IPFIX on 127.0.0.1:4739 until Ctrl-C
  collector --listen 0.0.0.0:4739 --store flows.duckdb    keep the flows in a DuckDB file
  collector --listen '[::]:4739' --listen tls://[::]:4740 --tls-cert me.pem --tls-key me.key --tls-ca ca.pem
                                                          and take IPFIX over TLS from exporters we trust
  collector --inventory devices.yaml --every 60           know the devices by name, a status line a minute
  collector --store flows.duckdb --who 203.0.113.7:40012 --at 2026-03-02T14:03:22Z --protocol tcp
                                                          say who used a public endpoint, by NAT events and by flow records
  collector query 'top people by bytes last 1h' --store flows.duckdb
                                                          ask anything; collector query --help has the words
  collector --read export.pcap --json                     each record of a capture, as JSON, and what was counted
`;

/** Reads the arguments after the program's name; help is printed here. */
export function readCommandLine(args: readonly string[]): Invocation {
  const program = new Command('collector')
    .description('An IPFIX collector that stores flows in DuckDB and says who used what.')
    .option('--listen <where>', LISTEN_HELP, repeated)
    .option('--tls-cert <file>', 'PEM file of the certificate that tls:// listeners show.')
    .option('--tls-key <file>', 'PEM file of its key.')
    .option('--tls-ca <file>', 'PEM file of the authorities that vouch for exporters over TLS.')
    .option('--store <file>', 'DuckDB file the flows are kept in, :memory: for none.', ':memory:')
    .option('--inside <prefixes...>', `${collectorSchema.shape.inside.description} (default: 10.0.0.0/16 2001:db8:50::/64)`)
    .option('--inventory <file>', 'YAML or JSON list of our devices: name, address, department.')
    .option('--forbid <application...>', 'Names of applications the policy forbids (default: bittorrent).')
    .option('--config <file>', "YAML with the collector's configuration.")
    .option('--set <key=value>', 'Change one key of it, such as collecting.maxSessions=100; may be repeated.', repeated, [])
    .option('--api <host:port>', API_HELP)
    .option('--serve', SERVE_HELP)
    .option('--every <seconds>', 'Seconds between two status lines, 0 for none.', parseWhole, 10)
    .option(
      '--receive-buffer <octets>',
      'Octets the kernel is asked to keep of datagrams that wait (default: 4194304).',
      parseWhole,
    )
    .option('--nat-event-profile <name>', `${natEventProfile.description} (default: rfc)`)
    .option('--who <address:port>', 'Do not collect: say from the store who used this public endpoint.', parseWho)
    .option('--at <time>', 'When, with --who: 2026-03-02T14:03:22Z.', parseInstant)
    .option('--protocol <name>', 'Of which protocol, with --who: tcp, udp, icmp or a number.', parseProtocol)
    .option('--tolerance <seconds>', "With --who: how far time may be off, the router's clock included (default: 1).", parseWhole)
    .option(
      '--read <file>',
      'Do not collect: print each record of a capture (pcap, pcapng) or an IPFIX File, - for standard input.',
    )
    .option('--port <number>', 'With --read: only datagrams to this port.', parseWhole)
    .option('--limit <name=value...>', `With --read: change one of ${Object.keys(readingSchema.shape).join(', ')}.`)
    .option(
      '--json',
      'With --who: the answers as JSON, with all their evidence. With --read: a line of JSON for each record.',
      false,
    )
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    program.parse(args, { from: 'user' });
    return interpret(program.opts<Flags>());
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { kind: 'done' };
    return { kind: 'usage', message: usageMistake(error) };
  }
}

function interpret(flags: Flags): Invocation {
  if (flags.read !== undefined) return interpretReading(flags.read, flags.port, flags.limit ?? [], flags.json);
  const stray = (['port', 'limit'] as const).find((flag) => flags[flag] !== undefined);
  if (stray !== undefined) return { kind: 'usage', message: `--${stray} needs --read; where to listen is --listen` };
  const { store, inside, inventory, forbid, every } = flags;
  const config = readCollector(
    flags.config,
    {
      ...listenSettings(flags, flags.config !== undefined),
      ...apiSettings(flags),
      ...(inside === undefined ? {} : { inside }),
      ...(forbid === undefined ? {} : { 'policy.forbidden': forbid }),
      ...(flags.natEventProfile === undefined ? {} : { 'collecting.natEventProfile': flags.natEventProfile }),
    },
    flags.set,
  );
  const entries = inventory === undefined ? [] : readInventory(inventory);
  if (flags.who !== undefined || flags.at !== undefined) return interpretQuestion(flags, entries, config);
  const options = {
    store,
    inventory: entries,
    everyS: every,
    config,
  };
  return { kind: 'collect', options };
}

function interpretQuestion(flags: Flags, inventory: readonly InventoryEntry[], config: CollectorConfig): Invocation {
  const { who, at, protocol, tolerance, store, json } = flags;
  if (who === undefined || at === undefined) return { kind: 'usage', message: '--who and --at need each other' };
  if (store === ':memory:') return { kind: 'usage', message: '--who needs --store with the file that was collected into' };
  const toleranceMs = tolerance === undefined ? config.attribution.toleranceMs : tolerance * 1_000;
  return {
    kind: 'ask',
    options: { store, question: { ...who, protocol, atMs: at, toleranceMs }, inventory, config, json },
  };
}
