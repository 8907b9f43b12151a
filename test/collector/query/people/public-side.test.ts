import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CollectedBatch } from '../../../../collector/collecting/collected-batch.ts';
import { usageByHolder } from '../../../../collector/query/people/people-usage.ts';
import { SeenFlows, type PeopleContext } from '../../../../collector/query/people/seen-flows.ts';
import { DuckDbStore } from '../../../../collector/store/duckdb-store.ts';
import { batchOf, type HandMadeFlow, ip, NINE, PUBLIC_ADDRESS } from '../../support/flows.ts';
import { eventBatchOf, type HandMadeEvent } from '../../support/nat-events.ts';

const CONTEXT: PeopleContext = {
  inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
  inventory: [
    { name: 'John', address: '10.0.0.11', department: '' },
    { name: 'Sarah', address: '10.0.0.12', department: '' },
  ],
  applications: [],
  names: new Map(),
};
const [JOHN, SARAH] = [ip('10.0.0.11'), ip('10.0.0.12')];
const PUBLIC = ip(PUBLIC_ADDRESS);
const SERVER = ip('198.18.1.7');

let store: DuckDbStore;
beforeEach(async () => void (store = await DuckDbStore.open(':memory:')));
afterEach(() => store.close());

const flow = (startS: number, octets: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow => ({
  direction: 'up', inside: '10.0.0.11', insidePort: 50_000, server: '198.18.1.7', serverPort: 443, octets, startS, endS: startS + 10, ...rest,
}); // prettier-ignore

/** The flows as somebody outside the router tells them: whose they are is not in them. */
function outside(flows: readonly HandMadeFlow[]): CollectedBatch {
  const batch = batchOf(flows);
  for (let row = 0; row < batch.length; row++) {
    if (batch.postNatSourceAddress[row] === PUBLIC) batch.sourcePort[row] = batch.postNaptSourcePort[row] as number;
    batch.sourceAddress[row] = batch.postNatSourceAddress[row] as number;
    for (const column of [batch.postNatSourceAddress, batch.postNatDestinationAddress, batch.postNaptSourcePort, batch.postNaptDestinationPort]) column[row] = 0; // prettier-ignore
  }
  return batch;
}

/** A mapping of a public port that is made or given back. */
const mapped = (timeS: number, kind: number, insideAddress: number, rest: Partial<HandMadeEvent> = {}): HandMadeEvent => ({
  timeMs: NINE + timeS * 1_000, kind, protocol: 6, insideAddress, insidePort: 50_000, publicAddress: PUBLIC, publicPort: 50_001, ...rest,
}); // prettier-ignore

async function octetsOf(): Promise<Record<string, number>> {
  const seen = await SeenFlows.of(store, CONTEXT, { basis: 'flow' });
  const { holders } = await usageByHolder(store, seen);
  return Object.fromEntries(holders.map(({ holder, upOctets, downOctets }) => [holder.id, upOctets + downOctets]));
}

describe('flows that tell the public side alone', () => {
  it("are nobody's when nothing tells whose", async () => {
    await store.append(outside([flow(0, 100)]));
    expect(await octetsOf()).toEqual({});
  });

  it('belong to whoever had the mapping when they began, both directions', async () => {
    await store.append(outside([flow(0, 100), flow(0, 7, { direction: 'down' }), flow(100, 20)]));
    await store.appendNatEvents(eventBatchOf([mapped(0, 8, JOHN), mapped(50, 9, JOHN), mapped(60, 8, SARAH)]));
    expect(await octetsOf()).toEqual({ John: 107, Sarah: 20 });
  });

  it('are told apart by their servers where a session is all that is told', async () => {
    await store.append(outside([flow(0, 100), flow(0, 20, { server: '198.18.1.8' })]));
    const remote = (remoteAddress: number) => ({ remoteAddress, remotePort: 443 });
    await store.appendNatEvents(eventBatchOf([mapped(0, 4, JOHN, remote(SERVER)), mapped(0, 4, SARAH, remote(SERVER + 1))]));
    expect(await octetsOf()).toEqual({ John: 100, Sarah: 20 });
  });

  it('are found by blocks of ports', async () => {
    await store.append(outside([flow(0, 100)]));
    const block = {
      publicPort: 0,
      insidePort: 0,
      protocol: 0,
      portRangeStart: 50_000,
      portRangeEnd: 50_063,
      portRangeStepSize: 1,
    };
    await store.appendNatEvents(eventBatchOf([mapped(0, 16, SARAH, block)]));
    expect(await octetsOf()).toEqual({ Sarah: 100 });
  });

  it("are nobody's where two can have had it", async () => {
    await store.append(outside([flow(10, 100)]));
    await store.appendNatEvents(eventBatchOf([mapped(0, 8, JOHN), mapped(5, 8, SARAH)]));
    expect(await octetsOf()).toEqual({});
  });

  it("are nobody's before the mapping and after it, beyond what clocks may be off", async () => {
    await store.append(outside([flow(0, 1), flow(19, 20), flow(41, 300), flow(60, 4_000)]));
    await store.appendNatEvents(eventBatchOf([mapped(20, 8, JOHN), mapped(40, 9, JOHN)]));
    expect(await octetsOf()).toEqual({ John: 320 });
  });

  it('are found by what an exporter that sees both sides told of the same conversation', async () => {
    await store.append(
      batchOf([flow(0, 100, { exporter: '192.0.2.1' }), flow(0, 50, { direction: 'down', exporter: '192.0.2.1' })]),
    );
    const { exporter: told, ...context } = { ...CONTEXT, exporter: { address: ip('192.0.2.2'), observationDomainId: 0 } };
    const probe = outside([flow(2, 100, { exporter: '192.0.2.2' }), flow(3, 50, { direction: 'down', exporter: '192.0.2.2' }), flow(2, 9, { exporter: '192.0.2.2', serverPort: 80 })]); // prettier-ignore
    await store.append(probe);
    const seen = await SeenFlows.of(store, { ...context, exporter: told }, { basis: 'flow' });
    expect((await usageByHolder(store, seen)).holders).toMatchObject([{ holder: { id: 'John' }, upOctets: 100, downOctets: 50 }]);
    expect(seen.notes).toEqual([expect.stringContaining('2 of 3 records tell the public endpoint alone')]);
  });

  it('leave what tells both sides as it is', async () => {
    await store.append(batchOf([flow(0, 100, { inside: '10.0.0.12' })]));
    await store.append(outside([flow(100, 20)]));
    await store.appendNatEvents(eventBatchOf([mapped(90, 8, JOHN)]));
    expect(await octetsOf()).toEqual({ John: 20, Sarah: 100 });
  });
});
