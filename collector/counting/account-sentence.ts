import { clockClauses, isClockPlain } from '../clock-audit/clock-sentence.ts';
import { oneLine, wordCount, wordNumber } from '../query/wording.ts';
import type { SessionCounts, SessionSummary } from '../collecting/session-summary.ts';
import type { Account, Comparison } from './account.ts';
import type { IntakeCounts } from './collector-counts.ts';

type KernelDrops = IntakeCounts['kernelDrops'];

/** Where the records of one exporter and domain went, and what cannot be said about it. */
export function accountSentence({ session, comparison, cannot }: Account, kernelDrops: KernelDrops): string {
  const clauses = [
    ...(comparison === undefined ? plainClauses(session, kernelDrops) : comparedClauses(session, comparison, kernelDrops)),
    ...setClauses(session),
    ...faultClauses(session),
    ...exporterClauses(session),
    ...(isClockPlain(session.clock) ? [] : clockClauses(session.clock)),
    ...cannot,
  ];
  const transport = session.isReliable ? ' (a connection)' : '';
  return oneLine(`${session.source}${transport}, domain ${session.observationDomainId}: ${clauses.join('; ')}`);
}

/** The same of sessions that are no more, together: exporters that were forgotten and connections that have ended. */
export function forgottenSentence(counts: SessionCounts): string {
  const { messages, dataRecords, lostRecords, lostMessages, restarts } = counts;
  const clauses = [
    `${wordCount(dataRecords, 'record')} decoded in ${wordCount(messages, 'Message')}`,
    ...(lostRecords > 0 ? [`${wordCount(lostRecords, 'record')} lost`] : []),
    ...(lostMessages > 0 ? [`${wordCount(lostMessages, 'Message')} lost`] : []),
    ...(restarts > 0 ? [`began to count anew ${wordCount(restarts, 'time')}`] : []),
    ...setClauses({ ...counts, waitingSets: 0 }),
    ...faultClauses(counts),
  ];
  return `from exporters that are forgotten and connections that have ended: ${clauses.join('; ')}`;
}

/** Whether there is anything of them to tell. */
export const isAnythingForgotten = ({ messages, duplicatedMessages, malformed }: SessionCounts): boolean =>
  messages + duplicatedMessages > 0 || Object.keys(malformed).length > 0;

function plainClauses(session: SessionSummary, kernelDrops: KernelDrops): string[] {
  const { dataRecords, lost, lostUnit } = session;
  const decoded = `${wordCount(dataRecords, 'record')} decoded`;
  if (lostUnit === 'none') return [decoded, 'its protocol has no sequence numbers to tell loss by'];
  const unit = lostUnit === 'records' ? 'record' : 'Message';
  return [decoded, ...(lost > 0 ? [`${wordCount(lost, unit)} ${lostWords(session)}${kernelWords(kernelDrops)}`] : ['none lost'])];
}

function comparedClauses(session: SessionSummary, comparison: Comparison, kernelDrops: KernelDrops): string[] {
  const { sent, sentSince, decoded, lost, lostOthers, waiting, unexplained } = comparison;
  const since = sentSince > 0 ? ` and ${wordNumber(sentSince)} since` : '';
  const inMessages = session.lostUnit === 'messages' && lost > 0 ? ` in ${wordCount(session.lost, 'Message')}` : '';
  const others = lostOthers > 0 ? `, and ${wordCount(lostOthers, 'record')} its word leaves out` : '';
  return [
    `sent ${wordNumber(sent)} by its own word${since}`,
    `${wordNumber(decoded)} decoded`,
    `${wordNumber(lost)} ${lostWords(session)}${inMessages}${others}${lost > 0 ? kernelWords(kernelDrops) : ''}`,
    ...(waiting > 0 ? [`${wordNumber(waiting)} in Sets without a Template`] : []),
    unexplained < 0 ? `${wordNumber(-unexplained)} more than it says it sent` : `${wordNumber(unexplained)} unexplained`,
  ];
}

/** While Sets wait, sequence numbers of IPFIX do not tell their records from lost ones. */
const lostWords = ({ lostUnit, waitingSets, droppedSets }: SessionSummary): string =>
  lostUnit === 'records' && waitingSets + droppedSets > 0
    ? 'lost on the way, or in Sets without a Template, by sequence numbers'
    : 'lost on the way by sequence numbers';

/** The kernel counts datagrams of all exporters together. */
function kernelWords(kernelDrops: KernelDrops): string {
  if (kernelDrops === undefined) return ' (the system does not tell how many in its buffer)';
  return kernelDrops === 0
    ? ' (none in the kernel)'
    : ` (of these up to ${wordCount(kernelDrops, 'datagram')} in the kernel's buffer)`;
}

const setClauses = ({ waitingSets, droppedSets }: Pick<SessionSummary, 'waitingSets' | 'droppedSets'>): string[] => [
  ...(waitingSets > 0 ? [`${wordCount(waitingSets, 'Data Set')} ${waitingSets === 1 ? 'waits' : 'wait'} for a Template`] : []),
  ...(droppedSets > 0 ? [`${wordCount(droppedSets, 'Data Set')} given up without one`] : []),
];

function faultClauses({ malformed, duplicatedMessages, reorderedMessages }: SessionCounts): string[] {
  const faults = Object.entries(malformed).map(([code, count]) => `${wordNumber(count)} ${code}`);
  return [
    ...(faults.length > 0 ? [`malformed: ${faults.join(', ')}`] : []),
    ...(duplicatedMessages > 0 ? [`${wordCount(duplicatedMessages, 'Message')} came twice`] : []),
    ...(reorderedMessages > 0 ? [`${wordNumber(reorderedMessages)} out of order`] : []),
  ];
}

/** What never became a record is the exporter's own to tell. */
function exporterClauses({ reported }: SessionSummary): string[] {
  const { ignoredPackets = 0, notSentFlows = 0, notSentPackets = 0 } = reported;
  return [
    ...(ignoredPackets > 0 ? [`it did not meter ${wordCount(ignoredPackets, 'packet')}`] : []),
    ...(notSentFlows > 0 ? [`it did not send ${wordCount(notSentFlows, 'flow')} of ${wordCount(notSentPackets, 'packet')}`] : []),
  ];
}
