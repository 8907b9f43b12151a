import type { StoredAddress } from '../../core/net/stored-address.ts';
import { NatEventBatch } from '../collecting/nat-event-batch.ts';
import { isFrom, type Exporter, type FlowStore } from '../store/flow-store.ts';
import { setAddress } from '../detect/exporter-columns.ts';
import type { Detection } from '../detect/detection.ts';
import { VIEWED_COLUMNS, type ViewedFlows } from '../detect/inside-view.ts';
import { LACK_KINDS } from '../detect/port-exhaustion.ts';

interface EventRow {
  readonly observationTimeMs: number;
  readonly kind: number;
  readonly protocol: number;
  readonly inside: StoredAddress;
  readonly publicAddress: number;
  readonly natPoolId: number;
  readonly quota: number;
  readonly threshold: number;
  readonly receivedAtUs: number;
  readonly exporter: StoredAddress;
  readonly domain: number;
}

/** Shows everything a store has to a detection, which says then what it would have said live. Rejects only when the store fails. */
export async function detectStored(store: FlowStore, detection: Detection, exporter?: Exporter): Promise<void> {
  // The many events of every mapping say nothing that flows do not.
  const events = await store.query<EventRow>(
    `SELECT observation_time_ms::DOUBLE AS "observationTimeMs", kind, protocol, inside_address AS inside, public_address AS "publicAddress",
      nat_pool_id AS "natPoolId", nat_quota_exceeded_event AS quota, nat_threshold_event AS threshold,
      received_at_us::DOUBLE AS "receivedAtUs", exporter, observation_domain_id AS domain
    FROM nat_events WHERE kind IN (${LACK_KINDS.join(', ')}) AND ${isFrom(exporter)} ORDER BY id`,
  );
  let next = 0;
  const tellUntil = (atUs: number): void => {
    const from = next;
    while (next < events.length && (events[next] as EventRow).receivedAtUs <= atUs) next++;
    if (next > from) detection.handleNatEvents(batchOf(events.slice(from, next)));
  };
  const show = (rows: ViewedFlows): void => {
    tellUntil(rows.receivedAtUs[rows.length - 1] ?? 0);
    detection.handle(rows);
  };
  await store.scan(VIEWED_COLUMNS, show, exporter);
  tellUntil(Infinity);
  detection.settle();
}

function batchOf(events: readonly EventRow[]): NatEventBatch {
  const batch = new NatEventBatch(Math.max(1, events.length));
  for (const event of events) {
    const row = batch.length++;
    batch.observationTimeMs[row] = event.observationTimeMs;
    batch.kind[row] = event.kind;
    batch.protocol[row] = event.protocol;
    setAddress(batch.insideAddress, batch.insideIPv6, row, event.inside);
    batch.publicAddress[row] = event.publicAddress;
    batch.natPoolId[row] = event.natPoolId;
    batch.natQuotaExceededEvent[row] = event.quota;
    batch.natThresholdEvent[row] = event.threshold;
    batch.receivedAtUs[row] = event.receivedAtUs;
    setAddress(batch.exporter, batch.exporterIPv6, row, event.exporter);
    batch.observationDomainId[row] = event.domain;
  }
  return batch;
}
