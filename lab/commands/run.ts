import { Command, Option } from 'commander';
import { pageWidth, wantsColour } from './page-settings.ts';
import { ProgressPrinter } from './progress.ts';
import { writeReportFiles, prepareDirectory, reportText } from './report-files.ts';
import { collectSetting, parseDurationText, parsePort, parseSeed, parseSpeed, type RunFlags } from './run-flags.ts';
import { scenarioFile, scenarioNames } from '../scenario/scenario-files.ts';
import { EXIT } from './exit-codes.ts';
import { UsageError } from './failure.ts';
import { Interruption, SHOWN_UNTIL } from './signals.ts';
import { renderAnnotations } from '../report/github-annotations.ts';
import type { Illustrations } from '../report/page/illustrations.ts';
import { renderReportPage } from '../report/page/report-page.ts';
import type { Report } from '../report/report.ts';
import { renderReport, renderVerdict } from '../report/terminal.ts';
import type { RunOptions } from '../run-scenario.ts';
import type { LookedAtRun } from '../serve/looked-at-run.ts';

/** `flowlab run`; tells `setExitCode` what came out. */
export const runCommand = (setExitCode: (code: number) => void): Command =>
  new Command('run')
    .description('Run a scenario, measure it, judge it.')
    .argument('[scenario]', 'the name of a file in scenarios/, or the path of a .yaml file')
    .option('--seed <N>', 'decides all chance: the same seed gives the same bytes', parseSeed)
    .option('--speed <speed>', 'how fast simulated time passes: max, real or 60x', parseSpeed)
    .option('--duration <length>', 'how much is simulated: a number and ms, s, m, h or d', parseDurationText)
    .option('--set <key=value>', 'change one key of the scenario; may be repeated', collectSetting)
    .option(
      '--out <directory>',
      'write report.json, report.xml, report.html, export.pcap, flows.duckdb, the ledger, all times and clocks',
    )
    .option('--packets <file>', "write the office's packets to this pcap file; it grows by about what they transfer")
    .addOption(new Option('--packets-at <side>', 'on which side of the router').choices(['lan', 'wan']).default('lan'))
    .option('--serve', 'show the run as a web page on loopback while it goes on and afterwards, until Ctrl-C')
    .option('--port <number>', 'of the page; one that is free unless told', parsePort, 0)
    .option('--json', 'standard output holds report.json and nothing else')
    .option('--quiet', 'print the verdict alone')
    .option('--no-color', 'no colours')
    .action(async (scenario: string | undefined, flags: RunFlags) => setExitCode(await run(scenario, flags)));

async function run(scenario: string | undefined, flags: RunFlags): Promise<number> {
  if (scenario === undefined)
    throw new UsageError(`run needs a scenario: ${scenarioNames().join(', ')} or the path of a .yaml file`);
  scenarioFile(scenario);
  if (flags.out !== undefined) prepareDirectory(flags.out);
  const progress = flags.quiet === true ? undefined : new ProgressPrinter(scenario, process.stderr, () => performance.now());
  const interruption = new Interruption();
  let shown: ShownRun | undefined;
  try {
    const { runScenario } = await import('../run-scenario.ts');
    shown = await show(flags);
    const illustrations: Illustrations[] = [];
    const report = await runScenario({
      ...runOptions(scenario, flags),
      ...(shown && { onlooker: shown.run }),
      ...((shown !== undefined || flags.out !== undefined) && {
        onIllustrations: (each: Illustrations) => void illustrations.push(each),
      }),
      onProgress: (now) => progress?.update(now),
      signal: interruption.signal,
    });
    progress?.end();
    if (interruption.exitCode !== undefined) return interruption.exitCode;
    const page = illustrations.length === 0 ? undefined : renderReportPage(report, illustrations);
    publish(report, page, flags);
    if (page !== undefined) shown?.run.reported(page);
    await shown?.untilInterrupted(interruption);
    return exitCodeOf(report);
  } catch (error) {
    progress?.end();
    if (interruption.exitCode !== undefined) return interruption.exitCode;
    throw error;
  } finally {
    await shown?.close();
    interruption.release();
  }
}

/** A run that is shown as a page. */
interface ShownRun {
  readonly run: LookedAtRun;
  untilInterrupted(interruption: Interruption): Promise<void>;
  close(): Promise<void>;
}

/** Opens the page of `--serve` before the run begins; where it is stands on standard error then, and on the last line in the end. */
async function show({ serve, port, speed }: RunFlags): Promise<ShownRun | undefined> {
  if (serve === undefined) return undefined;
  const [{ LookedAtRun }, { servePage }] = await Promise.all([
    import('../serve/looked-at-run.ts'),
    import('../serve/page-server.ts'),
  ]);
  const run = new LookedAtRun(speed === 'real' ? 1 : (speed ?? 'max'));
  const server = await servePage(run, port);
  process.stderr.write(`the page is at ${server.address}\n`);
  return {
    run,
    async untilInterrupted(interruption) {
      run.end();
      process.stdout.write(`${server.address}\n`);
      process.stderr.write(SHOWN_UNTIL);
      await interruption.whenInterrupted();
    },
    async close() {
      await server.close();
      await run.close();
    },
  };
}

/** The part of the flags that is the run's business; absent flags leave the scenario's own values. */
function runOptions(scenario: string, { seed, speed, duration, set, out, packets, packetsAt }: RunFlags): RunOptions {
  const given = Object.entries({ seed, speed, duration, set, out, packets, packetsAt }).filter(
    ([, value]) => value !== undefined,
  );
  return { scenario, ...(Object.fromEntries(given) as Omit<RunOptions, 'scenario'>) };
}

/** Standard output holds the report in the form asked for; annotations go beside it, where GitHub reads them too. */
function publish(report: Report, page: string | undefined, flags: RunFlags): void {
  if (flags.out !== undefined && page !== undefined) writeReportFiles(report, page, flags.out);
  if (process.env.GITHUB_ACTIONS === 'true') process.stderr.write(renderAnnotations(report));
  const { stdout } = process;
  const paper = {
    colour: wantsColour(flags.color, process.env, stdout.isTTY),
    width: pageWidth(stdout),
  };
  if (flags.json === true) stdout.write(reportText(report));
  else stdout.write(flags.quiet === true ? renderVerdict(report, paper) : renderReport(report, paper));
}

/** What the report means to a shell. */
export function exitCodeOf({ exported, verdict }: Pick<Report, 'exported' | 'verdict'>): number {
  if (exported.records === 0) return EXIT.nothingToJudge;
  return verdict === 'pass' ? EXIT.ok : EXIT.checkFailed;
}
