import {
  refuseTooLong,
  SANDBOX_LIMITS,
  SqlRefused,
  type SandboxAnswer,
  type SandboxLimits,
  type SandboxValue,
} from '../sql-sandbox.ts';
import type { ClickHouseConnection, QuerySettings } from './connection.ts';
import { nativeBlocks, rowsOf } from './native-reader.ts';
import { plainSelect } from './plain-select.ts';

/** Of the connection that strangers' statements go over. `readonly` lets none of them be changed, and allows no table function that reaches out. */
export const sandboxSettings = ({
  timeoutMs,
  maxRows,
  memoryOctets,
  threads,
  maxStatementCharacters,
}: SandboxLimits): QuerySettings => ({
  max_execution_time: Math.ceil(timeoutMs / 1_000),
  max_memory_usage: memoryOctets,
  max_threads: threads,
  // A character takes up to four octets, and what is put around a statement some more.
  max_query_size: 4 * maxStatementCharacters + 65_536,
  // The server ends with the block that has one too many.
  max_result_rows: maxRows,
  result_overflow_mode: 'break',
  readonly: 1,
});

/**
 * Statements of strangers to a ClickHouse: a single SELECT, within limits. Two walls: the statement may call only listed functions, and the
 * server only reads. What it may read besides the tables of flows, its own grants to the user say.
 */
export class ClickHouseSandbox {
  readonly #connection: ClickHouseConnection;
  readonly #limits: SandboxLimits;

  /** A connection with the settings of `sandboxSettings`. */
  constructor(connection: ClickHouseConnection, limits: SandboxLimits = SANDBOX_LIMITS) {
    this.#connection = connection;
    this.#limits = limits;
  }

  /** Rejects with `SqlRefused` when the statement is not allowed, wrong, or beyond a limit. */
  async run(sql: string): Promise<SandboxAnswer> {
    refuseTooLong(sql, this.#limits);
    const statement = plainSelect(sql);
    try {
      return await this.#answer(statement);
    } catch (error) {
      throw error instanceof SqlRefused ? error : new SqlRefused((error as Error).message, { cause: error });
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #answer(statement: string): Promise<SandboxAnswer> {
    const { maxRows, maxCharacters } = this.#limits;
    const rows: SandboxValue[][] = [];
    let columns: string[] = [];
    let characters = 0;
    for await (const block of nativeBlocks(this.#connection.read(statement))) {
      columns = block.columns.map(({ name }) => name);
      for (const row of rowsOf(block)) {
        if (rows.length === maxRows) return { columns, rows, isCut: true };
        const values = columns.map((name) => plain(row[name]));
        for (const value of values) if (typeof value === 'string') characters += value.length;
        if (characters > maxCharacters) throw new SqlRefused(`the answer has more than ${maxCharacters} characters`);
        rows.push(values);
      }
    }
    return { columns, rows, isCut: false };
  }
}

function plain(value: unknown): SandboxValue {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'bigint' ? String(value) : (value as SandboxValue);
}
