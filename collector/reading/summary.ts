import { clockClauses } from '../clock-audit/clock-sentence.ts';
import type { CountedIssue } from './counters.ts';
import type { ExportReader } from './export-reader.ts';
import type { FileReader } from './file-reader.ts';

/** What was read of one exporter and domain. */
export interface SessionCounts {
  readonly exporter: string;
  readonly domain: number;
  readonly protocol: string;
  readonly messages: number;
  readonly records: number;
  /** By the sequence numbers, in the protocol's own unit: records of IPFIX, flows of v5 and v7, datagrams of v9 and sFlow. */
  readonly lost: number;
  readonly duplicates: number;
  readonly reordered: number;
  readonly restarts: number;
  /** What is known of its clock against that of whoever captured, in words; `null` where neither told. */
  readonly clock: string | null;
}

/** What became of the file that is not a record. */
export interface InputCounts {
  /** What it was taken for; `nothing` when it ended before anybody could tell. */
  readonly kind: string;
  /** Frames that are no UDP, and datagrams to other ports. */
  readonly otherFrames: number;
  readonly otherPorts: number;
  /** Packets of which fragments were missing at the end, and such that were given up. */
  readonly fragmentedPacketsWaiting: number;
  readonly fragmentedPacketsGivenUp: number;
  readonly unreadOctets: number;
  /** What is wrong with the file itself, by code, and where first. */
  readonly mistakes: Readonly<Record<string, { readonly count: number; readonly offset: number }>>;
}

/** What the last line of `--read --json` holds. */
export type ReadingSummary = Readonly<Record<string, unknown>> & {
  readonly issues: Readonly<Record<string, CountedIssue>>;
  readonly sessions: readonly SessionCounts[];
  readonly input: InputCounts;
};

/** Everything that was counted, of records and of the file they were in. */
export function summarise({ reader, capture, udp, stream, otherPorts, kind }: FileReader): ReadingSummary {
  const { counters } = reader;
  const mistakes = [...capture.mistakes.byCode].map(([code, { count, firstAt }]) => [code, { count, offset: firstAt }] as const);
  return {
    messages: reader.received,
    otherDatagrams: counters.otherDatagrams,
    records: counters.records,
    optionsRecords: counters.optionsRecords,
    lateRecords: counters.lateRecords,
    templates: counters.templates,
    optionsTemplates: counters.optionsTemplates,
    redefinedTemplates: counters.redefinedTemplates,
    refusedTemplates: counters.refusedTemplates,
    withdrawals: counters.withdrawals,
    ignoredWithdrawals: counters.ignoredWithdrawals,
    noTemplateSets: counters.withoutTemplate,
    droppedSets: counters.droppedSets,
    evictedSessions: counters.evictedSessions,
    expiredTemplates: reader.sessions.reduce((sum, { templates }) => sum + templates.expired, 0),
    waitingSets: reader.sessions.reduce((sum, { pending }) => sum + pending.size, 0),
    issues: Object.fromEntries(counters.issues),
    sessions: summariseSessions(reader.sessions),
    input: {
      kind: kind ?? 'nothing',
      otherFrames: udp.otherFrames,
      otherPorts,
      fragmentedPacketsWaiting: udp.reassembly.waiting,
      fragmentedPacketsGivenUp: udp.reassembly.givenUp,
      unreadOctets: capture.unreadOctets + stream.unreadOctets,
      mistakes: Object.fromEntries(mistakes),
    },
  };
}

export const summariseSessions = (sessions: ExportReader['sessions']): SessionCounts[] =>
  sessions.map(({ key, tally, clock }) => ({
    exporter: key.source,
    domain: key.domain,
    protocol: key.protocol,
    messages: tally.messages + tally.duplicatedMessages,
    records: tally.dataRecords,
    lost: tally.lostRecords + tally.lostMessages,
    duplicates: tally.duplicatedMessages,
    reordered: tally.reorderedMessages,
    restarts: tally.restarts,
    clock: clock.tellsNothing ? null : clockClauses(clock.summary()).join('; '),
  }));
