/**
 * What a stranger's statement may call. A function that is not here may read files and settings, change the state of the database, or make in one
 * step, which nothing can interrupt, a text or a list of any size (`repeat`, `lpad`, `range`).
 */
export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set(
  [
    '+ - * / // % ** ^ || & | ~ << >> @ ! ~~ !~~ ~~* !~~* ~~~ like_escape not_like_escape ilike_escape not_ilike_escape',
    'count count_star count_if countif sum sum_no_overflow fsum avg mean min max any_value first last arg_min arg_max argmin argmax min_by max_by',
    'median mode quantile quantile_cont quantile_disc approx_count_distinct approx_quantile stddev stddev_pop stddev_samp stdev variance var_pop',
    'var_samp corr covar_pop covar_samp entropy skewness kurtosis bool_and bool_or bit_and bit_or bit_xor product grouping grouping_id',
    'row_number rank dense_rank rank_dense percent_rank cume_dist ntile lag lead first_value last_value nth_value',
    'abs sign ceil ceiling floor round round_even trunc sqrt cbrt exp ln log log2 log10 pow power mod divide fdiv fmod greatest least',
    'isnan isinf isfinite nullif ifnull coalesce hash xor bit_count even gcd lcm pi',
    'length len strlen char_length lower lcase upper ucase trim ltrim rtrim left right substr substring contains starts_with ends_with prefix suffix',
    'instr strpos position split_part concat concat_ws reverse regexp_matches regexp_full_match regexp_extract ascii chr unicode ord hex to_hex bin',
    'md5 sha256',
    'now current_timestamp get_current_timestamp today current_date date_trunc datetrunc date_part datepart date_diff datediff date_add date_sub datesub',
    'epoch epoch_ms epoch_us epoch_ns make_timestamp make_timestamp_ms make_timestamp_ns to_timestamp make_date make_time strftime strptime',
    'time_bucket year month day hour minute second millisecond microsecond dayofweek dayofyear isodow week weekofyear weekday quarter dayname monthname',
    'to_years to_months to_weeks to_days to_hours to_minutes to_seconds to_milliseconds to_microseconds timezone age last_day',
    'typeof list_value row struct_pack struct_extract list_contains list_has array_contains unnest',
  ].flatMap((names) => names.split(' ')),
);

/** What json_serialize_sql tells of statements. */
export interface SerializedSql {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly statements?: readonly unknown[];
}

/** The names of all functions and operators anywhere in a statement, as `json_serialize_sql` writes it. */
export function functionsOf(serialized: unknown): Set<string> {
  const names = new Set<string>();
  const rest: unknown[] = [serialized];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, value] of Object.entries(next)) {
      if (key === 'function_name' && typeof value === 'string' && value !== '') names.add(value.toLowerCase());
      else if (value !== undefined) rest.push(value);
    }
  }
  return names;
}
