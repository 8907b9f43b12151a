import { Command } from 'commander';
import type { DetectionReport } from '../score/detection-report.ts';
import { renderDetection } from '../report/detection.ts';
import { parseConditions, parsePart, parseSeeds, type ScoreFlags } from './detect-flags.ts';
import { EXIT } from './exit-codes.ts';
import { UsageError } from './failure.ts';
import { pageWidth, wantsColour } from './page-settings.ts';
import { parseSeed, parseWhole } from './run-flags.ts';
import { ScoreProgressPrinter } from './score-progress.ts';
import { Interruption } from './signals.ts';

const MAX_THREADS = 256;
const MAX_TOLERANCE_S = 86_400;
const MAX_ALERTS = 1_000_000;

/** `flowlab detect score|day`; tells `setExitCode` what came out. */
export const detectCommand = (setExitCode: (code: number) => void): Command => {
  const command = new Command('detect').description('Score detectors by days whose truth is known.');
  command
    .command('score')
    .description('show a detector days of an office, and say what it found, missed and made up')
    .option('--seeds <seeds>', 'days with misbehaviour, such as 101-120,130; none for none', parseSeeds)
    .option('--quiet-seeds <seeds>', 'days without any', parseSeeds)
    .option('--conditions <names>', 'some of plain,sampled,untold,loss,skew', parseConditions)
    .option('--detector <file>', "a module whose default export makes a detector, instead of the collector's own")
    .option('--tolerance <seconds>', 'how far the times of an alert may lie from the event', parseWhole(0, MAX_TOLERANCE_S))
    .option('--threads <N>', 'days simulated at once', parseWhole(1, MAX_THREADS))
    .option('--min-precision <part>', 'fail when less of the alerts is right, under any condition', parsePart)
    .option('--min-recall <part>', 'fail when less of the events is found, under any condition', parsePart)
    .option('--max-quiet-alerts <N>', 'fail when quiet days have more alerts, under any condition', parseWhole(0, MAX_ALERTS))
    .option('--json', 'standard output holds the score as JSON and nothing else')
    .option('--quiet', 'no progress')
    .option('--no-color', 'no colours')
    .action(async (flags: ScoreFlags) => setExitCode(await score(flags)));
  command
    .command('day')
    .description('print the scenario of one of those days, to run and to look into')
    .argument('<seed>', 'the seed of the day', parseSeed)
    .option('--quiet-day', 'the one without misbehaviour')
    .action(day);
  return command;
};

async function score(flags: ScoreFlags): Promise<number> {
  const progress = flags.quiet === true ? undefined : new ScoreProgressPrinter(process.stderr);
  const interruption = new Interruption();
  try {
    const { scoreDetector } = await import('../score/score-detector.ts');
    const { seeds, quietSeeds, conditions, detector, threads, tolerance: toleranceS } = flags;
    const given = Object.entries({ seeds, quietSeeds, conditions, detector, threads, toleranceS });
    const report = await scoreDetector({
      ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
      onProgress: (now) => progress?.update(now),
      signal: interruption.signal,
    });
    progress?.end();
    if (interruption.exitCode !== undefined) return interruption.exitCode;
    publish(report, flags);
    return exitCodeOf(report, flags);
  } catch (error) {
    progress?.end();
    if (interruption.exitCode !== undefined) return interruption.exitCode;
    const { DetectorMistake } = await import('../score/plain-detector.ts');
    throw error instanceof DetectorMistake ? new UsageError(`--detector: ${error.message}`) : error;
  } finally {
    interruption.release();
  }
}

function publish(report: DetectionReport, flags: ScoreFlags): void {
  const { stdout, env } = process;
  const page = { colour: wantsColour(flags.color, env, stdout.isTTY), width: pageWidth(stdout) };
  stdout.write(flags.json === true ? `${JSON.stringify(report, null, 2)}\n` : renderDetection(report, page));
}

type Limits = Pick<ScoreFlags, 'minPrecision' | 'minRecall' | 'maxQuietAlerts'>;

/** What the score means to a shell, by what was asked of it. */
export function exitCodeOf({ conditions }: Pick<DetectionReport, 'conditions'>, limits: Limits): number {
  const { minPrecision = 0, minRecall = 0, maxQuietAlerts = Infinity } = limits;
  if (conditions.every(({ all, quiet }) => all.events + all.falseAlarms + quiet.days === 0)) return EXIT.nothingToJudge;
  const isGood = conditions.every(
    ({ all, quiet }) =>
      // Who says nothing makes no false alarm, and finds nothing: that is the recall's business.
      (all.precision.value ?? 1) >= minPrecision && (all.recall.value ?? 1) >= minRecall && quiet.alerts <= maxQuietAlerts,
  );
  return isGood ? EXIT.ok : EXIT.checkFailed;
}

async function day(seed: number, { quietDay: isQuiet = false }: { readonly quietDay?: boolean }): Promise<void> {
  const { stringify } = await import('yaml');
  const { drawDay } = await import('../score/draw-day.ts');
  process.stdout.write(stringify(drawDay(seed, { isQuiet })));
}
