import { wordCount, wordOctets } from '../query/wording.ts';
import { accountOf, type Account } from './account.ts';
import { accountSentence } from './account-sentence.ts';
import type { CollectorCounts, IntakeCounts } from './collector-counts.ts';
import type { SessionSummary } from '../collecting/session-summary.ts';

/** Everything that was counted, held against each other. */
export interface Reconciliation {
  /** Exporters and domains, whoever sent most first. */
  readonly accounts: readonly Account[];
  /** A sentence for each account, in their order, and then those about all together. */
  readonly sentences: readonly string[];
  readonly intake: IntakeCounts | undefined;
  /** Datagrams that came, of all exporters, and were no Message of any: unreadable, or of nobody who is allowed. */
  readonly strayDatagrams: number | undefined;
}

/** Says where the records went: of each exporter, in the sockets, before the store. */
export function reconcile({
  sessions,
  evictedSessions,
  intake,
  droppedFlows,
  droppedNatEvents,
}: CollectorCounts): Reconciliation {
  const accounts = sessions.map(accountOf).sort((one, other) => other.session.dataRecords - one.session.dataRecords);
  const strayDatagrams = intake === undefined || evictedSessions > 0 ? undefined : intake.datagrams - taken(sessions);
  const sentences = accounts.map((account) => accountSentence(account, intake?.kernelDrops));
  if (intake !== undefined && (intake.kernelDrops ?? 0) > 0) sentences.push(kernelSentence(intake));
  if ((strayDatagrams ?? 0) > 0)
    sentences.push(
      `${wordCount(strayDatagrams ?? 0, 'datagram')} came that ${strayDatagrams === 1 ? 'was' : 'were'} no Message of any exporter`,
    );
  if (droppedFlows > 0) sentences.push(`the store did not keep up: ${wordCount(droppedFlows, 'flow')} decoded and not stored`);
  if (droppedNatEvents > 0)
    sentences.push(`the store did not keep up: ${wordCount(droppedNatEvents, 'NAT event')} decoded and not stored`);
  if (evictedSessions > 0)
    sentences.push(`${wordCount(evictedSessions, 'exporter')} forgotten for want of room: what they counted is not told here`);
  return { accounts, sentences, intake, strayDatagrams };
}

const taken = (sessions: readonly SessionSummary[]): number =>
  sessions.reduce((sum, { messages, duplicatedMessages }) => sum + messages + duplicatedMessages, 0);

const kernelSentence = ({ kernelDrops = 0, askedBufferOctets, gotBufferOctets }: IntakeCounts): string =>
  `the kernel dropped ${wordCount(kernelDrops, 'datagram')} of all exporters for want of buffer: ` +
  `${wordOctets(askedBufferOctets)} asked for, ${wordOctets(gotBufferOctets)} got`;
