import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StatusView } from '../../collector/api/view/status-view.ts';
import type { Topic } from '../../collector/api/view/topic.ts';
import { BASES } from '../../collector/api/view/view-request.ts';
import { labelsOf } from '../../collector/io/labels.ts';
import { viewTopics, type ViewSource } from '../../collector/io/page/view-topics.ts';
import type { ViewSubject } from '../../collector/io/page/views.ts';
import { duckDbDialect } from '../../collector/query/language/duckdb-dialect.ts';
import { DuckDbStore } from '../../collector/store/duckdb-store.ts';
import { UsageError } from '../commands/failure.ts';
import { savedRecords, type TimedRecords } from '../view/timed-records.ts';
import { readSites } from '../world/sites-file.ts';
import { keptMessages } from './kept-messages.ts';
import { KeptSites } from './kept-sites.ts';
import { keptTopics, type KeptDay } from './kept-topics.ts';
import { keptLedgers, keptTruth } from './kept-truth.ts';
import { keptWay } from './kept-way.ts';
import { truthfulTopics } from './truth-topics.ts';
import { reportTopic } from './report-topic.ts';
import { readJson } from '../read-json.ts';
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
  try {
    return await keptRun(directory, report, store);
  } catch (error) {
    store.close();
    throw error;
  }
}

async function keptRun(directory: string, report: Report, store: DuckDbStore): Promise<KeptRun> {
  const labels = await labelsOf(store, duckDbDialect);
  const sites = new KeptSites(report, readSites(join(directory, 'sites.json')));
  const startMs = Date.parse(report.start);
  const endMs = startMs + report.simulatedS * 1_000;
  const exports = readdirSync(directory).filter((name) => /^export(-.*)?\.pcap$/.test(name));
  const ring = keptMessages(exports.map((name) => join(directory, name)));
  const times = join(directory, 'times.csv');
  const records = existsSync(times) ? savedRecords(times) : new Map<string, TimedRecords>();
  const way = keptWay(directory, { epochUnixMs: startMs, records: [...records.values()], ring });
  const source: ViewSource = {
    store,
    context: (name) => {
      const { exporter, inside, inventory, alerts } = sites.of(name);
      return { ...labels, exporter, inside, inventory, alerts };
    },
    nowMs: () => endMs,
    revision: () => 0,
    ...(way === undefined ? {} : { truth: way.truth }),
  };
  const known = { startMs, endMs, sites, records };
  const day = { ...known, ledgers: keptLedgers(directory, known) };
  const truth = keptTruth(directory, day);
  const topics: Map<string, Topic> = truth === undefined ? viewTopics(source) : truthfulTopics({ ...source, ...truth });
  if (way !== undefined) topics.set('pipeline', way.topic);
  for (const [name, topic] of keptTopics(directory, day, ring)) topics.set(name, topic);
  const views: ViewSubject = { topics };
  const page = join(directory, 'report.html');
  if (existsSync(page)) {
    const document = readFileSync(page, 'utf8');
    views.report = () => document;
    topics.set('report', reportTopic(report.scenario, report.seed, views.report));
  }
  const bases = truth === undefined ? BASES : [...BASES, 'truth' as const];
  const status = statusOf(report, { startMs, endMs, sites, topics: [...topics.keys(), 'status'], bases });
  topics.set('status', { view: () => Promise.resolve(status), revision: () => 0 });
  return {
    views,
    close: () => {
      truth?.close();
      store.close();
    },
  };
}

function statusOf(
  report: Report,
  { startMs, endMs, sites, topics, bases }: Pick<KeptDay, 'startMs' | 'endMs' | 'sites'> & Pick<StatusView, 'topics' | 'bases'>,
): StatusView {
  return {
    kind: 'replay',
    name: report.scenario,
    title: report.title,
    seed: report.seed,
    nowMs: endMs,
    startMs,
    endMs,
    topics,
    bases,
    exporters: sites.all.length > 1 ? sites.all.map(({ name, clockErrorMs }) => ({ id: name, name, clockErrorMs })) : [],
    records: report.collected.records,
    messages: report.collected.messages,
    clockErrorMs: report.clocks.router.trueErrorAfterMs,
  };
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
  return readJson(path, reportSchema, 'a report of this version');
}
