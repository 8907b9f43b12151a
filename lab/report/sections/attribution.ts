import { formatCount, formatNumber } from '../format.ts';
import type { Page } from '../layout.ts';
import type { Findings } from '../report.ts';

/** How well the collector answers who used a public endpoint, in one line under the records. */
export function writeAttribution(page: Page, findings: Findings): void {
  const sentence = attributionSentence(findings);
  const { fromFlows, fromEvents } = findings.attribution;
  const isMarked = fromFlows.wrong > 0 || (fromEvents?.wrong ?? 0) > 0;
  if (sentence !== undefined) page.text(sentence, isMarked ? { mark: '! ', style: 'yellow' } : {});
}

/** `undefined` when nobody asked. */
export function attributionSentence({ attribution: { asked, fromFlows, fromEvents } }: Findings): string | undefined {
  if (asked === 0) return undefined;
  const events = fromEvents === null ? 'no NAT events came' : `NAT events ${outcome(fromEvents)}`;
  return `Asked ${formatCount(asked, 'time')} who had used a public endpoint, Flow Records ${outcome(fromFlows)}; ${events}.`;
}

const outcome = ({ right, wrong, unanswered }: Findings['attribution']['fromFlows']): string =>
  `named the right one ${formatNumber(right)}, somebody else ${formatNumber(wrong)} and nobody ${formatCount(unanswered, 'time')}`;

/** How well the collector names what people did, in one line; nothing when nobody did anything. */
export function writeActivities(page: Page, findings: Findings): void {
  const sentence = activitiesSentence(findings);
  if (sentence !== undefined) page.text(sentence);
}

export const activitiesSentence = ({ activities: { truth, found, wrong, missed } }: Findings): string | undefined =>
  truth === 0
    ? undefined
    : `Of ${formatCount(truth, 'activity', 'activities')} of people the collector named ${formatNumber(found)} as they were, ${formatNumber(missed)} not so, and ${formatNumber(wrong)} that were none.`;
