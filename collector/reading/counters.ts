import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { MessageCounters } from '../collecting/message-counters.ts';

/** A kind of fault: how often it was seen, and where first. */
export interface CountedIssue {
  count: number;
  /** Message and octet in it. */
  readonly message: number;
  readonly offset: number;
  readonly detail: string;
}

/** What has been read. */
export class ReadingCounters extends MessageCounters {
  /** Records of Flows, samples and events, and of these such as waited for their Template. */
  records = 0;
  optionsRecords = 0;
  lateRecords = 0;
  readonly issues = new Map<string, CountedIssue>();

  issue({ code, offset, detail }: IpfixIssue, message: number): void {
    const known = this.issues.get(code);
    if (known === undefined) this.issues.set(code, { count: 1, message, offset, detail });
    else known.count++;
  }
}
