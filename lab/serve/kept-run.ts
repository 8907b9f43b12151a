import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StatusView } from '../../collector/api/view/status-view.ts';
import type { Topic } from '../../collector/api/view/topic.ts';
import { BASES } from '../../collector/api/view/view-request.ts';
import { wireTopic } from '../../collector/api/view/wire-topic.ts';
import { collectorSchema } from '../../collector/config.ts';
import { labelsOf } from '../../collector/io/labels.ts';
import { viewTopics } from '../../collector/io/page/view-topics.ts';
import type { ViewSubject } from '../../collector/io/page/views.ts';
import { duckDbDialect } from '../../collector/query/language/duckdb-dialect.ts';
import { DuckDbStore } from '../../collector/store/duckdb-store.ts';
import { UsageError } from '../commands/failure.ts';
import { NS_PER_MS, trueNs } from '../../core/time/instant.ts';
import { savedClocks } from '../view/run-clocks.ts';
import { savedRecords } from '../view/timed-records.ts';
import { clockTopics } from './clock-topics.ts';
import { keptMessages } from './kept-messages.ts';
import { keptTruth } from './kept-truth.ts';
import { withTruth } from './truth-topics.ts';
import { reportSchema, type Report } from '../report/report.ts';

/** What a run left, to be shown again; `close` when it is no longer. */
export interface KeptRun {
  readonly views: ViewSubject;
  close(): void;
}

/** Opens a directory that `--out` wrote. Rejects with a UsageError when it is none. */
export async function openKeptRun(directory: string): Promise<KeptRun> {
  const report = readReport(join(directory, 'report.json'));
  const file = join(directory, 'flows.duckdb');
  if (!existsSync(file)) throw new UsageError(`there is no ${file}: run a scenario with --out ${directory} first`);
  const store = await openStore(file);
  const { inside } = collectorSchema.parse({});
  const labels = await labelsOf(store, duckDbDialect);
  // Every person of every site has an entry; where sites have the same addresses, headquarters' are taken.
  const inventory = report.people
    .filter(({ site }) => site === undefined || site === 'headquarters')
    .map(({ name, address, otherAddresses, department }) => ({ name, address, otherAddresses, department }));
  // Which rows showed it is not kept.
  const alerts = report.unusual.map((alert) => ({ ...alert, flowIds: [] }));
  const startMs = Date.parse(report.start);
  const endMs = startMs + report.simulatedS * 1_000;
  const source = {
    store,
    context: () => ({ ...labels, inside, inventory, alerts }),
    nowMs: () => endMs,
    revision: () => 0,
  };
  const truth = keptTruth(directory, startMs, endMs);
  const topics: Map<string, Topic> =
    truth === undefined ? viewTopics(source) : withTruth(viewTopics(source), { ...source, ...truth });
  for (const [name, topic] of keptClocks(directory, startMs, endMs)) topics.set(name, topic);
  const capture = join(directory, 'export.pcap');
  if (existsSync(capture)) topics.set('wire', wireTopic(keptMessages(capture)));
  const status: StatusView = {
    kind: 'replay',
    name: report.scenario,
    title: report.title,
    seed: report.seed,
    nowMs: endMs,
    startMs,
    endMs,
    topics: [...topics.keys(), 'status'],
    bases: truth === undefined ? BASES : [...BASES, 'truth'],
    records: report.collected.records,
    messages: report.collected.messages,
    clockErrorMs: report.clocks.router.trueErrorAfterMs,
  };
  topics.set('status', { view: () => Promise.resolve(status), revision: () => 0 });
  return {
    views: { topics },
    close: () => {
      truth?.close();
      store.close();
    },
  };
}

/** The topics of clocks; none where they were not kept. */
function keptClocks(directory: string, startMs: number, endMs: number): [string, Topic][] {
  const [clocks, exchanges, times] = ['clocks.csv', 'exchanges.csv', 'times.csv'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  if (![clocks, exchanges, times].every((path) => existsSync(path))) return [];
  const records = savedRecords(times);
  return clockTopics({
    epochUnixMs: startMs,
    clocks: savedClocks({ clocks, exchanges }),
    nowNs: () => trueNs((endMs - startMs) * NS_PER_MS),
    records: () => records,
    revision: () => 0,
  });
}

/** Who still has it open is most often the run that writes it. */
async function openStore(file: string): Promise<DuckDbStore> {
  try {
    return await DuckDbStore.open(file);
  } catch (error) {
    const { message } = error as Error;
    if (message.includes('Could not set lock'))
      throw new UsageError(`${file} is open in another process: end the run --serve or serve that shows it first`);
    throw new UsageError(`${file} cannot be opened: ${message.split('\n')[0]}`);
  }
}

function readReport(path: string): Report {
  if (!existsSync(path)) throw new UsageError(`there is no ${path}: serve needs a directory that run --out wrote`);
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${(error as Error).message}`);
  }
  const parsed = reportSchema.safeParse(read);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${path} is not a report of this version: ${issue?.path.join('.')} ${issue?.message}`);
}
