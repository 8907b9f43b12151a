import { ExporterClock } from '../clock-audit/exporter-clock.ts';
import { DuplicateWindow } from './duplicate-window.ts';
import { sequenceUnitOf, type ExportProtocol, type SequenceUnit } from './export-protocol.ts';
import { exporterAddress, type ExporterAddress } from './exporter-address.ts';
import { ExporterUptime } from './exporter-uptime.ts';
import type { MessageContext } from './message-context.ts';
import type { MessageCounters } from './message-counters.ts';
import { PendingSets, type PendingBudget, type WaitingSet } from './pending-sets.ts';
import { SequenceTracker } from './sequence-tracker.ts';
import { OwnWord } from './own-word.ts';
import type { SessionSummary } from './session-summary.ts';
import { SessionSampling } from './session-sampling.ts';
import type { SessionRules } from './session-limits.ts';
import { SessionTally, type CountedInBoth } from './session-tally.ts';
import type { KnownTemplate, SetDecoder } from './set-decoder.ts';
import { TemplateBook, type TemplateBudget } from './template-book.ts';

/** A Data Set that waits, and the Message it came in. */
interface PendingSet extends WaitingSet {
  /** Number of the Set in its Message, and the octet of that its records begin at. */
  readonly set: number;
  readonly offset: number;
  readonly message: MessageContext;
}

/** What identifies a session. */
export interface SessionKey {
  readonly protocol: ExportProtocol;
  /** Address and port. */
  readonly source: string;
  /** Whether it is a connection over TCP or TLS: one over UDP may have the same address and port. */
  readonly isReliable: boolean;
  /** Observation Domain, Source ID in NetFlow v9, engine in v5, sub-agent in sFlow. */
  readonly domain: number;
}

/** What all sessions share. */
export interface SessionsShared<Known extends KnownTemplate> {
  readonly rules: SessionRules;
  readonly counters: MessageCounters;
  readonly decoder: SetDecoder<Known>;
  readonly budget: PendingBudget & TemplateBudget;
}

/**
 * A Transport Session and one domain in it: the scope of Template IDs and of sequence numbers (RFC 7011 sections 3.1 and 3.4.1). Over UDP a
 * session is the sender's address and port.
 */
export class Session<Known extends KnownTemplate> {
  readonly key: SessionKey;
  readonly exporter: ExporterAddress;
  readonly templates: TemplateBook<Known>;
  readonly pending: PendingSets<PendingSet>;
  readonly tally = new SessionTally();
  readonly clock: ExporterClock;
  readonly sampling: SessionSampling;
  readonly lostUnit: SequenceUnit;
  /** Microseconds since 1970 by the collector's clock. */
  readonly firstHeardUs: number;
  lastHeardUs: number;
  readonly ownWord: OwnWord;
  readonly #shared: SessionsShared<Known>;
  readonly #window: DuplicateWindow;
  #sequence: SequenceTracker;
  readonly #uptime = new ExporterUptime();
  #initTimeMs: number | undefined;

  constructor(key: SessionKey, nowUs: number, shared: SessionsShared<Known>) {
    const { rules, budget, decoder } = shared;
    this.key = key;
    this.exporter = exporterAddress(key.source);
    this.#shared = shared;
    this.firstHeardUs = nowUs;
    this.lastHeardUs = nowUs;
    this.lostUnit = sequenceUnitOf(key.protocol);
    this.templates = new TemplateBook(rules, key.protocol === 'netflow-v9', budget, (template, isV9) =>
      decoder.describe(template, isV9),
    );
    this.pending = new PendingSets(rules.maxPendingOctets, budget);
    this.sampling = new SessionSampling(rules.maxSamplers);
    this.clock = new ExporterClock(rules);
    this.ownWord = new OwnWord(rules.maxReportedScopes);
    this.#window = new DuplicateWindow(rules.duplicateWindowMessages);
    this.#sequence = this.#newSequence();
  }

  /** Milliseconds since 1970, as options said last. */
  get initTimeMs(): number | undefined {
    return this.#initTimeMs;
  }

  learnInitTime(ms: number): void {
    this.#initTimeMs = ms;
    this.clock.initTime(ms);
  }

  /** Counts for the session and for all together. */
  count(what: CountedInBoth, by = 1): void {
    this.tally[what] += by;
    this.#shared.counters[what] += by;
  }

  /** Whether the Message came before; then it is counted as a second copy. Without sequence numbers two that are equal may be two. */
  isDuplicate(sequenceNumber: number, octets: DataView): boolean {
    if (this.lostUnit === 'none' || !this.#window.seen(sequenceNumber, octets)) return false;
    this.count('duplicatedMessages');
    return true;
  }

  /** The same of Data Records, by names that are known here: every Message has some. */
  countRecords(records: number): void {
    this.tally.dataRecords += records;
    this.#shared.counters.dataRecords += records;
  }

  /** Takes account of a Message that is no second copy, when all that can be counted in it is. */
  settle(message: MessageContext, octets: number): void {
    const { sequenceNumber, exportTimeUs } = message;
    const { tally } = this;
    const { counters } = this.#shared;
    tally.messages++;
    counters.messages++;
    tally.octets += octets;
    counters.octetsReceived += octets;
    if (message.tellsTime) this.clock.message(message);
    message.settled = true;
    // A restart is no loss: the numbers begin anew.
    if (this.#uptime.hasBegunAnew(message)) {
      this.count('restarts');
      this.ownWord.beginAnew(message);
      this.#sequence = this.#newSequence();
    }
    if (this.lostUnit === 'none') return;
    const { lost: before, strays } = this.#sequence;
    const counted = this.lostUnit === 'messages' ? 1 : message.counted;
    const verdict = this.#sequence.message(sequenceNumber, counted, exportTimeUs);
    if (this.#sequence.lost !== before) this.#lose(this.#sequence.lost - before);
    const reordered = this.#sequence.strays - strays + (verdict === 'reordered' ? 1 : 0);
    if (reordered > 0) this.count('reorderedMessages', reordered);
    if (verdict === 'restart') {
      this.count('restarts');
      this.ownWord.beginAnew(message, verdict);
    }
    this.ownWord.settle(message, verdict, before - this.#sequence.lost, tally.flowRecords, this.#lost);
  }

  /** Records of a settled Message of which `counted` does not know yet; `flows` of them are Flow Records. */
  settleLate(message: MessageContext, records: number, flows: number): void {
    if (!message.settled) return;
    const isByRecords = this.lostUnit === 'records';
    const found = isByRecords ? this.#sequence.fill((message.sequenceNumber + message.counted) >>> 0, records) : 0;
    this.#lose(-found);
    this.ownWord.settleLate(message, flows, found);
  }

  /** Gives up what waits for its Template. */
  dropPending(): void {
    this.count('droppedSets', this.pending.clear());
  }

  /** Forgets all but what was counted. */
  clear(): void {
    this.dropPending();
    this.templates.clear();
  }

  summary(): SessionSummary {
    const { key, templates, pending, lostUnit, firstHeardUs, lastHeardUs, clock } = this;
    const counts = this.tally.counts();
    return {
      ...counts,
      source: key.source,
      isReliable: key.isReliable,
      observationDomainId: key.domain,
      protocol: key.protocol,
      lost: this.#lost,
      lostUnit,
      waitingSets: pending.size,
      templates: templates.size,
      expiredTemplates: templates.expired,
      firstHeardUs,
      lastHeardUs,
      clock: clock.summary(),
      reported: this.ownWord.totals,
      incompleteTotals: this.ownWord.incompleteTotals,
      sentStatements: this.ownWord.statements,
    };
  }

  get #lost(): number {
    return this.lostUnit === 'messages' ? this.tally.lostMessages : this.tally.lostRecords;
  }

  #lose(units: number): void {
    if (this.lostUnit === 'messages') {
      this.tally.lostMessages += units;
      this.#shared.counters.lostMessages += units;
    } else {
      this.tally.lostRecords += units;
      this.#shared.counters.lost += units;
    }
  }

  #newSequence(): SequenceTracker {
    const { restartRecords, maxGaps, sessionsBeginAtZero } = this.#shared.rules;
    const begins = sessionsBeginAtZero && this.key.protocol === 'ipfix';
    return new SequenceTracker({ restartRecords, maxGaps, sessionsBeginAtZero: begins });
  }
}
