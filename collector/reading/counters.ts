import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';

/** A kind of fault: how often it was seen, and where first. */
export interface CountedIssue {
  count: number;
  /** Message and octet in it. */
  readonly message: number;
  readonly offset: number;
  readonly detail: string;
}

/** What has been read. */
export class ReadingCounters {
  /** Messages, packets and datagrams of a version that is known. */
  messages = 0;
  /** Of no version that is known. */
  otherDatagrams = 0;
  /** Records of Flows, samples and events, and of these such as waited for their Template. */
  records = 0;
  optionsRecords = 0;
  lateRecords = 0;
  /** Template Records, repeats counted. */
  templates = 0;
  optionsTemplates = 0;
  /** Of these, such as gave an ID another meaning than it had. */
  redefinedTemplates = 0;
  refusedTemplates = 0;
  withdrawals = 0;
  ignoredWithdrawals = 0;
  /** Data Sets whose Template was not known when they came. */
  noTemplateSets = 0;
  /** Of these, given up: too many, or too long without their Template. */
  droppedSets = 0;
  evictedSessions = 0;
  readonly issues = new Map<string, CountedIssue>();

  issue({ code, offset, detail }: IpfixIssue, message: number): void {
    const known = this.issues.get(code);
    if (known === undefined) this.issues.set(code, { count: 1, message, offset, detail });
    else known.count++;
  }
}
