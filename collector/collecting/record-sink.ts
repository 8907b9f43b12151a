import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { decodeRecordValues, type FieldValue } from '../../core/ipfix/record-values.ts';
import type { StoredAddress } from '../../core/net/stored-address.ts';
import type { BatchQueue } from './batch-queue.ts';
import { CollectedBatch } from './collected-batch.ts';
import { clearRow, type CollectedRows } from './collected-rows.ts';
import type { CollectingConfig } from './config.ts';
import type { CollectingCounters } from './counters.ts';
import type { NatEventBatch } from './nat-event-batch.ts';
import { normaliseNatEvents } from './nat-event-profile.ts';
import { completeIPVersion } from './ip-version.ts';
import { keyOf, nameOf, type OptionsTable } from './options-table.ts';
import type { MessageContext } from './message-context.ts';
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

/** Where decoded records wait for the store. */
export interface Queues {
  readonly flows: BatchQueue<CollectedBatch>;
  readonly natEvents: BatchQueue<NatEventBatch>;
}

/** Decodes Data Sets: Flow Records and NAT events into batches, tables of options into maps. */
export class RecordSink {
  readonly applications = new Map<number, string>();
  readonly names = new Map<StoredAddress, string>();
  readonly #queues: Queues;
  readonly #counters: CollectingCounters;
  readonly #config: Pick<CollectingConfig, 'maxNames' | 'natEventProfile'>;
  readonly #scratch = new CollectedBatch(SCRATCH_ROWS);

  constructor(queues: Queues, counters: CollectingCounters, config: Pick<CollectingConfig, 'maxNames' | 'natEventProfile'>) {
    this.#queues = queues;
    this.#counters = counters;
    this.#config = config;
  }

  decode(set: DataSet): Decoded {
    const decoded = this.#decode(set);
    this.#counters.dataRecords += decoded.records;
    return decoded;
  }

  #decode(set: DataSet): Decoded {
    const { flows, natEvents } = this.#queues;
    switch (set.known.purpose) {
      case 'flows':
        return this.#columns(set, flows, (from) => this.#completeFlows(flows.current, from, set.known));
      case 'nat-events':
        return this.#columns(set, natEvents, (from) => this.#completeNatEvents(natEvents.current, from));
      case 'options':
        return this.#options(set);
      case 'other':
        return this.#columns(set, undefined, () => undefined);
    }
  }

  /** Decodes into the queue's batches, without one only to count; `complete` is told from which row of the current one on. */
  #columns(set: DataSet, queue: BatchQueue<CollectedRows> | undefined, complete: (from: number) => void): Decoded {
    const { known, view, offset, end } = set;
    const { decoder } = known;
    let records = 0;
    let at = offset;
    for (;;) {
      const batch = queue?.current ?? this.#scratch;
      const from = batch.length;
      at = decoder.decode(view, at, end, batch);
      records += batch.length - from;
      if (queue !== undefined) stamp(batch, from, set);
      complete(from);
      const isFull = batch.length === batch.capacity;
      if (!isFull && end - at >= decoder.minimumLength) clearRow(batch, batch.length);
      if (isFull) this.#turn(queue);
      if (queue === undefined) batch.length = 0;
      // Less than a record is padding (RFC 7011 section 3.3.1).
      if (end - at < decoder.minimumLength) return { records, issue: undefined };
      if (!isFull) return { records, issue: malformedRecord(known, at) };
    }
  }

  #turn(queue: BatchQueue<CollectedRows> | undefined): void {
    queue?.turn();
    this.#counters.droppedFlows = this.#queues.flows.droppedRecords;
    this.#counters.droppedNatEvents = this.#queues.natEvents.droppedRecords;
  }

  #completeFlows(batch: CollectedBatch, from: number, { ipVersion }: KnownTemplate): void {
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
    if (table.kind === 'names') this.#keep(this.names, key, name);
    else if (typeof key === 'number') this.#keep(this.applications, key, name);
  }

  #keep<Key>(map: Map<Key, string>, key: Key, name: string): void {
    if (map.size >= this.#config.maxNames && !map.has(key)) return void this.#counters.refusedNames++;
    map.set(key, name);
  }
}

/** Adds to the rows from `from` on what the Message knows. */
function stamp(batch: CollectedRows, from: number, { session, message, known }: DataSet): void {
  const to = batch.length;
  batch.exportTimeS.fill(message.exportTimeS, from, to);
  batch.receivedAtUs.fill(message.receivedAtUs, from, to);
  batch.exporter.fill(session.exporter.ipv4, from, to);
  if (session.exporter.ipv6 !== undefined) {
    for (let row = from; row < to; row++) batch.exporterIPv6.set(session.exporter.ipv6, 4 * row);
  }
  batch.observationDomainId.fill(session.observationDomainId, from, to);
  batch.sequenceNumber.fill(message.sequenceNumber, from, to);
  batch.templateId.fill(known.template.id, from, to);
}

const malformedRecord = ({ template }: KnownTemplate, offset: number): IpfixIssue => ({
  code: 'record',
  offset,
  detail: `a record of Template ${template.id} does not end inside its Set`,
});
