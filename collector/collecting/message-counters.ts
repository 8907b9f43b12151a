/** What came from exporters and what became of it, of all sessions since the start. Only what is lost can shrink: late Messages take back from it. */
export class MessageCounters {
  /** Messages, packets and datagrams of a version that is known, second copies not counted, and their octets. */
  messages = 0;
  octetsReceived = 0;
  /** Datagrams of no version that is known. */
  otherDatagrams = 0;
  /** Datagrams of a version that is known, without a header that can be read. */
  headlessDatagrams = 0;
  /** Data Records of any kind, options included. */
  dataRecords = 0;
  /** Missing by the sequence numbers: records of IPFIX (RFC 7011 section 3.1), NetFlow v5 and v7, and Messages of v9 and sFlow. */
  lost = 0;
  lostMessages = 0;
  duplicatedMessages = 0;
  /** Messages that filled a hole, or came alone with a number far from those of the others. */
  reorderedMessages = 0;
  /** Exporters that began to count anew. */
  restarts = 0;
  /** Template Records, repeats counted. */
  templates = 0;
  optionsTemplates = 0;
  /** Of these, such as gave an ID another meaning than it had. */
  redefinedTemplates = 0;
  refusedTemplates = 0;
  withdrawals = 0;
  /** Of these, not obeyed: over UDP they must not be (RFC 7011 section 8.4). */
  ignoredWithdrawals = 0;
  /** Data Sets whose Template was not known when they came; those decoded later count here too. */
  withoutTemplate = 0;
  /** Of these, given up: too many, or too long without their Template. */
  droppedSets = 0;
  evictedSessions = 0;
}
