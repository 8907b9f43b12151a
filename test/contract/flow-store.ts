import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CollectedBatch } from '../../collector/collecting/collected-batch.ts';
import { clearRows } from '../../collector/collecting/collected-rows.ts';
import { FLOWS, NAT_EVENTS } from '../../collector/store/columns.ts';
import type { FlowColumn, FlowStore } from '../../collector/store/flow-store.ts';
import { eventsOf, flowsOf, numbersOf, widthOf } from './rows.ts';
import type { StoredAddress } from '../../core/net/stored-address.ts';

/** Where a store keeps its rows: opened again after closing, it holds them still. */
export interface StoreHome {
  open(): Promise<FlowStore>;
  remove(): Promise<void>;
}

/** What every store promises, in SQL all of them speak. `newHome` makes an empty one. */
export function describeFlowStore(newHome: () => Promise<StoreHome>): void {
  let home: StoreHome;
  let store: FlowStore;

  beforeEach(async () => {
    home = await newHome();
    store = await home.open();
  });
  afterEach(async () => {
    await store.close();
    await home.remove();
  });

  async function reopen(): Promise<void> {
    await store.close();
    store = await home.open();
  }

  describe('Flow Records', () => {
    it('come back with every column, in the order they were appended, with ids counted from the first', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 4 }), async (sizes) => {
          const [before = -1] = (await idsOf(store)).slice(-1);
          const batches = sizes.map((size, index) => flowsOf(size, index));
          for (const batch of batches) await store.append(batch);
          const content = await contentOf(store, before + 1);
          const rows = sizes.reduce((sum, size) => sum + size, 0);
          expect(content.get('id')).toEqual(Array.from({ length: rows }, (_, row) => before + 1 + row));
          for (const column of FLOWS.columns) {
            const { from } = column;
            const expected = batches.flatMap((batch) => [...batch[from].subarray(0, widthOf(column) * batch.length)]);
            expect(content.get(from)?.join()).toBe(expected.join());
          }
        }),
        { numRuns: 3 },
      );
    });

    it('are seen by a query that follows the append, and the batch can be used again', async () => {
      const batch = flowsOf(10, 1);
      await store.append(batch);
      clearRows(batch);
      expect(await store.query('SELECT count(*) AS "rows", min(source_port) AS least FROM flows')).toEqual([
        { rows: 10, least: Math.min(...flowsOf(10, 1).sourcePort.subarray(0, 10)) },
      ]);
    });

    it('of appends at the same time are all stored, once, each batch in one piece', async () => {
      const batches = Array.from({ length: 20 }, (_, index) => flowsOf(50 + index, index));
      batches.forEach((batch, index) => batch.vlanId.fill(index));
      await Promise.all(batches.map((batch) => store.append(batch)));
      const rows = await store.query<{ id: number; vlan_id: number }>('SELECT id, vlan_id FROM flows ORDER BY id');
      expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
      const pieces = rows.map(({ vlan_id }) => vlan_id).filter((vlan, row, all) => vlan !== all[row - 1]);
      expect(pieces.toSorted((one, other) => one - other)).toEqual(batches.map((_, index) => index));
      expect(rows.length).toBe(batches.reduce((sum, { length }) => sum + length, 0));
    });

    it('are there when the store is opened again, and new ids follow theirs', async () => {
      await store.append(flowsOf(3, 1));
      await reopen();
      await store.append(flowsOf(2, 2));
      const ids = await idsOf(store);
      expect(ids).toEqual([0, 1, 2, 3, 4].map((row) => (ids[0] as number) + row));
      const ports = [...flowsOf(3, 1).sourcePort.subarray(0, 3), ...flowsOf(2, 2).sourcePort.subarray(0, 2)];
      expect((await contentOf(store)).get('sourcePort')).toEqual(ports);
    });

    it('are scanned by exporter, in the order of the ids, and with no column at all', async () => {
      const [mine, other, overIPv6] = [flowsOf(4_000, 1), flowsOf(1, 2), flowsOf(1, 3)];
      mine.exporter.fill(1);
      mine.observationDomainId.fill(7);
      other.exporter.fill(1);
      other.observationDomainId.fill(8);
      overIPv6.exporter.fill(0);
      overIPv6.exporterIPv6.set([0xfe800000, 0, 0, 1]);
      overIPv6.observationDomainId.fill(8);
      for (let turn = 0; turn < 3; turn++) for (const each of [mine, other, overIPv6]) await store.append(each);
      const all = await idsOf(store);
      const idsFrom = async (address: StoredAddress): Promise<number[]> => {
        const ids: number[] = [];
        const exporter = { address, observationDomainId: 8 };
        await store.scan(['sourcePort'], ({ id, length }) => ids.push(...id.subarray(0, length)), exporter);
        return ids;
      };
      expect(all.length).toBe(12_006);
      expect(await idsFrom(1)).toEqual(all.filter((_, row) => row % 4_002 === 4_000));
      expect(await idsFrom((0xfe80n << 112n) | 1n)).toEqual(all.filter((_, row) => row % 4_002 === 4_001));
    });

    it('of an empty batch are none', async () => {
      await store.append(new CollectedBatch(8));
      expect(await idsOf(store)).toEqual([]);
      expect(await store.query('SELECT id FROM flows')).toEqual([]);
    });
  });

  describe('NAT events', () => {
    it('have a table and ids of their own', async () => {
      const batches = [eventsOf(2_500, 1), eventsOf(0, 2), eventsOf(9, 3)];
      await store.append(flowsOf(3, 1));
      for (const batch of batches) await store.appendNatEvents(batch);
      const names = NAT_EVENTS.columns.map(({ name }) => name).join(', ');
      const rows = await store.query<Record<string, number | bigint>>(`SELECT id, ${names} FROM nat_events ORDER BY id`);
      expect(rows.map(({ id }) => Number(id) - Number(rows[0]?.['id']))).toEqual(Array.from({ length: 2_509 }, (_, row) => row));
      for (const column of NAT_EVENTS.columns) {
        const expected = batches.flatMap((batch) => numbersOf(batch[column.from], column, batch.length));
        expect(rows.map((row) => row[column.name])).toEqual(expected);
      }
      expect((await idsOf(store)).length).toBe(3);
    });

    it('are there when the store is opened again', async () => {
      await store.appendNatEvents(eventsOf(2, 1));
      await reopen();
      await store.appendNatEvents(eventsOf(1, 2));
      const rows = await store.query<{ inside_port: number }>('SELECT inside_port FROM nat_events ORDER BY id');
      const ports = [...eventsOf(2, 1).insidePort.subarray(0, 2), ...eventsOf(1, 2).insidePort.subarray(0, 1)];
      expect(rows.map(({ inside_port }) => inside_port)).toEqual(ports);
    });
  });

  it('names exporters gave to numbers are kept, and the latest counts', async () => {
    const exporter = { ipv4: 0xc6336401, ipv6: undefined };
    const label = { exporter, observationDomainId: 7, kind: 'interface', id: 3 } as const;
    await store.appendLabels([
      { ...label, name: "it's \\ old", learntAtUs: 1_000 },
      { ...label, name: "it's \\ new", learntAtUs: 2_000 },
      { ...label, exporter: { ipv4: 0, ipv6: [0x20010db8, 0, 0, 1] }, id: 2n ** 128n - 1n, name: 'wide', learntAtUs: 3_000 },
    ]);
    await reopen();
    expect(await store.query('SELECT name, observation_domain_id AS domain FROM latest_labels ORDER BY name')).toEqual([
      { name: "it's \\ new", domain: 7 },
      { name: 'wide', domain: 7 },
    ]);
  });

  describe('a query', () => {
    it('shows an address of either version as one number', async () => {
      const batch = flowsOf(3, 3);
      batch.ipVersion.set([4, 6, 6]);
      batch.sourceAddress.set([0x0a000105, 0, 0]);
      batch.sourceIPv6.set([0, 0, 0, 0, 0x20010db8, 0, 0, 0x105, 0, 0, 0xffff, 0x0a000105]);
      batch.postNatSourceAddress.set([0, 0xcb007102, 0xcb007100]);
      batch.postNatSourceIPv6.fill(0);
      await store.append(batch);
      const sql = 'SELECT source_address, post_nat_source_address, ip_version FROM flows ORDER BY id';
      expect(await store.query(sql)).toEqual([
        { source_address: 0x0a000105, post_nat_source_address: 0, ip_version: 4 },
        { source_address: (0x20010db8n << 96n) | 0x105n, post_nat_source_address: 0xcb007102, ip_version: 6 },
        { source_address: 0xffff0a000105, post_nat_source_address: 0xcb007100, ip_version: 6 },
      ]);
    });

    it('gives whole numbers as numbers below 2^53 and else as bigint, what cannot be exact as the greatest that is', async () => {
      const batch = flowsOf(2, 1);
      batch.octetDeltaCount.set([2 ** 64, 1.5]);
      await store.append(batch);
      expect((await contentOf(store)).get('octetDeltaCount')).toEqual([Number.MAX_SAFE_INTEGER, 1]);
      expect(await store.query('SELECT max(octets) AS most, max(octets) + 1 AS beyond, min(octets) AS least FROM flows')).toEqual(
        [{ most: Number.MAX_SAFE_INTEGER, beyond: 2n ** 53n, least: 1 }],
      );
    });

    it('binds parameters by name, whatever is in them', async () => {
      await store.append(flowsOf(10, 1));
      const text = `it's $rows \\ and "more"\n`;
      const sql = 'SELECT $text AS said, count(*) AS "rows" FROM flows WHERE vlan_id < $vlan OR vlan_id >= $vlan';
      expect(await store.query(sql, { text, vlan: 8 })).toEqual([{ said: text, rows: 10 }]);
    });

    it('fails with the name of what is not there, and the store goes on', async () => {
      const failure = await store.query('SELECT 1 FROM no_such_table').catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect((failure as Error).message.split('\n')[0]).toContain('no_such_table');
      await store.append(flowsOf(1, 1));
      expect((await idsOf(store)).length).toBe(1);
    });
  });
}

/** The ids of all Flow Records as a scan tells them. */
async function idsOf(store: FlowStore): Promise<number[]> {
  const ids: number[] = [];
  await store.scan([], ({ id, length }) => ids.push(...id.subarray(0, length)));
  return ids;
}

/** What a scan tells of the Flow Records from an id on. */
async function contentOf(store: FlowStore, fromId = 0): Promise<Map<FlowColumn | 'id', number[]>> {
  const content = new Map<FlowColumn | 'id', number[]>([['id', []]]);
  for (const { from } of FLOWS.columns) content.set(from, []);
  await store.scan(
    FLOWS.columns.map(({ from }) => from),
    (rows) => {
      for (let row = 0; row < rows.length; row++) {
        if ((rows.id[row] as number) < fromId) continue;
        content.get('id')?.push(rows.id[row] as number);
        for (const column of FLOWS.columns) {
          const width = widthOf(column);
          content.get(column.from)?.push(...rows[column.from].subarray(width * row, width * (row + 1)));
        }
      }
    },
  );
  return content;
}
