import { expect, it } from 'vitest';
import { collectorSchema } from '../../../collector/config.ts';
import { answerText } from '../../../collector/io/query.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { batchOf, ip, NINE } from '../support/flows.ts';

it('names of application ids are those of the exporter and domain that gave them, the latest of each', async () => {
  const named = [
    ['192.0.2.1', 0, 'acme'],
    ['192.0.2.2', 0, 'blender'],
    ['192.0.2.1', 1, 'coyote'],
    ['192.0.2.1', 0, 'drummer'],
  ] as const;
  const store = await DuckDbStore.open(':memory:');
  try {
    const flow = { direction: 'up', inside: '10.0.0.11', server: '203.0.113.9', serverPort: 9, applicationId: 7, octets: 1, startS: 0, endS: 1 } as const; // prettier-ignore
    const batch = batchOf(named.slice(0, 3).map(() => flow));
    named.slice(0, 3).forEach(([exporter, domain], row) => {
      batch.exporter[row] = ip(exporter);
      batch.observationDomainId[row] = domain;
    });
    await store.append(batch);
    await store.appendLabels(
      named.map(([exporter, observationDomainId, name], index) => ({
        exporter: { ipv4: ip(exporter), ipv6: undefined },
        observationDomainId,
        kind: 'application',
        id: 7,
        name,
        learntAtUs: NINE * 1_000 + index,
      })),
    );
    const config = collectorSchema.parse({});
    const { rows } = await answerText(store, { text: 'top app, exporter, domain by flows', store: ':memory:', inventory: [], config, nowMs: NINE }); // prettier-ignore
    expect(rows.map((row) => row.slice(0, 3)).toSorted()).toEqual([
      ['blender', '192.0.2.2', 0],
      ['coyote', '192.0.2.1', 1],
      ['drummer', '192.0.2.1', 0],
    ]);
  } finally {
    store.close();
  }
});
