/** Settings of the server for one statement, or for all of a connection. */
export type QuerySettings = Readonly<Record<string, string | number>>;

/** A ClickHouse of any age, asked in its SQL. Every rejection is an Error of one sentence. */
export interface ClickHouseConnection {
  /** A statement that has no rows. */
  run(sql: string): Promise<void>;
  /** The octets of an answer in the format Native; `sql` names no format. */
  read(sql: string): AsyncIterable<Uint8Array>;
  /** Blocks in the format Native into a table, in one insert. The server does not run two of one `queryId` at once. */
  insert(table: string, blocks: readonly Uint8Array[], queryId: string, settings: QuerySettings): Promise<void>;
  close(): Promise<void>;
}

/**
 * One sentence of what a server, or the way to it, complains of. Servers of 2018 write `Code: 60, e.displayText() = DB::Exception: Table
 * default.t doesn't exist., e.what() = DB::Exception`, those of today `Code: 60. DB::Exception: Unknown table. (UNKNOWN_TABLE) (version ..)`.
 */
export function sentenceOf(error: unknown): string {
  const { message, code } = error instanceof Error ? (error as Error & { code?: unknown }) : { message: String(error), code: '' };
  const sentence = message
    .replace(/, e\.what\(\) = [\s\S]*$/, '')
    .replace(/^Code: \d+[.,] (?:e\.displayText\(\) = )?/, '')
    .replace(/^DB::Exception: /, '')
    .replace(/(?: *\([A-Z_]+\))? *\(version [^)]*\)+\s*$/, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[.\s]+$/, '');
  // Node tells several addresses that refuse as one error without a message.
  return sentence === '' ? String(code) : sentence;
}
