import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';

/** What the Collecting Process has seen. Everything only grows, but `lost`, which late Messages take back from. */
export class CollectingCounters {
  /** IPFIX Messages, second copies not counted. */
  messages = 0;
  /** Data Records of any kind, options included. */
  dataRecords = 0;
  /** Flow Records, with the packets and octets they speak of. */
  flows = 0;
  packets = 0;
  octets = 0;
  /** NAT events (RFC 8158), and of these such whose number the profile does not know. */
  natEvents = 0;
  unknownNatEvents = 0;
  /** Data Records missing by the sequence numbers (RFC 7011 section 3.1). */
  lost = 0;
  /** Messages received again: not stored twice. */
  duplicatedMessages = 0;
  /** Messages that filled a hole. */
  reorderedMessages = 0;
  /** Faults in Messages, Sets or records; what was sound around them was decoded. */
  malformed = 0;
  /** Data Sets whose Template was not known when they came; those decoded later count here too. */
  withoutTemplate = 0;
  /** Of these, given up. */
  droppedSets = 0;
  /** Exporters that began to count anew. */
  restarts = 0;
  refusedTemplates = 0;
  refusedNames = 0;
  /** Template Withdrawals: not to be obeyed over UDP (RFC 7011 section 8.4). */
  ignoredWithdrawals = 0;
  evictedSessions = 0;
  /** Thrown away because the store did not keep up. */
  droppedFlows = 0;
  droppedNatEvents = 0;
}

/** A fault with its place. */
export interface PlacedIssue extends IpfixIssue {
  readonly source: string;
  /** `undefined` when the Message's header could not be read. */
  readonly observationDomainId: number | undefined;
}
