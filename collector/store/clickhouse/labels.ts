import type { Label } from '../../collecting/label.ts';
import { boundQuery } from './parameters.ts';

/** The table `labels` of every store, and the view of what holds now. Numbers of 128 bits are their octets, as in the other tables. */
export const LABEL_TABLES = [
  `CREATE TABLE IF NOT EXISTS labels (exporter FixedString(16), observation_domain_id UInt32, kind String, id FixedString(16), name String,
    learnt_at_us UInt64) ENGINE = MergeTree PARTITION BY tuple() ORDER BY (exporter, observation_domain_id, kind, id)`,
  `CREATE VIEW IF NOT EXISTS latest_labels AS SELECT exporter, observation_domain_id, kind, id, argMax(name, learnt_at_us) AS name
    FROM labels GROUP BY exporter, observation_domain_id, kind, id`,
];

/** One statement: names are few, and come now and then. */
export const insertLabels = (labels: readonly Label[]): string =>
  `INSERT INTO labels VALUES ${labels
    .map(({ exporter, observationDomainId, kind, id, name, learntAtUs }) =>
      boundQuery(`(unhex($exporter), ${observationDomainId}, $kind, unhex($id), $name, ${Math.trunc(learntAtUs)})`, {
        exporter: hexOf(exporter.ipv6 ?? [0, 0, 0, exporter.ipv4]),
        kind,
        id: BigInt(id).toString(16).padStart(32, '0'),
        name,
      }),
    )
    .join(', ')}`;

const hexOf = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, '0')).join('');
