import { formatClockError, formatDuration, formatOctets, oneLine } from '../format.ts';
import type { Page } from '../layout.ts';
import type { Findings } from '../report.ts';
import { selectionSentence } from '../selection-sentence.ts';

type Clock = Findings['clocks']['router'];

export function writeClocks(page: Page, findings: Findings): void {
  page.heading('Clocks');
  const { clocks, consequences } = clockSentences(findings);
  const width = Math.max(...clocks.map(({ name }) => name.length)) + 2;
  for (const { name, sentence } of clocks) page.text(sentence, { mark: name.padEnd(width) });
  for (const sentence of consequences) page.text(sentence);
}

/** What is to be said of each clock, the collector's last, and what came of them. */
export function clockSentences({ clocks, sites }: Findings): {
  readonly clocks: readonly { readonly name: string; readonly sentence: string }[];
  readonly consequences: readonly string[];
} {
  const routers = sites?.map((site) => ({ name: oneLine(site.name), ...site.clocks })) ?? [{ name: 'router', ...clocks }];
  const without = withTruth(formatOctets, clocks.wrongBucketOctetsWithoutNtp, clocks.trueWrongBucketOctetsWithoutNtp);
  const kept = withTruth(formatOctets, clocks.wrongBucketOctets, clocks.trueWrongBucketOctets);
  const areKept = [clocks.collector, ...routers.map(({ router }) => router)].every(
    (clock) => clock.synchronised && !isLeftAlone(clock),
  );
  const how = areKept ? 'with it' : 'with the clocks as they were';
  return {
    clocks: [...routers.map(({ name, router }) => ({ name, clock: router })), { name: 'collector', clock: clocks.collector }].map(
      ({ name, clock }) => ({ name, sentence: `${clockSentence(clock)}.` }),
    ),
    consequences: [
      `Without NTP ${without} would have landed in a wrong ${bucketName(clocks.bucketS)} bucket, ${how} ${kept} did.`,
      ...routers.map(({ name, estimatedSkewMs }) =>
        skewSentence(estimatedSkewMs, sites === undefined ? 'the router' : `the router of ${name}`),
      ),
    ],
  };
}

/** None of several servers was believed. A single one that never answered is told by what was not measured. */
const isLeftAlone = ({ selection, errorBeforeMs }: Clock): boolean => selection !== undefined && errorBeforeMs === null;

/** What the SNTP client measured, the truth beside it where it differs. */
function clockSentence(clock: Clock): string {
  const { synchronised, errorBeforeMs, errorAfterMs, trueErrorBeforeMs, trueErrorAfterMs, selection } = clock;
  const most = formatDuration(clock.maxTrueErrorAfterSyncMs / 1_000);
  const ends = `${formatClockError(trueErrorBeforeMs)} at the start, ${formatClockError(trueErrorAfterMs)} at the end`;
  if (!synchronised) return `not synchronised, so nobody measured it; in truth ${ends}, up to ${most} off`;
  const servers = selection === undefined ? '' : `; ${selectionSentence(selection)}`;
  if (isLeftAlone(clock)) return `left alone, for no server could be believed; in truth ${ends}, up to ${most} off${servers}`;
  const before = measured(errorBeforeMs, trueErrorBeforeMs);
  return `${before} before synchronisation, ${measured(errorAfterMs, trueErrorAfterMs)} after; never really more than ${most} off once settled${servers}`;
}

const measured = (errorMs: number | null, trueErrorMs: number): string =>
  errorMs === null
    ? `not measured (in truth ${formatClockError(trueErrorMs)})`
    : withTruth(formatClockError, errorMs, trueErrorMs);

/** `5 min fast`, or `5 min fast (in truth 4 min fast)` when the two are written differently. */
function withTruth(format: (value: number) => string, value: number, truth: number): string {
  const [said, really] = [format(value), format(truth)];
  return said === really ? said : `${said} (in truth ${really})`;
}

/** `5-minute`, `90-second`. */
export const bucketName = (bucketS: number): string => (bucketS % 60 === 0 ? `${bucketS / 60}-minute` : `${bucketS}-second`);

function skewSentence(skewMs: number | null, router: string): string {
  if (skewMs === null) return `The collector received nothing to compare its clock with that of ${router} by.`;
  if (skewMs === 0) return `By export and receive times the collector sees no skew between ${router} and itself.`;
  const skew = formatDuration(Math.abs(skewMs) / 1_000);
  return `By export and receive times the collector puts ${router} ${skew} ${skewMs > 0 ? 'ahead of' : 'behind'} itself.`;
}
