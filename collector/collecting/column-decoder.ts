import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import type { Template } from '../../core/ipfix/template.ts';
import type { BatchQueue } from './batch-queue.ts';
import { hasReverse, turnRow } from './biflow.ts';
import { CollectedBatch } from './collected-batch.ts';
import { clearRow, clearRows, copyRow, type CollectedRows } from './collected-rows.ts';
import { compileTemplate, type CompiledTemplate } from './compiled-template.ts';
import type { CollectingConfig } from './config.ts';
import type { CollectingCounters, PlacedIssue } from './counters.ts';
import { completeFlows } from './flow-completion.ts';
import type { NatEventBatch } from './nat-event-batch.ts';
import { normaliseNatEvents } from './nat-event-profile.ts';
import { OptionsLearner } from './options-learner.ts';
import { SampledPackets } from './sampled-packets.ts';
import {
  isByInitTime,
  issueIn,
  timeBaseOf,
  type DataSet,
  type IssueOrigin,
  type SampleSet,
  type SetDecoder,
} from './set-decoder.ts';
import { stamp, stampFlows } from './stamp.ts';
import { WideBatch } from './wide-batch.ts';

/** Rows for records that are only counted, and for such that tell more than a row can hold. */
const SCRATCH_ROWS = 256;
/** Faults kept with their place, the latest. */
const MAX_ISSUES = 100;

/** In the column of Templates of what has none. */
const NO_TEMPLATE_ID = 0;

const US_PER_MS = 1e3;

/** Values of `biflowHalf`. */
const FORWARD_HALF = 1;
const REVERSE_HALF = 2;

type CollectedSet = DataSet<CompiledTemplate>;

/** Where decoded records wait for the store. */
export interface Queues {
  readonly flows: BatchQueue<CollectedBatch>;
  readonly natEvents: BatchQueue<NatEventBatch>;
}

/** Where records are decoded into now. */
interface Batches {
  readonly current: CollectedRows;
}

/** Decodes Data Sets: Flow Records and NAT events into batches of columns, options into what is known of their exporter. */
export class ColumnDecoder implements SetDecoder<CompiledTemplate> {
  /** The latest faults, oldest first. */
  readonly issues: PlacedIssue[] = [];
  readonly options: OptionsLearner;
  readonly #queues: Queues;
  readonly #counters: CollectingCounters;
  readonly #config: CollectingConfig;
  readonly #scratch = { current: new CollectedBatch(SCRATCH_ROWS) };
  readonly #wide = { current: new WideBatch(SCRATCH_ROWS) };
  readonly #packets = new SampledPackets();

  constructor(queues: Queues, counters: CollectingCounters, config: CollectingConfig) {
    this.#queues = queues;
    this.#counters = counters;
    this.#config = config;
    this.options = new OptionsLearner(counters, config);
  }

  describe(template: Template, isV9: boolean): CompiledTemplate | undefined {
    return compileTemplate(template, isV9);
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
    const { tally } = set.session;
    if (purpose === 'nat-events') tally.natEvents += records;
    else if (purpose !== 'options') tally.flowRecords += records;
    return records;
  }

  #decode(set: CollectedSet): number {
    const { flows, natEvents } = this.#queues;
    switch (set.known.purpose) {
      case 'flows':
        return this.#columns(set, set.known.isWide ? this.#wide : flows);
      case 'nat-events':
        return this.#columns(set, natEvents);
      case 'options':
        return this.#learn(set);
      case 'other':
        return this.#columns(set, this.#scratch);
    }
  }

  #learn(set: CollectedSet): number {
    const records = this.options.learn(set, (issue) => issueIn(this, set, issue));
    this.#counters.optionsRecords += records;
    return records;
  }

  decodeSample(sample: SampleSet<CompiledTemplate>): void {
    const batch = this.#queues.flows.current;
    if (!this.#packets.read(sample, batch, batch.length)) return;
    batch.writtenColumns?.addAll();
    const row = batch.length++;
    stampFlows(batch, row, sample, NO_TEMPLATE_ID);
    sample.session.tally.flowRecords++;
    this.#count(batch, row);
    this.#turnIfFull();
  }

  /** Decodes into the current batches of a queue. */
  #columns(set: CollectedSet, queue: Batches): number {
    const { view, end, known } = set;
    const { decoder, template } = known;
    const base = timeBaseOf(set);
    let records = 0;
    let at = set.offset;
    // Less than a record is padding (RFC 7011 section 3.3.1).
    while (end - at >= decoder.minimumLength) {
      const batch = queue.current;
      const from = batch.length;
      batch.writtenColumns?.add(known.writes);
      at = decoder.decode(view, at, end, batch, base);
      records += batch.length - from;
      const isFull = batch.length === batch.capacity;
      const isMalformed = !isFull && end - at >= decoder.minimumLength;
      if (isMalformed) clearRow(batch, batch.length);
      this.#add(set, from);
      this.#turnIfFull();
      if (!isMalformed) continue;
      issueIn(this, set, malformedRecord(template, at));
      break;
    }
    return records;
  }

  /** Takes the rows from `from` on of the batch that Sets of this purpose are decoded into, and may empty it. */
  #add(set: CollectedSet, from: number): void {
    const { purpose, isWide } = set.known;
    if (purpose === 'nat-events') this.#addNatEvents(set, from);
    else if (purpose !== 'flows') clearRows(this.#scratch.current);
    else if (isWide) this.#addWide(set, from);
    else this.#addFlows(set, from);
  }

  #addFlows(set: CollectedSet, from: number): void {
    const batch = this.#queues.flows.current;
    stampFlows(batch, from, set, set.known.template.id);
    completeFlows(batch, from, set);
    this.#audit(set, batch, from);
    this.#count(batch, from);
  }

  /** Each becomes a row, and a biflow through which something came back another one. */
  #addWide(set: CollectedSet, from: number): void {
    const wide = this.#wide.current;
    stampFlows(wide, from, set, set.known.template.id);
    completeFlows(wide, from, set);
    this.#audit(set, wide, from);
    for (let row = from; row < wide.length; row++) {
      const isBiflow = hasReverse(wide, row);
      this.#addRow(wide, row, isBiflow ? FORWARD_HALF : 0);
      if (isBiflow) this.#addRow(wide, row, REVERSE_HALF);
    }
    clearRows(wide);
  }

  #addRow(wide: WideBatch, row: number, half: number): void {
    const batch = this.#queues.flows.current;
    const to = batch.length++;
    batch.writtenColumns?.addAll();
    copyRow(wide, row, batch, to);
    batch.biflowHalf[to] = half;
    if (half === REVERSE_HALF) turnRow(wide, row, batch, to);
    this.#count(batch, to);
    this.#turnIfFull();
  }

  #audit(set: CollectedSet, { flowStartMs, flowEndMs, length }: CollectedBatch, from: number): void {
    const { message, session } = set;
    if (!message.tellsTime) return;
    const byInitTime = isByInitTime(set);
    const { clock } = session;
    const ordinary = clock.ordinaryTimes(message, byInitTime);
    for (let row = from; row < length; row++) {
      const startUs = (flowStartMs[row] as number) * US_PER_MS;
      const endUs = (flowEndMs[row] as number) * US_PER_MS;
      // Of nearly every record there is nothing to say.
      if (startUs >= ordinary.fromUs && startUs <= endUs && endUs < ordinary.untilUs) continue;
      clock.record(message, startUs, endUs, byInitTime);
    }
  }

  /** The rows from `from` on. */
  #count({ packetDeltaCount, octetDeltaCount, length }: CollectedBatch, from: number): void {
    let packets = 0;
    let octets = 0;
    for (let row = from; row < length; row++) {
      packets += packetDeltaCount[row] as number;
      octets += octetDeltaCount[row] as number;
    }
    this.#counters.flows += length - from;
    this.#counters.packets += packets;
    this.#counters.octets += octets;
  }

  #addNatEvents(set: CollectedSet, from: number): void {
    const batch = this.#queues.natEvents.current;
    stamp(batch, from, set, set.known.template.id);
    this.#counters.natEvents += batch.length - from;
    this.#counters.unknownNatEvents += normaliseNatEvents(batch, from, this.#config.natEventProfile);
  }

  #turnIfFull(): void {
    const { flows, natEvents } = this.#queues;
    if (flows.current.length === flows.current.capacity) flows.turn();
    if (natEvents.current.length === natEvents.current.capacity) natEvents.turn();
    this.#counters.droppedFlows = flows.droppedRecords;
    this.#counters.droppedNatEvents = natEvents.droppedRecords;
  }
}

const malformedRecord = ({ id }: Template, offset: number): IpfixIssue => ({
  code: 'record-truncated',
  offset,
  detail: `a record of Template ${id} does not end inside its Set`,
});
