import { answeringFrom } from './io/api-query.ts';
import { ask } from './io/ask.ts';
import { readCommandLine, type CollectorOptions } from './io/command-line.ts';
import { complain, EXIT, firstLine } from './io/exit.ts';
import { queryCommand } from './io/query-command.ts';
import { readFile, type ReadOptions } from './io/read-file.ts';
import { listeningLines, statusLine, summaryLines } from './io/summary.ts';
import { FlowCollector } from './io/flow-collector.ts';
import { collectorViews } from './io/page/collector-views.ts';
import { CollectorLog } from './io/log.ts';
import { openStore } from './io/open-store.ts';
import { Operations } from './io/operations.ts';
import { isServerAddress, withoutPassword } from './store/clickhouse/server-address.ts';
import { givingWayToReceiving } from './store/giving-way.ts';
import type { FlowStore } from './store/flow-store.ts';
import { wordNumber } from './query/wording.ts';
import { guardOutput } from '../runtime/guard-output.ts';

/** Whoever ends a collector is told after so long what it is waiting for. */
const PATIENCE_MS = 1_000;

/** Collects until SIGINT or SIGTERM, then says what it found; resolves with the exit code. */
async function collect(options: CollectorOptions): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  let store: FlowStore;
  try {
    store = await openStore(options.store, options.config);
  } catch (error) {
    return complain(`cannot open the store ${withoutPassword(options.store)}: ${firstLine(error)}`, EXIT.runTime);
  }
  let collector: FlowCollector;
  try {
    collector = await FlowCollector.open(options, store);
    givingWayToReceiving();
  } catch (error) {
    await store.close();
    return complain(firstLine(error), EXIT.runTime);
  }
  const { stdout: out, stderr: error } = process;
  const log = new CollectorLog(options.config.log, { out, error, isTerminal: out.isTTY });
  let operations: Operations;
  try {
    operations = await Operations.open(
      options.config,
      collector,
      log,
      answeringFrom(store, options),
      collectorViews(collector, store, options),
    );
  } catch (error) {
    await collector.close().finally(() => store.close());
    return complain(firstLine(error), EXIT.runTime);
  }
  const { reception } = collector;
  log.say('listening', listeningLines(reception.stats()));
  const { apiEndpoint } = operations;
  if (apiEndpoint !== undefined) {
    log.say('api-listening', [`answering HTTP on ${apiEndpoint}`]);
    if (options.config.api.page) log.say('page', [`the page is at http://${apiEndpoint}/`]);
  }
  const { counters } = collector.collecting;
  const status =
    options.everyS > 0
      ? setInterval(() => log.say('status', [statusLine(counters, reception.kernelDrops)]), options.everyS * 1_000)
      : undefined;
  await stopped;
  clearInterval(status);
  try {
    await operations.close();
    await closeCollector(collector, log);
    log.say('status', [statusLine(counters, reception.kernelDrops)]);
    log.say('account', operations.accountLines());
    if (!isServerAddress(options.store)) log.say('answer', summaryLines(await collector.answers(), collector.alerts));
  } finally {
    await closeStore(store, log);
  }
  return EXIT.ok;
}

/** After a flood much waits to be read. */
async function closeCollector(collector: FlowCollector, log: CollectorLog): Promise<void> {
  const waiting = (): string => `${wordNumber(collector.reception.inbox.waiting)} datagrams wait to be read`;
  const patience = setTimeout(() => {
    if (collector.reception.inbox.waiting > 0) log.say('reading', [`${waiting()} and are read now`]);
  }, PATIENCE_MS);
  try {
    await collector.close();
  } finally {
    clearTimeout(patience);
  }
  const { inbox } = collector.reception;
  const fate = inbox.journal === undefined ? 'they are lost' : 'the next start reads them';
  if (inbox.waiting > 0) log.say('left-unread', [`${waiting()}: ${fate}`]);
}

/** After a flood much waits for the database. */
async function closeStore(store: FlowStore, log: CollectorLog): Promise<void> {
  const waiting = (): string => `${wordNumber(store.waitingRows ?? 0)} records wait in the spool`;
  const patience = setTimeout(() => log.say('storing', [`${waiting()} and are stored now`]), PATIENCE_MS);
  try {
    await store.close();
  } finally {
    clearTimeout(patience);
  }
  if ((store.waitingRows ?? 0) > 0) log.say('left-over', [`${waiting()}: the next start stores them, and questions see them`]);
}

async function read(options: ReadOptions): Promise<number> {
  await readFile(options, process.stdout);
  return EXIT.ok;
}

function print(lines: readonly string[]): number {
  for (const line of lines) console.log(line);
  return EXIT.ok;
}

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === 'query') {
    guardOutput();
    return queryCommand(args.slice(1));
  }
  const invocation = readCommandLine(args);
  // It looks after its output itself: what could not be written is told.
  if (invocation.kind !== 'read') guardOutput();
  switch (invocation.kind) {
    case 'collect':
      return collect(invocation.options).catch((error: unknown) => complain(firstLine(error), EXIT.runTime));
    case 'ask':
      return ask(invocation.options).then(print, (error: unknown) => complain(firstLine(error), EXIT.runTime));
    case 'read':
      return read(invocation.options).catch((error: unknown) => complain(firstLine(error), EXIT.runTime));
    case 'usage':
      return complain(invocation.message, EXIT.usage);
    case 'done':
      return EXIT.ok;
  }
}

process.exitCode = await main(process.argv.slice(2));
