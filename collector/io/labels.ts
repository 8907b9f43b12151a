import type { StoredAddress } from '../../core/net/stored-address.ts';
import type { ApplicationName, LabelKind } from '../collecting/label.ts';
import type { Dialect } from '../query/language/dialect.ts';
import type { AskedStore } from '../store/flow-store.ts';

interface LabelRow {
  readonly exporter: StoredAddress;
  readonly domain: number;
  readonly kind: string;
  readonly id: StoredAddress;
  readonly name: string;
}

const LABELS = 'SELECT exporter, observation_domain_id AS domain, kind, id, name FROM latest_labels';

/** The names exporters gave, the latest of each. A server that was away when its collector began may not have the table yet. */
export async function labelsOf(
  store: AskedStore,
  dialect: Dialect,
): Promise<{ applications: ApplicationName[]; names: Map<StoredAddress, string> }> {
  const [there] = await store.query(dialect.hasTable('latest_labels'));
  const rows = there === undefined ? [] : await store.query<LabelRow>(LABELS);
  const ofKind = (wanted: LabelKind): LabelRow[] => rows.filter(({ kind }) => kind === wanted);
  return {
    applications: ofKind('application').map(({ exporter, domain, id, name }) => ({
      exporter,
      observationDomainId: domain,
      id: Number(id),
      name,
    })),
    names: new Map(ofKind('address').map(({ id, name }) => [id, name])),
  };
}
