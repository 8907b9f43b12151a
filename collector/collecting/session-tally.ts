import type { SessionCounts } from './session-summary.ts';

/** What is counted for a session and, under the same name, for all together. */
export type CountedInBoth =
  'messages' | 'dataRecords' | 'duplicatedMessages' | 'reorderedMessages' | 'restarts' | 'withoutTemplate' | 'droppedSets';

type Numbers = { -readonly [K in keyof SessionCounts as SessionCounts[K] extends number ? K : never]: number };

/** The counts of one session, or of several that are gone. */
export class SessionTally implements Numbers {
  messages = 0;
  octets = 0;
  dataRecords = 0;
  flowRecords = 0;
  natEvents = 0;
  duplicatedMessages = 0;
  reorderedMessages = 0;
  lostRecords = 0;
  lostMessages = 0;
  restarts = 0;
  withoutTemplate = 0;
  droppedSets = 0;
  readonly #malformed = new Map<string, number>();

  fault(code: string, count = 1): void {
    this.#malformed.set(code, (this.#malformed.get(code) ?? 0) + count);
  }

  add(other: SessionTally): void {
    this.messages += other.messages;
    this.octets += other.octets;
    this.dataRecords += other.dataRecords;
    this.flowRecords += other.flowRecords;
    this.natEvents += other.natEvents;
    this.duplicatedMessages += other.duplicatedMessages;
    this.reorderedMessages += other.reorderedMessages;
    this.lostRecords += other.lostRecords;
    this.lostMessages += other.lostMessages;
    this.restarts += other.restarts;
    this.withoutTemplate += other.withoutTemplate;
    this.droppedSets += other.droppedSets;
    for (const [code, count] of other.#malformed) this.fault(code, count);
  }

  counts(): SessionCounts {
    return { ...this, malformed: Object.fromEntries(this.#malformed) };
  }
}
