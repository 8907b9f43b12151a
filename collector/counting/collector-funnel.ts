import type { SessionCounts } from '../collecting/session-summary.ts';
import type { CollectingCounters } from '../collecting/counters.ts';
import type { CollectorCounts } from './collector-counts.ts';
import { sumOfFaults, taken, type Branch, type Funnel, type Stage } from './funnel.ts';

/** All that a collector counted, and how many records of each kind were stored, or could not be, when it looked last. */
export interface CollectorState extends CollectorCounts {
  readonly counters: CollectingCounters;
  readonly storedFlows: number;
  readonly storedNatEvents: number;
}

/** The way into the store as a collector alone knows it: what was sent it has from sequence numbers. */
export function collectorFunnel(state: CollectorState): Funnel {
  const { sessions, forgotten } = state;
  const all: readonly SessionCounts[] = [...sessions, forgotten];
  const flowRecords = all.reduce((sum, one) => sum + one.flowRecords, 0);
  return {
    stages: [...stagesBefore(state), ...stagesAfter(state, flowRecords)],
    branches: taken(branchesOf(state, flowRecords)),
    faults: sumOfFaults(all.map(({ malformed }) => malformed)),
    sets: {
      waiting: sessions.reduce((sum, { waitingSets }) => sum + waitingSets, 0),
      givenUp: all.reduce((sum, { droppedSets }) => sum + droppedSets, 0),
    },
  };
}

function stagesBefore({ counters, sessions, intake }: CollectorState): Stage[] {
  const isConnected = sessions.some(({ isReliable }) => isReliable);
  const sent: Stage = {
    name: 'sent',
    sure: 'estimated',
    amounts: { records: counters.dataRecords + counters.lost },
  };
  // Of connections no datagrams are counted.
  if (intake === undefined || isConnected) return [sent];
  const { datagrams, refusedDatagrams, kernelDrops } = intake;
  const arrived = kernelDrops === undefined ? [] : [datagrams + refusedDatagrams + kernelDrops];
  return [
    sent,
    ...arrived.map((messages): Stage => ({ name: 'arrived', sure: 'exact', amounts: { messages } })),
    { name: 'received', sure: 'exact', amounts: { messages: datagrams } },
  ];
}

function stagesAfter({ counters, storedFlows, storedNatEvents }: CollectorState, flows: number): Stage[] {
  const { messages, dataRecords: records, natEvents } = counters;
  const kept = {
    flows: storedFlows - counters.droppedFlows - counters.notStoredFlows,
    natEvents: storedNatEvents - counters.droppedNatEvents - counters.notStoredNatEvents,
  };
  return [
    { name: 'decoded', sure: 'exact', amounts: { messages, records, flows, options: records - flows - natEvents, natEvents } },
    { name: 'stored', sure: 'exact', amounts: { records: kept.flows + kept.natEvents, ...kept } },
  ];
}

function branchesOf({ counters, intake }: CollectorState, flowRecords: number): Branch[] {
  const out = (name: Branch['name'], after: Branch['after'], amounts: Branch['amounts']): Branch => ({
    name,
    after,
    way: 'out',
    sure: 'exact',
    amounts,
  });
  const { dataRecords, flows, natEvents, lost, duplicatedMessages, otherDatagrams, headlessDatagrams } = counters;
  const options = dataRecords - flowRecords - natEvents;
  const turned = flows - flowRecords;
  const both = (name: Branch['name'], rows: number, events: number): Branch =>
    out(name, 'decoded', { records: rows + events, flows: rows, natEvents: events });
  return [
    { ...out('lost', 'sent', { records: lost }), sure: 'estimated' },
    out('kernel', 'arrived', { messages: intake?.kernelDrops ?? 0 }),
    out('refused', 'arrived', { messages: intake?.refusedDatagrams ?? 0 }),
    out('copies', 'received', { messages: duplicatedMessages }),
    out('unknown', 'received', { messages: otherDatagrams }),
    out('headless', 'received', { messages: headlessDatagrams }),
    out('options', 'decoded', { records: options, options }),
    { ...out('biflow', 'decoded', { records: Math.abs(turned), flows: Math.abs(turned) }), way: turned < 0 ? 'out' : 'in' },
    both('not-kept', counters.droppedFlows, counters.droppedNatEvents),
    both('no-room', counters.notStoredFlows, counters.notStoredNatEvents),
  ];
}
