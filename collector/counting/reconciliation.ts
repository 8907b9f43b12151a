import { wordCount } from '../query/wording.ts';
import { accountOf, type Account } from './account.ts';
import { accountSentence, forgottenSentence, isAnythingForgotten } from './account-sentence.ts';
import type { CollectorCounts, IntakeCounts } from './collector-counts.ts';

/** Everything that was counted, held against each other. */
export interface Reconciliation {
  /** Exporters and domains, whoever sent most first. */
  readonly accounts: readonly Account[];
  /** A sentence for each account, in their order, and then those about all together. */
  readonly sentences: readonly string[];
  readonly intake: IntakeCounts | undefined;
}

/** Says where the records went: of each exporter, in the sockets, before the store. */
export function reconcile(counts: CollectorCounts): Reconciliation {
  const { sessions, intake } = counts;
  const accounts = sessions.map(accountOf).sort((one, other) => other.session.dataRecords - one.session.dataRecords);
  const sentences = accounts.map((account) => accountSentence(account, intake?.kernelDrops));
  return { accounts, sentences: [...sentences, ...commonSentences(counts)], intake };
}

/** What cannot be told of one exporter alone. */
function commonSentences({
  evictedSessions,
  forgotten,
  otherDatagrams,
  intake,
  droppedFlows,
  droppedNatEvents,
  notStoredFlows,
  notStoredNatEvents,
}: CollectorCounts): string[] {
  const refused = intake?.refusedDatagrams ?? 0;
  const waiting = intake?.waitingDatagrams ?? 0;
  return [
    ...((intake?.kernelDrops ?? 0) > 0 ? [kernelSentence(intake as IntakeCounts)] : []),
    ...(waiting > 0 ? [`${wordCount(waiting, 'datagram')} came and wait to be read`] : []),
    ...(refused > 0 ? [`${wordCount(refused, 'datagram')} came from nobody who is allowed`] : []),
    ...(otherDatagrams > 0 ? [`${wordCount(otherDatagrams, 'datagram')} came of no version of NetFlow, IPFIX or sFlow`] : []),
    ...(notStoredFlows + notStoredNatEvents > 0
      ? [
          `the store had no room: ${wordCount(notStoredFlows, 'flow')} and ${wordCount(notStoredNatEvents, 'NAT event')} decoded and not stored`,
        ]
      : []),
    ...(droppedFlows > 0 ? [`the store did not keep up: ${wordCount(droppedFlows, 'flow')} decoded and not stored`] : []),
    ...(droppedNatEvents > 0
      ? [`the store did not keep up: ${wordCount(droppedNatEvents, 'NAT event')} decoded and not stored`]
      : []),
    ...(evictedSessions > 0 ? [`${wordCount(evictedSessions, 'exporter')} forgotten for want of room`] : []),
    ...(isAnythingForgotten(forgotten) ? [forgottenSentence(forgotten)] : []),
  ];
}

const kernelSentence = ({ kernelDrops = 0, askedBufferOctets, gotBufferOctets }: IntakeCounts): string =>
  `the kernel dropped ${wordCount(kernelDrops, 'datagram')} of all exporters for want of buffer: ` +
  `${wordCount(askedBufferOctets, 'octet')} asked for, ${wordCount(gotBufferOctets, 'octet')} got`;
