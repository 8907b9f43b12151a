import { DuckDBInstance, StatementType, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { ALLOWED_FUNCTIONS, functionsOf, type SerializedSql } from './sql-functions.ts';

/** What a statement of a stranger may cost. */
export interface SandboxLimits {
  /** Milliseconds until it is interrupted. */
  readonly timeoutMs: number;
  /** Rows that are kept of its answer; the others are not even computed where that can be helped. */
  readonly maxRows: number;
  /** Characters of the statement: whoever takes it apart needs memory and time for each. */
  readonly maxStatementCharacters: number;
  /** Characters of all texts of the answer. */
  readonly maxCharacters: number;
  /** Octets the database may hold in memory while it works. Nothing is ever written to disk for want of it. */
  readonly memoryOctets: number;
  readonly threads: number;
}

export const SANDBOX_LIMITS: SandboxLimits = {
  timeoutMs: 10_000,
  maxRows: 10_000,
  maxStatementCharacters: 1_000_000,
  maxCharacters: 10_000_000,
  memoryOctets: 512_000_000,
  threads: 2,
};

export interface SandboxAnswer {
  readonly columns: readonly string[];
  /** One value for each column. Whole numbers beyond 2^53 and everything that is no number, boolean or null are texts. */
  readonly rows: readonly (readonly SandboxValue[])[];
  /** Whether there were more rows than the limit. */
  readonly isCut: boolean;
}

export type SandboxValue = number | string | boolean | null;

/** A statement that is not run, or was stopped; the message is a sentence for whoever wrote it. */
export class SqlRefused extends Error {}

/**
 * Statements of strangers, one at a time: a single SELECT (WITH, VALUES, FROM, DESCRIBE and SHOW are such), read-only, without files, network,
 * extensions or settings, within limits. Several walls, each enough by itself for most: the kind of the statement and the functions it calls
 * as the database itself parses it, a read-only transaction, a database opened read-only, and `enable_external_access = false` with a
 * locked configuration.
 */
export class SqlSandbox {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #limits: SandboxLimits;
  /** Statements wait for each other: they share the connection that a limit of time interrupts. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, limits: SandboxLimits) {
    this.#instance = instance;
    this.#connection = connection;
    this.#limits = limits;
  }

  /**
   * A DuckDB file that no other process writes to; nor may this one have it open otherwise. Rejects when it cannot be opened, with the
   * database's own Error.
   */
  static async open(path: string, limits: SandboxLimits = SANDBOX_LIMITS): Promise<SqlSandbox> {
    const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY', ...walls(limits) });
    return new SqlSandbox(instance, await instance.connect(), limits);
  }

  /** Rejects with `SqlRefused` when the statement is not allowed, wrong, or beyond a limit. */
  run(sql: string): Promise<SandboxAnswer> {
    const answer = this.#last.then(() => runSandboxed(this.#connection, sql, this.#limits));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

/** Settings of an instance that strangers' statements may reach. `lock_configuration` must be the last. */
export const walls = ({ memoryOctets, threads }: Pick<SandboxLimits, 'memoryOctets' | 'threads'>): Record<string, string> => ({
  memory_limit: `${memoryOctets}B`,
  threads: String(threads),
  temp_directory: '',
  max_temp_directory_size: '0B',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  enable_external_access: 'false',
  lock_configuration: 'true',
});

/**
 * One statement on a connection nobody else uses meanwhile, of an instance with the settings of `walls`. Rejects with `SqlRefused`
 * when it is not allowed, wrong, or beyond a limit.
 */
export async function runSandboxed(connection: DuckDBConnection, sql: string, limits: SandboxLimits): Promise<SandboxAnswer> {
  refuseTooLong(sql, limits);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    connection.interrupt();
  }, limits.timeoutMs);
  try {
    await connection.run('BEGIN TRANSACTION READ ONLY');
    try {
      return await select(connection, sql, limits, () => isLate);
    } finally {
      await connection.run('ROLLBACK');
    }
  } catch (error) {
    if (error instanceof SqlRefused) throw error;
    if (isLate) throw new SqlRefused(`the statement was stopped after ${limits.timeoutMs / 1_000} s`, { cause: error });
    throw new SqlRefused(sentenceOf(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Throws `SqlRefused`. */
export function refuseTooLong({ length }: string, { maxStatementCharacters }: SandboxLimits): void {
  if (length > maxStatementCharacters)
    throw new SqlRefused(`the statement has ${length} characters, more than ${maxStatementCharacters} are not taken`);
}

async function select(
  connection: DuckDBConnection,
  sql: string,
  { maxRows, maxCharacters }: SandboxLimits,
  isLate: () => boolean,
): Promise<SandboxAnswer> {
  await refuseWhatIsNoPlainSelect(connection, sql);
  const prepared = await connection.prepare(sql);
  if (prepared.statementType !== StatementType.SELECT) throw new SqlRefused(ONLY_SELECT);
  if (prepared.parameterCount > 0) throw new SqlRefused('there are no parameters to bind');
  const result = await prepared.stream();
  const rows: SandboxValue[][] = [];
  let characters = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    // An interrupt between two chunks interrupts nothing.
    if (isLate()) throw new Error('interrupted');
    if (chunk === null || chunk.rowCount === 0) return { columns: result.deduplicatedColumnNames(), rows, isCut: false };
    for (const row of chunk.getRows()) {
      if (rows.length === maxRows) return { columns: result.deduplicatedColumnNames(), rows, isCut: true };
      const values = row.map(plain);
      for (const value of values) if (typeof value === 'string') characters += value.length;
      if (characters > maxCharacters) throw new SqlRefused(`the answer has more than ${maxCharacters} characters`);
      rows.push(values);
    }
  }
}

/** Said of every other statement. */
export const ONLY_SELECT = 'only SELECT is allowed';

/** By the statement as the database itself parses it. It is not bound yet: binding opens files and works out constants. */
async function refuseWhatIsNoPlainSelect(connection: DuckDBConnection, sql: string): Promise<void> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($sql::VARCHAR)', { sql });
  const parsed = JSON.parse(String(reader.getRows()[0]?.[0])) as SerializedSql;
  if (parsed.error)
    throw new SqlRefused(parsed.error_type === 'parser' ? (parsed.error_message ?? 'it is not SQL') : ONLY_SELECT);
  const { statements = [] } = parsed;
  if (statements.length !== 1) throw new SqlRefused(`one statement is expected, there are ${statements.length}`);
  const strange = [...functionsOf(statements)].find((name) => !ALLOWED_FUNCTIONS.has(name));
  if (strange !== undefined) throw new SqlRefused(`the function ${strange} is not among those that are allowed`);
}

function plain(value: DuckDBValue): SandboxValue {
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value);
  return String(value);
}

/** The first line of what the database says, without the name of its class: the others draw the place or advise what is not allowed. */
const sentenceOf = (error: unknown): string =>
  String((error as Error).message)
    .split('\n')[0]
    ?.replace(/^(?:[A-Z]\w+ )+Error: /, '') ?? '';
