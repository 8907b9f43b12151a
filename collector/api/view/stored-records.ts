import type { StoredAddress } from '../../../core/net/stored-address.ts';
import { addressColumns } from '../../query/language/derived-columns.ts';
import type { Derived } from '../../query/language/derived.ts';
import { duckDbDialect } from '../../query/language/duckdb-dialect.ts';
import type { SeenFlows } from '../../query/people/seen-flows.ts';
import type { AskedStore, Exporter } from '../../store/flow-store.ts';

/** A record as it is stored, seen from inside. */
export interface StoredRecord {
  readonly id: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly person: number;
  readonly stranger: StoredAddress;
  readonly isUp: boolean;
  readonly address: StoredAddress;
  readonly port: number;
  readonly protocol: number;
  readonly packets: number;
  readonly octets: number;
  readonly exporter: StoredAddress;
  readonly domain: number;
  readonly sequenceNumber: number;
  readonly exportTimeS: number;
  readonly receivedAtUs: number;
  readonly templateId: number;
  readonly endReason: number;
  /** By the clock of the request's basis. */
  readonly basisStartMs: number;
  readonly basisEndMs: number;
}

/** Ids among which the newest are looked for first. */
const LATELY = 100_000;
const COLUMNS = [
  'id',
  'flow_start_ms',
  'flow_end_ms',
  'person',
  ...addressColumns('person_stranger'),
  'is_up',
  ...addressColumns('server'),
  'server_port',
  'protocol',
  'packets',
  'octets',
  ...addressColumns('exporter'),
  'observation_domain_id',
  'sequence_number',
  'export_time_s',
  'received_at_us',
  'template_id',
  'flow_end_reason',
  'start_ms',
  'end_ms',
];

/** The newest rows with ids below one that meet the conditions. */
export async function storedRows(
  store: AskedStore,
  seen: SeenFlows,
  conditions: readonly Derived[],
  most: number,
  below = Infinity,
): Promise<StoredRecord[]> {
  const until = Number.isFinite(below) ? below : await nextId(store);
  // Which they are is told by less than they are, and seldom need all be looked at.
  const newest = async (from: number): Promise<readonly Derived[] | undefined> => {
    const among = [...conditions, idsFrom(from, until)];
    const ids = await store.query<{ id: number }>(
      `SELECT id::DOUBLE AS id FROM ${seen.from(['id'], among)} ORDER BY id DESC LIMIT ${most}`,
    );
    const lowest = ids.at(-1)?.id;
    if (lowest === undefined || (ids.length < most && from > 0)) return undefined;
    return [...conditions, idsFrom(lowest, until)];
  };
  const found = (await newest(Math.max(0, until - LATELY))) ?? (await newest(0));
  if (found === undefined) return [];
  return store.query<StoredRecord>(
    `SELECT id::DOUBLE AS id, flow_start_ms::DOUBLE AS "startMs", flow_end_ms::DOUBLE AS "endMs", person,
      ${duckDbDialect.address('person_stranger')} AS stranger, is_up AS "isUp", ${duckDbDialect.address('server')} AS address, server_port AS port, protocol,
      packets::DOUBLE AS packets, octets::DOUBLE AS octets, ${duckDbDialect.address('exporter')} AS exporter,
      observation_domain_id AS domain, sequence_number AS "sequenceNumber", export_time_s AS "exportTimeS", received_at_us::DOUBLE AS "receivedAtUs",
      template_id AS "templateId", flow_end_reason AS "endReason", start_ms::DOUBLE AS "basisStartMs", end_ms::DOUBLE AS "basisEndMs"
    FROM ${seen.from(COLUMNS, found)} ORDER BY id DESC LIMIT ${most}`,
  );
}

const idsFrom = (from: number, until: number): Derived => ({ needs: ['id'], sql: `id >= ${from} AND id < ${until}` });

async function nextId(store: AskedStore): Promise<number> {
  const [newest] = await store.query<{ id: number }>('SELECT coalesce(max(id) + 1, 0)::DOUBLE AS id FROM flows');
  return newest?.id ?? 0;
}

export const exporterOf = ({ exporter, domain }: StoredRecord): Exporter => ({
  address: exporter,
  observationDomainId: domain,
});
