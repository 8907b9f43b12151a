import { once } from 'node:events';
import { formatEndpoint } from '../core/net/endpoint.ts';
import { writeDriftFile } from '../runtime/drift-file.ts';
import { guardOutput } from '../runtime/guard-output.ts';
import { startSystemTime } from '../runtime/system-time.ts';
import { CaptureExporter } from './io/capture-exporter.ts';
import { captureSummary } from './io/capture-summary.ts';
import { formatDestination } from './io/destination.ts';
import { readCommandLine, type CaptureOptions, type ExporterOptions } from './io/command-line.ts';
import { runLoad, type LoadOptions, type LoadResult } from './io/load-run.ts';
import { RealTimeExporter } from './io/real-time-exporter.ts';

const HOUR_MS = 3_600_000;
const EXIT = { ok: 0, usage: 2, runTime: 4 } as const;

/** Aborted by the first SIGINT or SIGTERM. */
function untilInterrupted(): AbortSignal {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  return interruption.signal;
}

/** Exports a capture to its end, or to SIGINT or SIGTERM; resolves with the exit code. */
async function runCapture(options: CaptureOptions): Promise<number> {
  const interruption = untilInterrupted();
  const exporter = new CaptureExporter(options, interruption);
  try {
    await exporter.run(onLost);
  } catch (error) {
    return complain((error as Error).message, EXIT.runTime);
  }
  for (const line of captureSummary(exporter)) console.log(line);
  return EXIT.ok;
}

/** Exports until SIGINT or SIGTERM; resolves with the exit code. */
async function run(options: ExporterOptions): Promise<number> {
  const stopped = once(untilInterrupted(), 'abort');
  let exporter: RealTimeExporter;
  try {
    exporter = new RealTimeExporter(options, startSystemTime(), (sentence) => complain(sentence, EXIT.ok));
    await exporter.start(options, onLost);
  } catch (error) {
    return complain((error as Error).message, EXIT.runTime);
  }
  console.log(`exporting to ${formatDestination(options.collector)}`);
  const status = options.everyS > 0 ? setInterval(() => console.log(statusLine(exporter)), options.everyS * 1_000) : undefined;
  const remembering = setInterval(() => remember(exporter, options.driftFile), HOUR_MS);
  await stopped;
  clearInterval(status);
  clearInterval(remembering);
  remember(exporter, options.driftFile);
  const failed = await exporter.stop().then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  console.log(statusLine(exporter));
  return failed === undefined ? EXIT.ok : complain(failed.message, EXIT.runTime);
}

/** Writes the drift file, if there is one to write and something is known; what cannot be written is no reason to stop. */
function remember({ frequencyPpm }: RealTimeExporter, driftFile: string | undefined): void {
  if (driftFile === undefined || frequencyPpm === undefined) return;
  try {
    writeDriftFile(driftFile, frequencyPpm);
  } catch (error) {
    complain((error as Error).message, EXIT.runTime);
  }
}

/** Sends a load to its end, or to SIGINT or SIGTERM; resolves with the exit code. */
async function load(options: LoadOptions): Promise<number> {
  const interruption = untilInterrupted();
  console.log(`sending from ${options.exporters} exporters to ${formatEndpoint(options.target)} for ${options.seconds} s`);
  let result: LoadResult;
  try {
    result = await runLoad(options, interruption);
  } catch (error) {
    return complain((error as Error).message, EXIT.runTime);
  }
  const { accepted, refused, seconds } = result;
  const rate = Math.round(accepted.flows / seconds);
  console.log(
    `${accepted.flows} flow records in ${accepted.messages} messages in ${seconds.toFixed(1)} s, ${rate} a second; ${refused.messages} refused`,
  );
  console.log(`they speak of ${accepted.packets} packets and ${accepted.octets} octets`);
  return EXIT.ok;
}

function statusLine({ router, runningS, clockErrorMs, lastOffsetMs, dropped }: RealTimeExporter): string {
  const { messages, flows, octets } = router.exported;
  const clock = `clock ${clockErrorMs.toFixed(3)} ms off${lastOffsetMs === undefined ? '' : `, last NTP offset ${lastOffsetMs.toFixed(3)} ms`}`;
  return `${runningS.toFixed(0)} s: ${messages} messages, ${flows} flow records, ${octets} octets exported; ${clock}${dropped === 0 ? '' : `; ${dropped} messages dropped`}`;
}

function onLost(reason: string): void {
  complain(`the connection was lost: ${reason}; trying again once a minute`, EXIT.ok);
}

function complain(sentence: string, exitCode: number): number {
  console.error(`exporter: ${sentence}`);
  return exitCode;
}

async function main(args: readonly string[]): Promise<number> {
  const invocation = readCommandLine(args);
  switch (invocation.kind) {
    case 'export':
      return run(invocation.options);
    case 'capture':
      return runCapture(invocation.options);
    case 'load':
      return load(invocation.options);
    case 'usage':
      return complain(invocation.message, EXIT.usage);
    case 'done':
      return EXIT.ok;
  }
}

guardOutput();
process.exitCode = await main(process.argv.slice(2));
