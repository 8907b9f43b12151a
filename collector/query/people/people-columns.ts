import { addressColumns } from '../language/derived-columns.ts';
import { duckDbDialect } from '../language/duckdb-dialect.ts';
import type { Derived, DerivedColumns } from '../language/derived.ts';
import type { TimeBasis } from '../language/question.ts';

/** Flows longer than a day are not: their octets count where they begin, or one wrong time would fill years of buckets. */
export const LONGEST_FLOW_MS = 86_400_000;

/** As a floating point number: DuckDB reckons what is mixed in 128 bits, which takes ten times as long. */
const FACTOR = 'greatest(sampling_interval::DOUBLE, 1)';

/** The port of the inside host, whichever end it is. */
const insidePort = (): Derived => ({
  needs: ['is_up', 'is_down', 'source_port', 'post_napt_destination_port', 'destination_port'],
  sql: 'CASE WHEN is_up THEN source_port WHEN is_down THEN post_napt_destination_port ELSE destination_port END',
});

/** The port that stands for it outside. */
const natPort = (): Derived => ({
  needs: ['is_up', 'is_down', 'post_napt_source_port', 'destination_port'],
  sql: 'CASE WHEN is_up THEN post_napt_source_port WHEN is_down THEN destination_port ELSE 0 END',
});

/**
 * What views see beyond the columns of questions: from when to when a flow was, by a clock, its octets and packets multiplied by the sampling interval, and how many
 * records it is.
 */
export function peopleColumns(basis: TimeBasis): DerivedColumns {
  const isEnd = basis === 'export' || basis === 'receive';
  return {
    inside_port: insidePort,
    nat_port: natPort,
    lasts_ms: () => ({
      needs: ['flow_start_ms', 'flow_end_ms'],
      sql: `CASE WHEN flow_end_ms > flow_start_ms AND flow_end_ms - flow_start_ms <= ${LONGEST_FLOW_MS} THEN (flow_end_ms - flow_start_ms)::BIGINT ELSE 0 END`,
    }),
    start_ms: () => ({ needs: ['time_ms', 'lasts_ms'], sql: `time_ms::BIGINT${isEnd ? ' - lasts_ms' : ''}` }),
    end_ms: () => ({ needs: ['time_ms', 'lasts_ms'], sql: `time_ms::BIGINT${isEnd ? '' : ' + lasts_ms'}` }),
    octets_scaled: () => ({ needs: ['octets', 'sampling_interval'], sql: `octets::DOUBLE * ${FACTOR}` }),
    packets_scaled: () => ({ needs: ['packets', 'sampling_interval'], sql: `packets::DOUBLE * ${FACTOR}` }),
    person_stranger: () => ({ needs: addressColumns('person_stranger'), sql: duckDbDialect.address('person_stranger') }),
    records: () => ({ needs: [], sql: '1' }),
  };
}
