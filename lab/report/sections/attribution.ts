import { formatCount, formatNumber } from '../format.ts';
import type { Page } from '../layout.ts';
import type { Findings } from '../report.ts';

/** How well the collector answers who used a public endpoint, in one line under the records. */
export function writeAttribution(page: Page, { attribution }: Findings): void {
  const { asked, fromFlows, fromEvents } = attribution;
  if (asked === 0) return;
  const events = fromEvents === null ? 'no NAT events came' : `NAT events ${outcome(fromEvents)}`;
  const isMarked = fromFlows.wrong > 0 || (fromEvents?.wrong ?? 0) > 0;
  page.text(
    `Asked ${formatCount(asked, 'time')} who had used a public endpoint, Flow Records ${outcome(fromFlows)}; ${events}.`,
    isMarked ? { mark: '! ', style: 'yellow' } : {},
  );
}

const outcome = ({ right, wrong, unanswered }: Findings['attribution']['fromFlows']): string =>
  `named the right one ${formatNumber(right)}, somebody else ${formatNumber(wrong)} and nobody ${formatCount(unanswered, 'time')}`;

/** How well the collector names what people did, in one line; nothing when nobody did anything. */
export function writeActivities(page: Page, { activities: { truth, found, wrong, missed } }: Findings): void {
  if (truth === 0) return;
  page.text(
    `Of ${formatCount(truth, 'activity', 'activities')} of people the collector named ${formatNumber(found)} as they were, ${formatNumber(missed)} not so, and ${formatNumber(wrong)} that were none.`,
  );
}
