import { parseRange, parseStored } from '../core/net/stored-address.ts';
import { addressesOf } from '../collector/query/inventory.ts';
import type { Vocabulary } from '../collector/query/language/vocabulary.ts';
import type { FlowStore } from '../collector/store/flow-store.ts';
import { INVENTORY } from './question-flows.ts';

/** What a person who knows the tables writes for the questions of `bench/questions.ts`, with tables of his own for people and applications. */
const within = (text: string): string => {
  const { first, last } = parseRange(text) ?? { first: 0, last: 0 };
  return `BETWEEN ${first} AND ${last}`;
};
const INSIDE = (address: string): string => `(${address} ${within('10.0.0.0/16')} OR ${address} ${within('2001:db8:50::/64')})`;
const IS_UP = INSIDE('source_address');
const HOST = `CASE WHEN ${IS_UP} THEN source_address WHEN ${INSIDE('post_nat_destination_address')} THEN post_nat_destination_address
  WHEN ${INSIDE('destination_address')} THEN destination_address ELSE 0 END`;
const SERVER = `CASE WHEN ${IS_UP} THEN destination_address ELSE source_address END`;
const SERVER_PORT = `CASE WHEN ${IS_UP} THEN destination_port ELSE source_port END`;
const PERSON_IPV6 = parseStored('2001:db8:50::b');
const BYTES = 'sum(octets) AS bytes';
const TOP = 'ORDER BY bytes DESC LIMIT 10';

/** The tables `people`, `app_of_id` and `app_of_server`, for this connection only, and the function `app_of` of the others. */
export async function makeTables(
  store: FlowStore,
  { catalogue, appOfDomainId, appOfName, icmp, other }: Vocabulary,
): Promise<void> {
  const table = async (name: string, rows: readonly (readonly unknown[])[]): Promise<unknown> =>
    store.query(
      `CREATE TEMP TABLE ${name} AS SELECT * FROM (VALUES ${rows.map((row) => `(${row.join()})`).join()}) AS rows (key, found)`,
    );
  await table('people', INVENTORY.flatMap((entry) => addressesOf(entry).map((text) => [`${parseRange(text)?.first}::UHUGEINT`, `'${entry.name}'`]))); // prettier-ignore
  // There is one exporter with one domain: its ids alone.
  await table('app_of_id', [...appOfDomainId].map(([pair, app]) => [pair % 2 ** 32, app])); // prettier-ignore
  await table('app_of_server', [...appOfName].map(([address, app]) => [`${address}::UHUGEINT`, app])); // prettier-ignore
  const placed = catalogue.flatMap(({ prefixes }, index) =>
    prefixes.map(({ first, last }) => `WHEN server BETWEEN ${first} AND ${last} THEN ${index + 1}`),
  );
  const heard = catalogue.flatMap(({ ports }, index) =>
    ports.map(([protocol, first, last]) => `WHEN protocol = ${protocol} AND port BETWEEN ${first} AND ${last} THEN ${index + 1}`),
  );
  await store.query(
    `CREATE TEMP MACRO app_of(server, protocol, port) AS CASE WHEN protocol IN (1, 58) THEN ${icmp} ${[...placed, ...heard].join(' ')} ELSE ${other} END`,
  );
}

/** By what is asked; the flows of the hour in milliseconds since 1970. */
export const handWritten = (fromMs: number, toMs: number): Readonly<Record<string, string>> => {
  const hour = `flow_start_ms >= ${fromMs} AND flow_start_ms < ${toMs}`;
  return {
    'sources of an hour': `SELECT source_ipv4, source_ipv6, ${BYTES} FROM flows WHERE ${hour} GROUP BY ALL ${TOP}`,
    'sources of all': `SELECT source_ipv4, source_ipv6, ${BYTES} FROM flows GROUP BY ALL ${TOP}`,
    'people of an hour': `SELECT coalesce(people.found, host::VARCHAR) AS person, ${BYTES}
      FROM (SELECT *, ${HOST} AS host FROM flows WHERE ${hour}) LEFT JOIN people ON host = people.key WHERE host <> 0 GROUP BY person ${TOP}`,
    'services of an hour': `SELECT ${SERVER_PORT} AS port, ${BYTES} FROM flows WHERE ${hour} GROUP BY port ${TOP}`,
    'apps of an hour': `SELECT coalesce(app_of_id.found, app_of_server.found, app_of(server, protocol, port)) AS app, ${BYTES}
      FROM (SELECT *, ${SERVER} AS server, ${SERVER_PORT} AS port FROM flows WHERE ${hour})
      LEFT JOIN app_of_id ON application_id = app_of_id.key LEFT JOIN app_of_server ON server = app_of_server.key GROUP BY app ${TOP}`,
    'minutes of an hour': `SELECT flow_start_ms // 60000 AS minute, ${BYTES} FROM flows WHERE ${hour} GROUP BY minute ORDER BY minute`,
    'minutes of all': `SELECT flow_start_ms // 60000 AS minute, ${BYTES} FROM flows GROUP BY minute ORDER BY minute`,
    'conversations of an hour': `SELECT ${HOST} AS host, ${SERVER} AS server, ${SERVER_PORT} AS port, protocol, ${BYTES}
      FROM flows WHERE ${hour} GROUP BY ALL ${TOP}`,
    'one host of an hour': `SELECT ${SERVER} AS server, ${BYTES} FROM flows WHERE ${hour} AND ${HOST} = ${parseStored('10.0.0.12')} GROUP BY server ${TOP}`,
    'one IPv6 address of all': `SELECT ${BYTES} FROM flows WHERE source_ipv6 = ${PERSON_IPV6} OR destination_ipv6 = ${PERSON_IPV6}`,
  };
};
