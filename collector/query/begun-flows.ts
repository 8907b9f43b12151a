/**
 * The table `flows` for whoever asks how long flows lasted: one whose record does not say when it began (`flow_start_ms` is 0) begins where it
 * ends, or where it was exported when it does not say that either. Else it would have lasted since 1970.
 */
export const BEGUN_FLOWS = `(SELECT * REPLACE (CASE WHEN flow_start_ms > 0 THEN flow_start_ms WHEN flow_end_ms > 0 THEN flow_end_ms
    ELSE export_time_s::UBIGINT * 1000 END AS flow_start_ms) FROM flows) AS flows`;
