import { formatClockError, formatDuration, formatOctets } from '../format.ts';
import type { Page } from '../layout.ts';
import type { Findings } from '../report.ts';

type Clock = Findings['clocks']['router'];

export function writeClocks(page: Page, { clocks }: Findings): void {
  const { router, collector, bucketS, wrongBucketOctets, wrongBucketOctetsWithoutNtp, estimatedSkewMs } = clocks;
  page.heading('Clocks');
  page.text(`${clockSentence(router)}.`, { mark: 'router     ' });
  page.text(`${clockSentence(collector)}.`, { mark: 'collector  ' });
  const bucket = bucketName(bucketS);
  const withNtp = router.synchronised && collector.synchronised ? 'with it' : 'as the clocks were kept here';
  page.text(
    `Without NTP ${formatOctets(wrongBucketOctetsWithoutNtp)} would have landed in a wrong ${bucket} bucket, ` +
      `${withNtp} ${formatOctets(wrongBucketOctets)} did.`,
  );
  page.text(skewSentence(estimatedSkewMs));
}

/** `5 min fast without NTP, 5 min fast at the end`, `5 min fast at the start, 1 ms fast at the end, at most ... off`. */
function clockSentence({ synchronised, errorBeforeMs, errorAfterMs, maxErrorAfterSyncMs }: Clock): string {
  const most = formatDuration(maxErrorAfterSyncMs / 1_000);
  const ends = `${formatClockError(errorBeforeMs)} at the start, ${formatClockError(errorAfterMs)} at the end`;
  return synchronised ? `${ends}, never more than ${most} off once synchronised` : `${ends}, not synchronised, up to ${most} off`;
}

/** `5-minute`, `90-second`. */
export const bucketName = (bucketS: number): string => (bucketS % 60 === 0 ? `${bucketS / 60}-minute` : `${bucketS}-second`);

function skewSentence(skewMs: number | null): string {
  if (skewMs === null) return 'The collector received nothing to compare the clocks by.';
  if (skewMs === 0) return 'By export and receive times the collector sees no skew between the two.';
  const skew = formatDuration(Math.abs(skewMs) / 1_000);
  return `By export and receive times the collector puts the router ${skew} ${skewMs > 0 ? 'ahead of' : 'behind'} itself.`;
}
