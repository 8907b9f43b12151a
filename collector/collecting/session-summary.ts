import type { ClockSummary } from '../clock-audit/exporter-clock.ts';
import type { SentStatements } from './sent-statements.ts';
import type { ExportProtocol, SequenceUnit } from './export-protocol.ts';

/** What an exporter says of itself by options (RFC 7011 sections 4.1 and 4.2): totals since it began, the latest it sent. */
export interface ReportedTotals {
  /** Elements 41, 40 and 42: what it exported. */
  readonly messages?: number;
  readonly octets?: number;
  readonly flows?: number;
  /** Elements 164 and 165: what its Metering Process looked at and left out. */
  readonly ignoredPackets?: number;
  readonly ignoredOctets?: number;
  /** Elements 166 to 168: flows it made but never sent. */
  readonly notSentFlows?: number;
  readonly notSentPackets?: number;
  readonly notSentOctets?: number;
}

/** What was counted of a session, or of several together. Everything only grows, but what is lost, which late Messages take back from. */
export interface SessionCounts {
  /** Messages, packets or datagrams that were read, second copies not counted. */
  readonly messages: number;
  /** Octets of these. */
  readonly octets: number;
  /** Data Records of any kind, options included; records of samples in sFlow. */
  readonly dataRecords: number;
  /** Of these, Flow Records: what is neither options nor NAT events. */
  readonly flowRecords: number;
  /** And NAT events. */
  readonly natEvents: number;
  readonly duplicatedMessages: number;
  /** Messages that filled a hole in the sequence numbers, or came alone with a number far from those of the others. */
  readonly reorderedMessages: number;
  /** Missing by the sequence numbers: of IPFIX, v5 and v7 in records, of v9 and sFlow in Messages. One of both is 0 for one session. */
  readonly lostRecords: number;
  readonly lostMessages: number;
  /** Exporters that began to count anew. */
  readonly restarts: number;
  /** Data Sets that came before their Template, and of these such that were given up. */
  readonly withoutTemplate: number;
  readonly droppedSets: number;
  /** Faults by their code. */
  readonly malformed: Readonly<Record<string, number>>;
}

/** What is known of a session: an exporter's address and port, its protocol and one Observation Domain. */
export interface SessionSummary extends SessionCounts {
  readonly source: string;
  /** Whether it is a connection over TCP or TLS: a session over UDP may have the same source. */
  readonly isReliable: boolean;
  /** Source ID in NetFlow v9, engine type * 256 + engine id in v5, sub-agent in sFlow. */
  readonly observationDomainId: number;
  readonly protocol: ExportProtocol;
  /** What is missing by the sequence numbers, in `lostUnit`. */
  readonly lost: number;
  readonly lostUnit: SequenceUnit;
  /** Data Sets that wait for their Template now. */
  readonly waitingSets: number;
  /** Templates it has now, Options Templates included, and such as were not repeated in time. */
  readonly templates: number;
  readonly expiredTemplates: number;
  /** Microseconds since 1970 by the collector's clock. */
  readonly firstHeardUs: number;
  readonly lastHeardUs: number;
  readonly clock: ClockSummary;
  readonly reported: ReportedTotals;
  /** Totals that are not there because more scopes tell them than are added up. */
  readonly incompleteTotals: readonly (keyof ReportedTotals)[];
  /** How many Flow Records it says it sent, and what had been collected by then; `undefined` when it does not say. */
  readonly sentStatements: SentStatements | undefined;
}

/** Tells the sessions there are at one time apart. */
export const sessionId = ({ protocol, source, isReliable, observationDomainId }: SessionSummary): string =>
  `${protocol} ${observationDomainId} ${isReliable ? 'connection' : 'udp'} ${source}`;
