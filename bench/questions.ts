import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectorSchema } from '../collector/config.ts';
import { answerText } from '../collector/io/query.ts';
import { Vocabulary } from '../collector/query/language/vocabulary.ts';
import { DuckDbStore } from '../collector/store/duckdb-store.ts';
import { APPLICATION_NAMES, INVENTORY, makeFlows, SERVER_NAMES } from './question-flows.ts';
import { handWritten, makeTables } from './question-sql.ts';

/**
 * Questions to 10 M flows beside the plainest SQL a person would write for the same answer, by turns in one process over the same database:
 * `node --import tsx bench/questions.ts [flows] [file]`. A file that is there is asked as it is. The answers must be the same; the median of the
 * rounds counts. The time of a question is all of it: reading its text and the names of the exporters, compiling, asking.
 */
const ROUNDS = 5;
const FROM = '2026-03-02T11:00:00Z';
const TO = '2026-03-02T12:00:00Z';
const HOUR = `from ${FROM} to ${TO}`;
const QUESTIONS: Readonly<Record<string, string>> = {
  'sources of an hour': `top source by bytes ${HOUR}`,
  'sources of all': 'top source by bytes',
  'people of an hour': `top people by bytes ${HOUR}`,
  'services of an hour': `top port by bytes ${HOUR}`,
  'apps of an hour': `top apps by bytes ${HOUR}`,
  'minutes of an hour': `series bytes every 1m ${HOUR}`,
  'minutes of all': 'series bytes every 1m',
  'conversations of an hour': `conversations by bytes ${HOUR}`,
  'one host of an hour': `top server by bytes ${HOUR} where address = 10.0.0.12`,
  'one IPv6 address of all': 'sum bytes where ip = 2001:db8:50::b',
};

const directory = mkdtempSync(join(tmpdir(), 'flowlab-questions-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const flows = Number(process.argv[2] ?? 10_000_000);
const path = process.argv[3] ?? join(directory, 'flows.duckdb');
if (!existsSync(path)) await makeFlows(path, flows);

const config = collectorSchema.parse({});
const store = await DuckDbStore.open(path);
await makeTables(
  store,
  new Vocabulary({ inside: config.inside, inventory: INVENTORY, applications: APPLICATION_NAMES, names: SERVER_NAMES }),
);
const asked = { store: path, inventory: INVENTORY, config, nowMs: 0 };
const statements = handWritten(Date.parse(FROM), Date.parse(TO));

/** The last column of the answer. */
type Way = () => Promise<number[]>;
const ways = Object.entries(QUESTIONS).map(([name, text]): { name: string; ways: readonly [Way, Way] } => ({
  name,
  ways: [
    async () => (await answerText(store, { ...asked, text })).rows.map((row) => Number(row.at(-1))),
    async () => (await store.query<{ bytes: number }>(statements[name] as string)).map(({ bytes }) => Number(bytes)),
  ],
}));
const median = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN;

interface Spent {
  readonly ms: number[];
  /** Of all threads. */
  readonly processorMs: number[];
}

const ratio = (of: (spent: Spent) => number[], [question, written]: readonly [Spent, Spent]): string =>
  (median(of(question)) / median(of(written))).toFixed(2);

for (const { name, ways: both } of ways) {
  const spent: [Spent, Spent] = [{ ms: [], processorMs: [] }, { ms: [], processorMs: [] }]; // prettier-ignore
  for (let round = 0; round < ROUNDS; round++) {
    const answers: string[] = [];
    // Who comes second finds more in the processor's caches.
    for (const way of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const [startedAt, before] = [performance.now(), process.cpuUsage()];
      answers.push(JSON.stringify(await both[way]()));
      const { user, system } = process.cpuUsage(before);
      spent[way].ms.push(performance.now() - startedAt);
      spent[way].processorMs.push((user + system) / 1_000);
    }
    if (answers[0] !== answers[1]) throw new Error(`${name}: the answers are not the same\n${answers.join('\n')}`);
  }
  const [question, written] = spent;
  console.log(
    `${name}: ${median(question.ms).toFixed(0)} ms, by hand ${median(written.ms).toFixed(0)} ms, ratio ${ratio(({ ms }) => ms, spent)}; ` +
      `of the processor ${median(question.processorMs).toFixed(0)} and ${median(written.processorMs).toFixed(0)} ms, ratio ${ratio(({ processorMs }) => processorMs, spent)}`,
  );
}
store.close();

const startedAt = performance.now();
const START = fileURLToPath(new URL('../bin/start.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [START, 'collector', 'query', `top source by bytes ${HOUR}`, '--store', path], { stdio: 'ignore' }); // prettier-ignore
console.log(`collector query as a process (exit code ${status}): ${(performance.now() - startedAt).toFixed(0)} ms`);
