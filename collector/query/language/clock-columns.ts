import { HOUR_US, HOURS, SFLOW, type ClockCorrections } from '../clock-corrections.ts';
import type { Derived, DerivedColumns } from './derived.ts';
import type { Dialect } from './dialect.ts';

const US_PER_MS = 1_000;
const PPB = 1_000_000_000;
/** Added before a division and taken off after: quotients are of numbers from 0 on. */
const LIFT = 1_000_000_000;
/** A clock of 1970, in milliseconds. */
const FAR_LIFT = 10_000_000_000_000;
/** Flows begin at most so long before they are received, as far as drift goes. */
const MAX_AGE_MS = 86_400_000;
const NETFLOW_V9 = 9;

/** What the exporter's clock was ahead when the row was received, and what it gains; all by whole numbers. */
export function clockColumns(corrections: ClockCorrections, dialect: Dialect): DerivedColumns {
  const { exporters, domains, pieces, firstOfHour, steps } = corrections;
  const numbered = (of: 'offsetUs' | 'driftPpb') => new Map(pieces.map((piece, index) => [index + 1, piece[of]]));
  return {
    clock_exporter: () => ({
      needs: ['exporter_ipv4', 'exporter_ipv6'],
      ...dialect.lookupAddress('clock_exporter', 'exporter', exporters),
    }),
    clock_domain: () => ({
      needs: ['clock_exporter', 'observation_domain_id'],
      ...dialect.lookup('clock_domain', `clock_exporter * ${2 ** 32} + observation_domain_id`, domains),
    }),
    clock_hour: () => ({ needs: ['received_at_us'], sql: dialect.quotient('received_at_us', HOUR_US) }),
    clock_slot: () => ({ needs: ['clock_domain', 'clock_hour'], sql: `clock_domain * ${HOURS} + clock_hour` }),
    // Times of sFlow are the collector's.
    clock_piece: () => {
      const first = dialect.lookup('clock_piece', 'clock_slot', firstOfHour);
      const arms = steps.map(
        ({ hour, fromUs, piece }) => `WHEN clock_slot = ${hour} AND received_at_us >= ${fromUs} THEN ${piece} `,
      );
      return {
        ...first,
        needs: ['clock_slot', 'received_at_us', 'export_protocol'],
        sql: `CASE WHEN export_protocol = ${SFLOW} THEN 0 ${arms.join('')}ELSE ${first.sql} END`,
      };
    },
    clock_begin_us: () => ({
      needs: ['clock_piece'],
      ...dialect.lookupSigned('clock_begin_us', 'clock_piece', numbered('offsetUs')),
    }),
    clock_drift_ppb: () => ({
      needs: ['clock_piece'],
      ...dialect.lookupSigned('clock_drift_ppb', 'clock_piece', numbered('driftPpb')),
    }),
    clock_ahead_ms: () => {
      const intoHourUs = `(${dialect.whole('received_at_us')} - ${dialect.whole('clock_hour')} * ${HOUR_US})`;
      const aheadUs = `clock_begin_us + ${dialect.quotient(`(clock_drift_ppb * ${intoHourUs} + ${LIFT * PPB})`, PPB)} - ${LIFT}`;
      const ms = dialect.quotient(`(${aheadUs} + ${FAR_LIFT * US_PER_MS})`, US_PER_MS);
      return { needs: ['clock_begin_us', 'clock_drift_ppb', 'received_at_us', 'clock_hour'], sql: `${ms} - ${FAR_LIFT}` };
    },
    // NetFlow v9 reckons flow times from a second that was rounded down: what of it had gone shows when the Message comes.
    clock_rest_ms: () => {
      const restMs = `(${dialect.quotient('received_at_us', US_PER_MS)} - ${dialect.whole('export_time_s')} * 1000 + clock_ahead_ms)`;
      return {
        needs: ['export_protocol', 'received_at_us', 'export_time_s', 'clock_ahead_ms'],
        sql: `CASE WHEN export_protocol <> ${NETFLOW_V9} OR ${restMs} < 0 THEN 0 WHEN ${restMs} > 999 THEN 999 ELSE ${restMs} END`,
      };
    },
    // What is not told has no age either.
    clock_age_ms: () => {
      const ageMs = `(${dialect.quotient('received_at_us', US_PER_MS)} + clock_ahead_ms - ${dialect.whole('flow_start_ms')})`;
      return {
        needs: ['flow_start_ms', 'received_at_us', 'clock_ahead_ms'],
        sql: `CASE WHEN ${ageMs} < 0 OR ${ageMs} > ${MAX_AGE_MS} THEN 0 ELSE ${ageMs} END`,
      };
    },
  };
}

/**
 * The flow's own time T less what the exporter's clock was ahead then: (T - a) / (1 + b) of the line a + bt, which is at receipt what `clock_ahead_ms` says,
 * and was less before by what the clock gained since.
 */
export const correctedTime = (dialect: Dialect): Derived => ({
  needs: ['flow_start_ms', 'clock_ahead_ms', 'clock_rest_ms', 'clock_age_ms', 'clock_drift_ppb'],
  sql: `CASE WHEN flow_start_ms = 0 THEN 0 ELSE ${dialect.whole('flow_start_ms')} - clock_ahead_ms + clock_rest_ms
    + ${dialect.quotient(`(clock_drift_ppb * clock_age_ms + ${LIFT * PPB})`, PPB)} - ${LIFT} END`,
});
