import type { ConditionScore, DetectionReport, KindScore } from '../score/detection-report.ts';
import type { Mistake } from '../score/score-day.ts';
import type { Proportion } from '../verify/detection/score.ts';
import { formatCount, formatDuration, oneLine } from './format.ts';
import { Page } from './layout.ts';

/** Mistakes told one by one; JSON has all. */
const MAX_MISTAKES = 20;

/** The score of a detector as a table for each condition, and what it did wrong. */
export function renderDetection(report: DetectionReport, options: { colour: boolean; width: number }): string {
  const page = new Page(options);
  const { detector, seeds, quietSeeds, toleranceS, conditions, mistakes } = report;
  page.line(
    page.style(
      'bold',
      `${oneLine(detector)}: ${formatCount(seeds.length, 'day')}, ${formatCount(quietSeeds.length, 'quiet day')}`,
    ),
  );
  page.text(`seeds ${rangesOf(seeds)}, quiet ${rangesOf(quietSeeds)}; times may be ${formatDuration(toleranceS)} out`, {
    indent: 0,
    style: 'dim',
  });
  for (const condition of conditions) writeCondition(page, condition);
  writeMistakes(page, mistakes);
  return page.toString();
}

function writeCondition(page: Page, { condition, title, all, kinds, quiet }: ConditionScore): void {
  page.heading(`${condition}: ${title}`);
  const header = ['', 'events', 'unseen', 'found', 'missed', 'false', 'precision', 'recall', 'delay', 'at most'];
  page.table([header, ...[...kinds, all].map(rowOf)], 'lrrrrrllrr');
  const { truly, collector, told } = all.delayS;
  if (truly !== null && collector !== null && told !== null && all.beginErrorS !== null) {
    page.text(
      `delay in the median: ${signed(truly.median)} truly, ${signed(collector.median)} by the collector's clock, ${signed(told.median)} from the begin an alert tells; ` +
        `that begin is ${signed(all.beginErrorS.median)} late, from ${signed(all.beginErrorS.min)} to ${signed(all.beginErrorS.max)}`,
    );
  }
  const made = Object.entries(quiet.kinds).map(([kind, count]) => `${count} ${oneLine(kind)}`);
  const what = quiet.alerts === 0 ? 'no alert' : `${formatCount(quiet.alerts, 'alert')}: ${made.join(', ')}`;
  if (quiet.days > 0)
    page.text(`${formatCount(quiet.days, 'quiet day')}: ${what}`, { style: quiet.alerts === 0 ? 'green' : 'red' });
}

const rowOf = ({ kind, events, unseen, hits, missed, falseAlarms, doubled, precision, recall, delayS }: KindScore): string[] => [
  oneLine(kind),
  ...[events, unseen, hits, missed].map(String),
  doubled === 0 ? String(falseAlarms) : `${falseAlarms} (${doubled} doubled)`,
  formatProportion(precision),
  formatProportion(recall),
  delayS.truly === null ? '' : signed(delayS.truly.median),
  delayS.truly === null ? '' : signed(delayS.truly.max),
];

/** `0.975 (0.87-1.00)`: the part, and where the true one lies with 95 % confidence. */
const formatProportion = ({ value, low, high }: Proportion): string =>
  value === null ? '-' : `${value.toFixed(3)} (${low.toFixed(2)}-${high.toFixed(2)})`;

const signed = (seconds: number): string => `${seconds < 0 ? '-' : ''}${formatDuration(Math.abs(seconds))}`;

function writeMistakes(page: Page, mistakes: readonly Mistake[]): void {
  if (mistakes.length === 0) return;
  page.heading('Mistakes');
  for (const { what, kind, condition, seed, isQuiet, sentence } of mistakes.slice(0, MAX_MISTAKES))
    page.text(`${kind}, ${isQuiet ? 'quiet ' : ''}seed ${seed}, ${condition}: ${sentence}`, { mark: `${what.padEnd(11)}  ` });
  if (mistakes.length > MAX_MISTAKES) page.text(`and ${mistakes.length - MAX_MISTAKES} more, which --json tells`);
}

/** `101-120, 130`; `none`. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(', ') || 'none';
}
