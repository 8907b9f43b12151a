import { formatStored } from '../../../core/net/stored-address.ts';
import {
  FLOW_END_ACTIVE,
  FLOW_END_DETECTED,
  FLOW_END_FORCED,
  FLOW_END_IDLE,
  FLOW_END_RESOURCES,
} from '../../../core/flow/flow-batch.ts';
import { Inventory } from '../../query/inventory.ts';
import { SeenFlows } from '../../query/people/seen-flows.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import type { LostRecord, MessageFate, RecordTruth } from './record-truth.ts';
import { lostRow, rowOf, type RecordRow } from './records-view.ts';
import { exporterOf, storedRows, type StoredRecord } from './stored-records.ts';
import type { ViewContext, ViewRequest } from './view-request.ts';

/** Something that happened to a record, in milliseconds since 1970 by each clock that tells of it. */
export interface LifeStep {
  readonly name: 'first' | 'last' | 'closed' | 'left' | 'lost' | 'received' | 'again' | 'decoded' | 'stored';
  readonly title: string;
  readonly words: string;
  readonly truthMs?: number;
  readonly routerMs?: number;
  /** What the collector makes of it: when it came, or a time of the router's clock set right. */
  readonly collectorMs?: number;
}

/** Topic `life`: all that is known of one record, in the order of its steps. */
export interface LifeView {
  readonly record: RecordRow;
  readonly steps: readonly LifeStep[];
  readonly message: {
    readonly exporter: string;
    readonly domain: number;
    readonly sequenceNumber: number;
    /** Absent of one that was lost. */
    readonly templateId?: number;
    /** Its number in the topic `wire`, as long as it is kept there. */
    readonly wire?: number;
  };
  /** Whether the collector ever saw it. */
  readonly isLost: boolean;
}

const MS_PER_S = 1_000;
const US_PER_MS = 1_000;

/** Why the router closed a record (flowEndReason, element 136). */
const CLOSED: Readonly<Record<number, string>> = {
  [FLOW_END_IDLE]: 'By the idle timeout: for that long no packet came.',
  [FLOW_END_ACTIVE]: 'By the active timeout: the flow went on, and its next record began.',
  [FLOW_END_DETECTED]: 'By the end of the flow: the router saw the connection close.',
  [FLOW_END_FORCED]: 'Because the router was told to export all it had.',
  [FLOW_END_RESOURCES]: 'For want of room in the flow cache.',
};

/** The life of the record `id`. Rejects with a RangeError of one sentence when there is none. */
export async function lifeView(
  store: AskedStore,
  context: ViewContext,
  request: ViewRequest & { readonly id: string },
  truth: RecordTruth | undefined,
): Promise<LifeView> {
  const { id } = request;
  // What the collector makes of the router's times is asked beside them.
  const seen = await SeenFlows.of(store, context, { ...request, basis: 'corrected', fromMs: undefined, toMs: undefined });
  const lost = id.startsWith('lost-') ? truth?.lost.find((record) => record.id === id) : undefined;
  if (lost !== undefined) return lifeOfLost(lost, lostRow(lost, new Inventory(context.inventory), seen), truth);
  if (!/^\d{1,15}$/.test(id))
    throw new RangeError(`no record is called "${id}": one has the number of its row, or begins with lost-`);
  const [row] = await storedRows(store, seen, [{ needs: ['id'], sql: `id = ${id}` }], 1, Number(id) + 1);
  if (row === undefined) throw new RangeError(`there is no record ${id} of anybody inside`);
  return lifeOfStored(row, rowOf(row, seen, truth), truth);
}

function lifeOfStored(stored: StoredRecord, record: RecordRow, truth: RecordTruth | undefined): LifeView {
  const { exporter, domain, sequenceNumber, templateId } = stored;
  const receivedMs = stored.receivedAtUs / US_PER_MS;
  const from = exporterOf(stored);
  const wire = truth?.wireOf(from, sequenceNumber);
  const fate = truth?.messageOf(from, sequenceNumber);
  return {
    record,
    isLost: false,
    message: {
      exporter: formatStored(exporter),
      domain,
      sequenceNumber,
      templateId,
      ...(wire === undefined ? {} : { wire }),
    },
    steps: [
      ...stepsToExport(stored, truth?.packetsOf(stored.id), fate, { first: stored.basisStartMs, last: stored.basisEndMs }),
      {
        name: 'received',
        title: 'Received',
        words: fate === undefined ? 'By the clock of the collector.' : `${wordsOfWay(fate)} on the way.`,
        ...known('truthMs', fate?.arrivedMs),
        collectorMs: receivedMs,
      },
      ...againSteps(fate),
      {
        name: 'decoded',
        title: 'Decoded',
        words: `Read by Template ${templateId}.`,
        collectorMs: receivedMs,
      },
      { name: 'stored', title: 'Stored', words: `Row ${stored.id} of the table flows.` },
    ],
  };
}

function lifeOfLost(lost: LostRecord, record: RecordRow, truth: RecordTruth | undefined): LifeView {
  const { exporter, sequenceNumber, trueStartMs, trueEndMs } = lost;
  const wire = truth?.wireOf(exporter, sequenceNumber);
  const packets = trueStartMs === undefined || trueEndMs === undefined ? undefined : { startMs: trueStartMs, endMs: trueEndMs };
  return {
    record,
    isLost: true,
    message: {
      exporter: formatStored(exporter.address),
      domain: exporter.observationDomainId,
      sequenceNumber,
      ...(wire === undefined ? {} : { wire }),
    },
    steps: [
      ...stepsToExport(lost, packets, lost, undefined),
      {
        name: 'lost',
        title: 'Lost',
        words: 'Its Message never came: here its life ends. A gap in the sequence numbers is all that the collector sees of it.',
        truthMs: lost.sentMs,
      },
    ],
  };
}

/** What happens to lost and stored records alike. `corrected`: the router's times as the collector sets them right. */
function stepsToExport(
  told: Pick<StoredRecord, 'startMs' | 'endMs' | 'exportTimeS' | 'sequenceNumber' | 'packets' | 'endReason'>,
  packets: { readonly startMs: number; readonly endMs: number } | undefined,
  fate: MessageFate | undefined,
  corrected: { readonly first: number; readonly last: number } | undefined,
): LifeStep[] {
  return [
    {
      name: 'first',
      title: 'First packet',
      words: 'It passes the router, which opens a record.',
      ...known('truthMs', packets?.startMs),
      routerMs: told.startMs,
      ...known('collectorMs', corrected?.first),
    },
    {
      name: 'last',
      title: 'Last packet',
      words: told.packets === 1 ? 'The same one: there is no other.' : `The last of ${told.packets}.`,
      ...known('truthMs', packets?.endMs),
      routerMs: told.endMs,
      ...known('collectorMs', corrected?.last),
    },
    { name: 'closed', title: 'Closed', words: CLOSED[told.endReason] ?? 'For a reason that the router does not tell.' },
    {
      name: 'left',
      title: 'Exported',
      words: `In the Message with sequence number ${told.sequenceNumber}; its header tells whole seconds.`,
      ...known('truthMs', fate?.sentMs),
      routerMs: told.exportTimeS * MS_PER_S,
    },
  ];
}

const known = <Name extends string>(name: Name, value: number | undefined): Readonly<Partial<Record<Name, number>>> =>
  (value === undefined ? {} : { [name]: value }) as Readonly<Partial<Record<Name, number>>>;

const wordsOfWay = ({ sentMs, arrivedMs }: MessageFate): string =>
  arrivedMs === undefined ? 'Not known how long it was' : `${Math.round((arrivedMs - sentMs) * 1_000) / 1_000} ms`;

const againSteps = (fate: MessageFate | undefined): LifeStep[] =>
  fate === undefined || fate.copies < 2
    ? []
    : [
        {
          name: 'again',
          title: 'Came again',
          words: `The network delivered its Message ${fate.copies} times; the collector knew the copy by its sequence number and left it out.`,
        },
      ];
