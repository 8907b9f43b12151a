import { NS_PER_MS } from '../../../core/time/instant.ts';
import type { Conversation, Conversations } from '../conversations.ts';
import { lastInstant, packetsBefore } from '../count.ts';
import { indexed, type Case } from '../case.ts';
import type { Ledger } from '../ledger.ts';
import type { MessageLog } from '../message-times.ts';
import type { Span } from '../wall-time.ts';
import { endpointUses, lendings, type LentAddress } from './holdings.ts';
import type { JudgedRecords, Telling } from './judged-records.ts';
import { pairsOf } from './order.ts';

/** What a record came in, row by row beside `Case.records`. */
export interface Origins {
  readonly sequenceNumber: ArrayLike<number>;
  /** Of the Message's header, since 1970. */
  readonly exportTimeS: ArrayLike<number>;
  /** By the collector's clock, since 1970. */
  readonly receivedAtUs: ArrayLike<number>;
}

/** Records whose true times are known, the times as they are stored, and beside them row ids and the times of the headers. */
export interface JudgedTimes {
  readonly records: JudgedRecords;
  readonly stored: Telling;
  readonly id: Float64Array;
  readonly exportTimeNs: Float64Array;
  /** The train of the ledger that each begins with. */
  readonly train: Uint32Array;
}

/**
 * Looks up the true times; records that have none are left out. `lent`: the office's leases as they were written down; `translator`: the
 * ledger that knows who used a public endpoint, the device's own unless told.
 */
export function judgeTimes(
  facts: Case,
  origins: Origins,
  log: Pick<MessageLog, 'of'>,
  lent: readonly LentAddress[] = [],
  translator: Ledger = facts.ledger,
): JudgedTimes {
  const { ledger, records, epochUnixMs } = facts;
  const { holdings, useOf } = endpointUses(ledger, translator);
  const columns = emptyColumns(records.length);
  lookUp(facts, columns);
  // The columns close up over the records that are left out: `length` is never beyond `row`.
  let length = 0;
  for (let row = 0; row < records.length; row++) {
    const times = log.of(origins.sequenceNumber[row] as number);
    const startNs = columns.startNs[row] as number;
    if (times?.arrivedNs === undefined || Number.isNaN(startNs)) continue;
    const train = columns.train[row] as number;
    columns.startNs[length] = startNs;
    columns.endNs[length] = columns.endNs[row] as number;
    columns.sentNs[length] = times.sentNs;
    columns.arrivedNs[length] = times.arrivedNs;
    columns.octets[length] = records.columns.octetDeltaCount[row] as number;
    columns.conversation[length] = columns.conversation[row] as number;
    const { endpoint, holder } = useOf(train);
    columns.endpoint[length] = endpoint;
    columns.holder[length] = holder;
    columns.device[length] = ledger.connections.device.at(ledger.trains.connection.at(train));
    columns.toldStartNs[length] = ((records.columns.flowStartMs[row] as number) - epochUnixMs) * NS_PER_MS;
    columns.toldEndNs[length] = ((records.columns.flowEndMs[row] as number) - epochUnixMs) * NS_PER_MS;
    columns.receivedNs[length] = ((origins.receivedAtUs[row] as number) - epochUnixMs * 1_000) * 1_000;
    columns.id[length] = records.ids[row] as number;
    columns.train[length] = train;
    columns.exportTimeNs[length] = ((origins.exportTimeS[row] as number) * 1_000 - epochUnixMs) * NS_PER_MS;
    length++;
  }
  const { toldStartNs, toldEndNs, receivedNs, id, exportTimeNs, train, ...told } = firstRows(columns, length);
  const judged = { length, ...told, holdings, ...lendings(told.holder, lent) };
  return {
    records: { ...judged, pairs: pairsOf(judged) },
    stored: { startNs: toldStartNs, endNs: toldEndNs, receivedNs },
    id,
    exportTimeNs,
    train,
  };
}

/** Fills in conversation, train and true times of each row; of one that has none `startNs` is NaN. */
function lookUp(facts: Case, columns: Columns): void {
  const { ledger } = facts;
  const { conversations, placer, rows } = indexed(facts);
  columns.startNs.fill(NaN);
  for (let conversation = 0; conversation < conversations.count; conversation++) {
    for (const { row, first, last, timed } of placer.placeAll(rows.of(conversation), conversation)) {
      const train = conversations.firstTrain(conversation, first.from, first.to);
      if (!timed || train === undefined) continue;
      columns.startNs[row] = firstPacket(ledger, train, first);
      columns.endNs[row] = lastPacket(ledger, conversations, conversation, last);
      columns.conversation[row] = conversation;
      columns.train[row] = train;
    }
  }
}

type Columns = ReturnType<typeof emptyColumns>;

const firstRows = (columns: Columns, length: number): Columns =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.subarray(0, length)])) as unknown as Columns;

const emptyColumns = (length: number) => ({
  startNs: new Float64Array(length),
  endNs: new Float64Array(length),
  sentNs: new Float64Array(length),
  arrivedNs: new Float64Array(length),
  octets: new Float64Array(length),
  conversation: new Uint32Array(length),
  endpoint: new Int32Array(length),
  holder: new Float64Array(length),
  device: new Uint32Array(length),
  id: new Float64Array(length),
  exportTimeNs: new Float64Array(length),
  train: new Uint32Array(length),
  toldStartNs: new Float64Array(length),
  toldEndNs: new Float64Array(length),
  receivedNs: new Float64Array(length),
});

/** The train's first packet in the span, which has one. */
const firstPacket = (ledger: Ledger, train: number, { from }: Span): number =>
  ledger.trains.startNs.at(train) + packetsBefore(ledger, train, from) * ledger.trains.intervalNs.at(train);

/** The conversation's last packet in the span, which has one. */
function lastPacket(ledger: Ledger, conversations: Conversations, conversation: Conversation, { from, to }: Span): number {
  const { startNs, intervalNs } = ledger.trains;
  let latest = from;
  for (const train of conversations.trainsOf(conversation)) {
    if (startNs.at(train) >= to) break;
    if (lastInstant(ledger, train) < from) continue;
    const packets = packetsBefore(ledger, train, to);
    if (packets > 0) latest = Math.max(latest, startNs.at(train) + (packets - 1) * intervalNs.at(train));
  }
  return latest;
}
