import { ask } from './io/ask.ts';
import { readCommandLine, type CollectorOptions } from './io/command-line.ts';
import { queryCommand } from './io/query-command.ts';
import { readFile, type ReadOptions } from './io/read-file.ts';
import { statusLine, summaryLines } from './io/summary.ts';
import { UdpCollector } from './io/udp-collector.ts';
import { DuckDbStore } from './store/duckdb-store.ts';

const EXIT = { ok: 0, usage: 2, runTime: 4 } as const;

/** Collects until SIGINT or SIGTERM, then says what it found; resolves with the exit code. */
async function collect(options: CollectorOptions): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  let store: DuckDbStore;
  try {
    store = await DuckDbStore.open(options.store);
  } catch (error) {
    return complain(`cannot open the store ${options.store}: ${firstLine(error)}`, EXIT.runTime);
  }
  let collector: UdpCollector;
  try {
    collector = await UdpCollector.open(options, store);
  } catch (error) {
    store.close();
    return complain(firstLine(error), EXIT.runTime);
  }
  console.log(`listening on ${collector.endpoint}`);
  const { counters } = collector.collecting;
  const status =
    options.everyS > 0
      ? setInterval(() => console.log(statusLine(counters, collector.kernelDrops)), options.everyS * 1_000)
      : undefined;
  await stopped;
  clearInterval(status);
  const { kernelDrops } = collector;
  try {
    await collector.close();
    console.log(statusLine(counters, kernelDrops));
    for (const line of summaryLines(await collector.answers())) console.log(line);
  } finally {
    store.close();
  }
  return EXIT.ok;
}

async function read(options: ReadOptions): Promise<number> {
  await readFile(options, process.stdout);
  return EXIT.ok;
}

const firstLine = (error: unknown): string => String(error instanceof Error ? error.message : error).split('\n')[0] as string;

function print(lines: readonly string[]): number {
  for (const line of lines) console.log(line);
  return EXIT.ok;
}

function complain(sentence: string, exitCode: number): number {
  console.error(`collector: ${sentence}`);
  return exitCode;
}

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === 'query') return queryCommand(args.slice(1));
  const invocation = readCommandLine(args);
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
