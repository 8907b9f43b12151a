import type { TimeBase } from '../../core/ipfix/flow-time.ts';
import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import type { Template } from '../../core/ipfix/template.ts';
import type { BatchQueue } from './batch-queue.ts';
import { CollectedBatch } from './collected-batch.ts';
import { clearRow, type CollectedRows } from './collected-rows.ts';
import { compileTemplate, type CompiledTemplate } from './compiled-template.ts';
import type { CollectingConfig } from './config.ts';
import type { CollectingCounters, PlacedIssue } from './counters.ts';
import { numberOf } from './export-protocol.ts';
import { completeIPVersion } from './ip-version.ts';
import type { NatEventBatch } from './nat-event-batch.ts';
import { normaliseNatEvents } from './nat-event-profile.ts';
import { OptionsLearner } from './options-learner.ts';
import { issueIn, type DataSet, type IssueOrigin, type SetDecoder } from './set-decoder.ts';

/** Rows for records that are only counted. */
const SCRATCH_ROWS = 256;
/** Faults kept with their place, the latest. */
const MAX_ISSUES = 100;

export type CollectedSet = DataSet<CompiledTemplate>;

/** Where decoded records wait for the store. */
export interface Queues {
  readonly flows: BatchQueue<CollectedBatch>;
  readonly natEvents: BatchQueue<NatEventBatch>;
}

/** Decodes Data Sets: Flow Records and NAT events into batches of columns, options into what is known of their exporter. */
export class ColumnDecoder implements SetDecoder<CompiledTemplate> {
  /** The latest faults, oldest first. */
  readonly issues: PlacedIssue[] = [];
  readonly options: OptionsLearner;
  readonly #queues: Queues;
  readonly #counters: CollectingCounters;
  readonly #config: CollectingConfig;
  readonly #scratch = new CollectedBatch(SCRATCH_ROWS);

  constructor(queues: Queues, counters: CollectingCounters, config: CollectingConfig) {
    this.#queues = queues;
    this.#counters = counters;
    this.#config = config;
    this.options = new OptionsLearner(counters, config);
  }

  describe(template: Template): CompiledTemplate | undefined {
    return compileTemplate(template);
  }

  issue(issue: IpfixIssue, { source, session }: IssueOrigin<CompiledTemplate>): void {
    this.#counters.malformed++;
    session?.tally.fault(issue.code);
    this.issues.push({ ...issue, source, observationDomainId: session?.key.domain });
    if (this.issues.length > MAX_ISSUES) this.issues.shift();
  }

  decode(set: CollectedSet): number {
    const records = this.#decode(set);
    const { purpose } = set.known;
    if (purpose !== 'options' && purpose !== 'nat-events') set.session.tally.flowRecords += records;
    return records;
  }

  #decode(set: CollectedSet): number {
    const { flows, natEvents } = this.#queues;
    switch (set.known.purpose) {
      case 'flows':
        return this.#columns(set, flows, (from) => this.#completeFlows(flows.current, from, set.known));
      case 'nat-events':
        return this.#columns(set, natEvents, (from) => this.#completeNatEvents(natEvents.current, from));
      case 'options':
        return this.options.learn(set, (issue) => issueIn(this, set, issue));
      case 'other':
        return this.#columns(set, undefined, () => undefined);
    }
  }

  decodeSample(): void {}

  /** Decodes into the queue's batches, without one only to count; `complete` is told from which row of the current one on. */
  #columns(set: CollectedSet, queue: BatchQueue<CollectedRows> | undefined, complete: (from: number) => void): number {
    const { view, end, message } = set;
    const { decoder } = set.known;
    const base: TimeBase = { exportTimeUs: message.exportTimeUs, uptimeMs: message.uptimeMs };
    let records = 0;
    let at = set.offset;
    for (;;) {
      const batch = queue?.current ?? this.#scratch;
      const from = batch.length;
      at = decoder.decode(view, at, end, batch, base);
      records += batch.length - from;
      if (queue !== undefined) stamp(batch, from, set);
      complete(from);
      const isFull = batch.length === batch.capacity;
      if (!isFull && end - at >= decoder.minimumLength) clearRow(batch, batch.length);
      if (isFull) this.#turn(queue);
      if (queue === undefined) batch.length = 0;
      // Less than a record is padding (RFC 7011 section 3.3.1).
      if (end - at < decoder.minimumLength) return records;
      if (isFull) continue;
      issueIn(this, set, malformedRecord(set.known.template, at));
      return records;
    }
  }

  #turn(queue: BatchQueue<CollectedRows> | undefined): void {
    queue?.turn();
    this.#counters.droppedFlows = this.#queues.flows.droppedRecords;
    this.#counters.droppedNatEvents = this.#queues.natEvents.droppedRecords;
  }

  #completeFlows(batch: CollectedBatch, from: number, { ipVersion }: CompiledTemplate): void {
    completeIPVersion(batch, from, ipVersion);
    const { length, packetDeltaCount, octetDeltaCount } = batch;
    const counters = this.#counters;
    for (let row = from; row < length; row++) {
      counters.packets += packetDeltaCount[row] as number;
      counters.octets += octetDeltaCount[row] as number;
    }
    counters.flows += length - from;
  }

  #completeNatEvents(batch: NatEventBatch, from: number): void {
    this.#counters.natEvents += batch.length - from;
    this.#counters.unknownNatEvents += normaliseNatEvents(batch, from, this.#config.natEventProfile);
  }
}

/** Adds to the rows from `from` on what the Message knows. */
function stamp(batch: CollectedRows, from: number, { session, message, known }: CollectedSet): void {
  const to = batch.length;
  const { exporter, key } = session;
  batch.exportTimeS.fill(message.exportTimeS, from, to);
  batch.receivedAtUs.fill(message.receivedAtUs, from, to);
  batch.exporter.fill(exporter.ipv4, from, to);
  if (exporter.ipv6 !== undefined) for (let row = from; row < to; row++) batch.exporterIPv6.set(exporter.ipv6, 4 * row);
  batch.observationDomainId.fill(key.domain, from, to);
  batch.sequenceNumber.fill(message.sequenceNumber, from, to);
  batch.templateId.fill(known.template.id, from, to);
  if (batch instanceof CollectedBatch) batch.exportProtocol.fill(numberOf(key.protocol), from, to);
}

const malformedRecord = ({ id }: Template, offset: number): IpfixIssue => ({
  code: 'record-truncated',
  offset,
  detail: `a record of Template ${id} does not end inside its Set`,
});
