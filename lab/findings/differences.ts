import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import type { FlowStore } from '../../collector/store/flow-store.ts';
import { isFrom } from '../../collector/store/flow-store.ts';
import type { Findings } from '../report/report.ts';
import { DIFFERENCE_KINDS, type Difference } from '../verify/difference.ts';
import { judge } from '../verify/judge.ts';
import { judgeSampled } from '../verify/judge-sampled.ts';
import type { MeteringDevice } from '../world/metering-device.ts';
import { caseOf, recordsOf } from './case.ts';

const MAX_DIFFERENCES = 100;

/** Holds what the store has of a device against the device's own ledger. */
export async function differencesOf(device: MeteringDevice, store: FlowStore): Promise<Difference[]> {
  const records = await recordsOf(device, store);
  const { algorithm, size, population } = device.metering.sampling;
  if (algorithm === 'none') return judge(caseOf(device, records));
  const { flows, packets, octets } = device.exported;
  const sampling = { isUniform: algorithm === 'uniform', size, population };
  return judgeSampled(device.ledger, records, { records: flows, packets, octets }, sampling);
}

/** Records whose exporter none of the devices is. */
export async function strayRecords(devices: readonly MeteringDevice[], store: FlowStore): Promise<Difference[]> {
  const known = devices.map(({ exporter }) => isFrom(exporter)).join(' OR ');
  const rows = await store.query<{ id: number; exporter: StoredAddress; domain: number; packets: number; octets: number }>(
    `SELECT id::DOUBLE AS id, exporter, observation_domain_id AS domain, packets::DOUBLE AS packets, octets::DOUBLE AS octets
    FROM flows WHERE NOT (${known}) ORDER BY id`,
  );
  return rows.map(({ id, exporter, domain, packets, octets }) => ({
    kind: 'UNEXPECTED',
    sentence: `record ${id} came from ${formatStored(exporter)}, Observation Domain ${domain}, which no router is`,
    records: [id],
    packets,
    octets,
  }));
}

/** Differences as a report tells them: each counted, the first written out. */
export const told = (differences: readonly Difference[]): Pick<Findings, 'differenceCounts' | 'differences'> => ({
  differenceCounts: countByKind(differences),
  differences: differences.slice(0, MAX_DIFFERENCES).map((difference) => ({ ...difference, records: [...difference.records] })),
});

function countByKind(differences: readonly Difference[]): Findings['differenceCounts'] {
  const counts = Object.fromEntries(DIFFERENCE_KINDS.map((kind) => [kind, 0])) as Findings['differenceCounts'];
  for (const { kind } of differences) counts[kind]++;
  return counts;
}
