import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ObservedPacket } from '../../../core/flow/observed-packet.ts';
import { meteringSchema } from '../../../exporter/metering/config.ts';
import { FlowKeyRule } from '../../../exporter/metering/flow-key.ts';
import { FlowTable } from '../../../exporter/metering/flow-table.ts';

/** Flow number `flow`: every other one is IPv6, and only the last octet of its address tells it from others. */
function wordsOf(flow: number): Uint32Array {
  const packet = new ObservedPacket();
  if (flow % 2 === 0) packet.setIPv4(0x0a000000 + flow, 0xc6120101);
  else {
    const addresses = new DataView(new ArrayBuffer(32));
    addresses.setUint32(0, 0x20010db8);
    addresses.setUint32(12, flow);
    packet.setIPv6(addresses, 0);
  }
  packet.setTransport(17, 50_000, 53);
  return packet.words;
}

describe('FlowTable', () => {
  test('finds what was put in and not taken out, and keeps the order of age', () => {
    const operations = fc.array(fc.record({ flow: fc.integer({ min: 0, max: 60 }), puts: fc.boolean() }), { maxLength: 300 });
    fc.assert(
      fc.property(operations, fc.constantFrom(1, 7, 1_000), (all, softLimit) => {
        const table = new FlowTable(new FlowKeyRule(meteringSchema.parse({})), softLimit, false);
        const model = new Map<number, number>();
        for (const { flow, puts } of all) {
          const slot = table.find(wordsOf(flow));
          expect(slot).toBe(model.get(flow) ?? -1);
          if (puts && slot < 0) model.set(flow, table.insert(wordsOf(flow)));
          if (puts && slot >= 0) {
            table.makeYoungest(slot);
            model.delete(flow);
            model.set(flow, slot);
          }
          if (puts || slot < 0) continue;
          table.remove(slot);
          model.delete(flow);
        }
        expect(table.size).toBe(model.size);
        const byAge: number[] = [];
        for (let slot = table.oldest; slot >= 0; slot = table.youngerThan(slot)) byAge.push(slot);
        expect(byAge).toEqual([...model.values()]);
      }),
      { numRuns: 300 },
    );
  });

  test('finds ten thousand flows among as many that left', () => {
    const table = new FlowTable(new FlowKeyRule(meteringSchema.parse({})), 65_536, false);
    for (let flow = 0; flow < 20_000; flow++) table.insert(wordsOf(flow));
    for (let flow = 0; flow < 20_000; flow += 2) table.remove(table.find(wordsOf(flow)));
    for (let flow = 0; flow < 20_000; flow++) expect(table.find(wordsOf(flow)) >= 0).toBe(flow % 2 === 1);
  });
});
