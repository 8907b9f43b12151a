import type { DecodeTarget } from '../../core/ipfix/record-decoder.ts';
import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { decodeRecordValues, type FieldValue } from '../../core/ipfix/record-values.ts';
import type { BatchQueue } from './batch-queue.ts';
import { CollectedBatch } from './collected-batch.ts';
import type { CollectingCounters } from './counters.ts';
import { keyOf, nameOf, type OptionsTable } from './options-table.ts';
import type { MessageContext } from './pending-sets.ts';
import type { KnownTemplate, Session } from './session.ts';

/** Rows for records that are only counted. */
const SCRATCH_ROWS = 256;

/** The records of one Data Set: `view` from `offset` to `end`, without the Set header. */
export interface DataSet {
  readonly session: Session;
  readonly message: MessageContext;
  readonly known: KnownTemplate;
  readonly view: DataView;
  readonly offset: number;
  readonly end: number;
}

export interface Decoded {
  readonly records: number;
  readonly issue: IpfixIssue | undefined;
}

/** Decodes Data Sets: Flow Records into batches, tables of options into maps. */
export class RecordSink {
  readonly applications = new Map<number, string>();
  readonly names = new Map<number, string>();
  readonly #queue: BatchQueue;
  readonly #counters: CollectingCounters;
  readonly #maxNames: number;
  readonly #scratch = new CollectedBatch(SCRATCH_ROWS);

  constructor(queue: BatchQueue, counters: CollectingCounters, maxNames: number) {
    this.#queue = queue;
    this.#counters = counters;
    this.#maxNames = maxNames;
  }

  decode(set: DataSet): Decoded {
    const decoded = set.known.purpose === 'options' ? this.#options(set) : this.#columns(set);
    this.#counters.dataRecords += decoded.records;
    return decoded;
  }

  #columns({ session, message, known, view, offset, end }: DataSet): Decoded {
    const isFlow = known.purpose === 'flows';
    const { decoder } = known;
    let records = 0;
    let at = offset;
    for (;;) {
      const batch = isFlow ? this.#queue.current : this.#scratch;
      const from = batch.length;
      at = decoder.decode(view, at, end, batch as unknown as DecodeTarget);
      records += batch.length - from;
      if (isFlow) this.#complete(batch, from, session, message, known);
      const isFull = batch.length === batch.capacity;
      if (!isFull && end - at >= decoder.minimumLength) batch.clearRow(batch.length);
      if (isFull && isFlow) this.#turn();
      if (!isFlow) batch.length = 0;
      // Less than a record is padding (RFC 7011 section 3.3.1).
      if (end - at < decoder.minimumLength) return { records, issue: undefined };
      if (!isFull) return { records, issue: malformedRecord(known, at) };
    }
  }

  #turn(): void {
    this.#queue.turn();
    this.#counters.droppedFlows = this.#queue.droppedFlows;
  }

  /** Adds to the rows what the Message knows, and counts them. */
  #complete(batch: CollectedBatch, from: number, session: Session, message: MessageContext, known: KnownTemplate): void {
    const to = batch.length;
    batch.exportTimeS.fill(message.exportTimeS, from, to);
    batch.receivedAtUs.fill(message.receivedAtUs, from, to);
    batch.exporter.fill(session.exporter, from, to);
    batch.observationDomainId.fill(session.observationDomainId, from, to);
    batch.sequenceNumber.fill(message.sequenceNumber, from, to);
    batch.templateId.fill(known.template.id, from, to);
    const counters = this.#counters;
    for (let row = from; row < to; row++) {
      counters.packets += batch.packetDeltaCount[row] as number;
      counters.octets += batch.octetDeltaCount[row] as number;
    }
    counters.flows += to - from;
  }

  #options({ known, view, offset, end }: DataSet): Decoded {
    let records = 0;
    let at = offset;
    while (end - at >= known.decoder.minimumLength) {
      const result = decodeRecordValues(known.template, view, at, end);
      if (!('values' in result)) return { records, issue: result };
      if (result.next <= at) return { records, issue: malformedRecord(known, at) };
      at = result.next;
      records++;
      if (known.table !== undefined) this.#learn(known.table, result.values);
    }
    return { records, issue: undefined };
  }

  #learn(table: OptionsTable, values: readonly FieldValue[]): void {
    const key = keyOf(values[table.keyIndex]);
    const name = nameOf(values[table.nameIndex]);
    if (key === undefined || name === undefined) return;
    const map = table.kind === 'applications' ? this.applications : this.names;
    if (map.size >= this.#maxNames && !map.has(key)) return void this.#counters.refusedNames++;
    map.set(key, name);
  }
}

const malformedRecord = ({ template }: KnownTemplate, offset: number): IpfixIssue => ({
  code: 'record',
  offset,
  detail: `a record of Template ${template.id} does not end inside its Set`,
});
