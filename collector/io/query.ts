import type { InventoryEntry } from '../query/inventory.ts';
import { answerQuestion, type TableAnswer } from '../query/language/answer-question.ts';
import { clickHouseDialect } from '../query/language/clickhouse-dialect.ts';
import type { Dialect } from '../query/language/dialect.ts';
import { mayBeAboutNames } from '../query/language/dimensions.ts';
import { duckDbDialect } from '../query/language/duckdb-dialect.ts';
import { QueryError } from '../query/language/query-error.ts';
import type { Question } from '../query/language/question.ts';
import { parseQuestion } from '../query/language/parse-question.ts';
import { Vocabulary } from '../query/language/vocabulary.ts';
import type { CollectorConfig } from '../config.ts';
import { isServerAddress } from '../store/clickhouse/server-address.ts';
import { ClickHouseSandbox, sandboxSettings } from '../store/clickhouse/sql-sandbox.ts';
import type { AskedStore } from '../store/flow-store.ts';
import { SANDBOX_LIMITS, SqlSandbox } from '../store/sql-sandbox.ts';
import { whoLines } from './ask.ts';
import { checkFile, connectToAsk, openFile, openServer, storeLeftOver } from './open-store.ts';
import { labelsOf } from './labels.ts';
import { csvLines, jsonLines, tableLines } from './query-output.ts';

export interface QueryOptions {
  /** A DuckDB file, or `clickhouse://...`. */
  readonly store: string;
  /** A question in the language, or a statement in SQL. */
  readonly text: string;
  readonly isSql: boolean;
  readonly inventory: readonly InventoryEntry[];
  readonly config: CollectorConfig;
  readonly format: 'table' | 'json' | 'csv';
  /** Columns of the terminal. */
  readonly width: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Lines to print. Rejects with a `QueryError`, or with an Error of one sentence when the store cannot be asked. */
export async function query(options: QueryOptions): Promise<string[]> {
  if (options.isSql) return querySql(options);
  const store = await (isServerAddress(options.store) ? openServer : openFile)(options.store, options.config);
  try {
    return await ask(store, options);
  } finally {
    await store.close();
  }
}

/** A question as text, and what is known to understand it by. */
export type TextQuestion = Pick<QueryOptions, 'text' | 'store' | 'inventory' | 'config' | 'nowMs'>;

async function understand(
  store: AskedStore,
  { text, store: name, inventory, config, nowMs }: TextQuestion,
): Promise<{ question: Question; vocabulary: Vocabulary; dialect: Dialect }> {
  const dialect = isServerAddress(name) ? clickHouseDialect : duckDbDialect;
  // There may be many thousands of them.
  const labels = mayBeAboutNames(text) ? await labelsOf(store, dialect) : { applications: [], names: new Map() };
  const vocabulary = new Vocabulary({ inside: config.inside, inventory, ...labels });
  const question = parseQuestion(text, { vocabulary, nowMs, toleranceMs: config.attribution.toleranceMs });
  if (question.kind === 'who' && dialect !== duckDbDialect)
    throw new QueryError('who had an endpoint can be asked of a DuckDB file only', text, 0);
  return { question, vocabulary, dialect };
}

/** Answers a question as rows. Rejects with a `QueryError` when it is not understood. */
export async function answerText(store: AskedStore, asked: TextQuestion): Promise<TableAnswer> {
  const { question, vocabulary, dialect } = await understand(store, asked);
  if (question.kind !== 'who') return answerQuestion(store, question, vocabulary, dialect);
  const lines = await whoLines(store, { ...asked, question: question.endpoint, json: false });
  return { columns: [{ name: 'answer', unit: 'text' }], rows: lines.map((line) => [line]), notes: [], isCut: false };
}

async function ask(store: AskedStore, options: QueryOptions): Promise<string[]> {
  const { question, vocabulary, dialect } = await understand(store, options);
  if (question.kind === 'who')
    return whoLines(store, { ...options, question: question.endpoint, json: options.format === 'json' });
  return printed(await answerQuestion(store, question, vocabulary, dialect), options);
}

async function querySql(options: QueryOptions): Promise<string[]> {
  const sandbox = await openSandbox(options);
  try {
    const { columns, rows, isCut } = await sandbox.run(options.text);
    const isNumber = columns.map((_, index) => rows.every((row) => typeof row[index] === 'number' || row[index] === null));
    return printed(
      {
        columns: columns.map((name, index) => ({ name, unit: isNumber[index] === true ? 'identifier' : 'text' })),
        rows: rows.map((row) => row.map((value) => (typeof value === 'number' ? value : value === null ? '' : String(value)))),
        isCut,
        notes: isCut ? [`there are more than ${rows.length} rows; the others are left out`] : [],
      },
      options,
    );
  } finally {
    await sandbox.close();
  }
}

async function openSandbox({ store, config }: QueryOptions): Promise<SqlSandbox | ClickHouseSandbox> {
  if (isServerAddress(store)) {
    return new ClickHouseSandbox(await connectToAsk(store, config, sandboxSettings(SANDBOX_LIMITS)));
  }
  checkFile(store);
  await storeLeftOver(store, config);
  return SqlSandbox.open(store);
}

function printed(answer: TableAnswer, { format, width }: QueryOptions): string[] {
  if (format === 'json') return jsonLines(answer);
  return format === 'csv' ? csvLines(answer) : tableLines(answer, width);
}
