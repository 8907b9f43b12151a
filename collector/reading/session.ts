import { DuplicateWindow } from '../collecting/duplicate-window.ts';
import { PendingSets, type PendingBudget, type WaitingSet } from '../collecting/pending-sets.ts';
import { SequenceTracker } from '../collecting/sequence-tracker.ts';
import type { ReadingConfig } from './config.ts';
import type { MessageContext } from './message-context.ts';
import type { ExportProtocol } from './record.ts';
import { TemplateBook } from './template-book.ts';

/** An uptime that falls by more than this is a device that was switched on anew, not a datagram that was overtaken. */
const RESTART_UPTIME_MS = 60_000;

/** A Data Set that waits, and the Message it came in. */
interface PendingSet extends WaitingSet {
  /** Number of the Set in its Message. */
  readonly set: number;
  readonly message: MessageContext;
}

/** What identifies a session. */
export interface SessionKey {
  readonly protocol: ExportProtocol;
  readonly source: string;
  readonly domain: number;
}

/**
 * A Transport Session and one domain in it: the scope of Template IDs and of sequence numbers (RFC 7011 sections 3.1 and 3.4.1). Over UDP a
 * session is the sender's address and port.
 */
export class Session {
  readonly key: SessionKey;
  readonly templates: TemplateBook;
  readonly pending: PendingSets<PendingSet>;
  messages = 0;
  records = 0;
  lost = 0;
  duplicates = 0;
  reordered = 0;
  restarts = 0;
  /** Milliseconds since 1970, as options said last. */
  initTimeMs: number | undefined;
  readonly #config: ReadingConfig;
  readonly #window: DuplicateWindow;
  #sequence: SequenceTracker;
  #uptimeMs: number | undefined;

  constructor(key: SessionKey, config: ReadingConfig, budget: PendingBudget) {
    this.key = key;
    this.#config = config;
    this.templates = new TemplateBook(config, key.protocol === 'netflow-v9');
    this.pending = new PendingSets(config.maxPendingOctets, budget);
    this.#window = new DuplicateWindow(config.duplicateWindowMessages);
    this.#sequence = this.#newSequence();
  }

  learnInitTime(ms: number | undefined): void {
    this.initTimeMs = ms ?? this.initTimeMs;
  }

  /**
   * Takes account of a Message that carried `units` of what the protocol's sequence numbers count: Data Records in IPFIX, flows in v5 and v7,
   * datagrams in v9 and sFlow.
   */
  account(sequenceNumber: number, units: number, payload: Uint8Array, uptimeMs: number | undefined): void {
    this.messages++;
    if (this.#window.seen(sequenceNumber, payload)) return void this.duplicates++;
    if (this.#hasRestarted(uptimeMs)) {
      this.restarts++;
      this.#sequence = this.#newSequence();
    }
    const before = this.#sequence.lost;
    const verdict = this.#sequence.message(sequenceNumber, units);
    this.lost += this.#sequence.lost - before;
    if (verdict === 'reordered') this.reordered++;
    if (verdict === 'restart') this.restarts++;
  }

  /** Units of an earlier Message that could only be counted now. */
  accountLate(sequenceNumber: number, units: number): void {
    this.lost -= this.#sequence.fill(sequenceNumber >>> 0, units);
  }

  /** A restart is no loss: the numbers begin anew, and so does the uptime. Its wrap after 49.7 days is a small step on the circle. */
  #hasRestarted(uptimeMs: number | undefined): boolean {
    const before = this.#uptimeMs;
    this.#uptimeMs = uptimeMs;
    return before !== undefined && uptimeMs !== undefined && ((uptimeMs - before) | 0) < -RESTART_UPTIME_MS;
  }

  #newSequence(): SequenceTracker {
    const { restartRecords, maxGaps } = this.#config;
    return new SequenceTracker({ restartRecords, maxGaps, sessionsBeginAtZero: false });
  }
}
