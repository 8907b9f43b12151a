import { formatStored, parseStored, type StoredAddress } from '../../../core/net/stored-address.ts';
import { QueryMistake } from '../../api/query-request.ts';
import type { ExporterChoice } from '../../api/view/status-view.ts';
import type { Alert } from '../../detect/alert.ts';
import { duckDbDialect } from '../../query/language/duckdb-dialect.ts';
import type { AskedStore, Exporter } from '../../store/flow-store.ts';

/** More are not chosen from, and anybody can pretend to be one over UDP. */
const MOST_CHOICES = 256;
const MAX_DOMAIN = 2 ** 32 - 1;
/** The choice of no exporter in particular. */
const ALL: ExporterChoice = { id: 'all', name: 'all routers' };

/** Those the store has records of, as far as their addresses have a number. */
export async function storedExporters(store: AskedStore): Promise<Exporter[]> {
  return store.query<Exporter>(
    `SELECT DISTINCT ${duckDbDialect.address('exporter')} AS address, observation_domain_id AS "observationDomainId" FROM flows
    WHERE exporter_ipv4 <> 0 OR exporter_ipv6 >= ${2 ** 32} ORDER BY ALL LIMIT ${MOST_CHOICES}`,
  );
}

const idOf = ({ address, observationDomainId }: Exporter): string => `${formatStored(address)} domain ${observationDomainId}`;

/** What the page chooses from: all together first, then each by the name of its address, if it has one; nothing where there is one exporter. */
export function exporterChoices(
  exporters: readonly Exporter[],
  nameOf: (address: StoredAddress) => string | undefined,
): ExporterChoice[] {
  const known = new Map(exporters.filter(({ address }) => address !== 0).map((exporter) => [idOf(exporter), exporter]));
  if (known.size < 2) return [];
  const addresses = [...known.values()].map(({ address }) => address);
  const isAlone = (address: StoredAddress): boolean => addresses.indexOf(address) === addresses.lastIndexOf(address);
  const choices = [...known].slice(0, MOST_CHOICES).map(([id, { address, observationDomainId }]) => {
    const text = formatStored(address);
    const given = nameOf(address);
    const name = given === undefined ? text : `${given} (${text})`;
    return { id, name: isAlone(address) ? name : `${name}, domain ${observationDomainId}` };
  });
  return [ALL, ...choices.sort((one, other) => one.name.localeCompare(other.name))];
}

/** Alerts that the records of an exporter tell; all of them where it is `undefined`. */
export const alertsOf = (exporter: Exporter | undefined, alerts: readonly Alert[]): readonly Alert[] =>
  exporter === undefined
    ? alerts
    : alerts.filter(
        ({ exporter: address, observationDomainId }) =>
          address === formatStored(exporter.address) && observationDomainId === exporter.observationDomainId,
      );

/** The exporter that a parameter `exporter` means; `undefined` is all of them. Throws a QueryMistake for what is none. */
export function exporterOf(id: string | undefined): Exporter | undefined {
  if (id === undefined || id === ALL.id) return undefined;
  const [, text = '', domain = ''] = /^(\S+) domain (\d{1,10})$/.exec(id) ?? [];
  const [address, observationDomainId] = [parseStored(text), Number(domain)];
  if (address === undefined || address === 0 || observationDomainId > MAX_DOMAIN)
    throw new QueryMistake(
      `exporter is "${id.slice(0, 64)}": it must be such as "192.0.2.1 domain 0" or "2001:db8::1 domain 0", or "all"`,
    );
  return { address, observationDomainId };
}
