import { Command, CommanderError } from 'commander';
import { QueryError } from '../query/language/query-error.ts';
import { hasJournal, journalOf } from '../store/journal/journal.ts';
import { SqlRefused } from '../store/sql-sandbox.ts';
import { readCollector } from './collector-settings.ts';
import { repeated } from './command-values.ts';
import { complain, EXIT, firstLine, usageMistake } from './exit.ts';
import { readInventory } from './inventory-file.ts';
import { query, type QueryOptions } from './query.ts';
import { wordTable } from './query-help.ts';

interface Flags {
  readonly store?: string;
  readonly inventory?: string;
  readonly inside?: string[];
  readonly config?: string;
  readonly set: string[];
  readonly sql: boolean;
  readonly json: boolean;
  readonly csv: boolean;
}

const EXAMPLES = `
Examples:
  collector query 'top people by bytes last 1h where app = youtube' --store flows.duckdb
  collector query 'series rate every 5m by category on 2026-03-02' --store flows.duckdb --csv
  collector query 'who had 203.0.113.7:40012 at 2026-03-02T14:03:22Z' --store flows.duckdb
  collector query --sql 'SELECT count(*) FROM flows' --store flows.duckdb
  collector query 'top apps by bytes last 1d' --store clickhouse://reader@127.0.0.1:8123/flows
`;

/** `collector query`: answers a question and resolves with the exit code: 0 answered, 2 not understood, 4 the store cannot be asked. */
export async function queryCommand(args: readonly string[]): Promise<number> {
  let options: QueryOptions | undefined;
  try {
    options = readQuery(args);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    return complain(usageMistake(error), EXIT.usage);
  }
  try {
    for (const line of await query(options)) console.log(line);
    if (hasJournal(options.store))
      console.error(
        `${journalOf(options.store)} has datagrams that may not be among them: the next start of the collector reads what is left`,
      );
    return EXIT.ok;
  } catch (error) {
    if (error instanceof QueryError) {
      for (const line of [error.message, ...error.drawing]) console.error(line);
      return EXIT.usage;
    }
    if (error instanceof SqlRefused) return complain(error.message, EXIT.usage);
    return complain(firstLine(error), EXIT.runTime);
  }
}

function readQuery(args: readonly string[]): QueryOptions {
  const program = new Command('collector query')
    .description('Answers a question about the stored flows.')
    .argument('<question>', 'A question in the words below, or with --sql a SELECT.')
    .option('--store <file>', 'What was collected into: a DuckDB file, or clickhouse://user:password@host:8123/database.')
    .option('--inventory <file>', 'YAML or JSON list of our devices: name, address, department; from and to for leases.')
    .option('--inside <prefixes...>', 'The prefixes of the office.')
    .option('--config <file>', "YAML with the collector's configuration.")
    .option('--set <key=value>', 'Change one key of it; may be repeated.', repeated, [])
    .option('--sql', 'The question is SQL: one SELECT, read-only, within limits of time, memory and rows.', false)
    .option('--json', 'Print JSON.', false)
    .option('--csv', 'Print CSV (RFC 4180); texts that would be formulas get an apostrophe.', false)
    .addHelpText('after', () => `\n${wordTable()}\n${EXAMPLES}`)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  program.parse(args, { from: 'user' });
  const { store, inventory, inside, config, set, sql, json, csv } = program.opts<Flags>();
  if (store === undefined) throw new Error('a question needs --store with what was collected into');
  if (json && csv) throw new Error('it is either --json or --csv');
  return {
    store,
    text: program.args[0] as string,
    isSql: sql,
    inventory: inventory === undefined ? [] : readInventory(inventory),
    config: readCollector(config, inside === undefined ? {} : { inside }, set),
    format: json ? 'json' : csv ? 'csv' : 'table',
    width: process.stdout.columns ?? Infinity,
    nowMs: Date.now(),
  };
}
