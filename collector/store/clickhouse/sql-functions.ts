/** What may stand before a parenthesis without being called. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  'select distinct with as from final sample join using on prewhere where and or not in between like case when then else group order by having limit union all except intersect over partition interval exists'.split(
    ' ',
  ),
);

/**
 * What a stranger's statement may call, in small letters. A function that is not here may read files, dictionaries and settings, reach other
 * servers, wait, or make in one step a text or an array of any size. Table functions are none of them.
 */
export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set(
  [
    'count countif sum sumif avg avgif min minif max maxif any anyif anylast argmin argmax uniq uniqif uniqexact uniqexactif uniqcombined uniqhll12',
    'quantile quantileexact quantiletiming quantiles quantilesexact median medianexact topk varpop varsamp stddevpop stddevsamp covarpop covarsamp corr',
    'row_number rank dense_rank lag lead first_value last_value',
    'plus minus multiply divide intdiv intdivorzero modulo negate abs gcd lcm bitand bitor bitxor bitnot bitshiftleft bitshiftright bittest',
    'exp ln log log2 log10 sqrt cbrt pow power floor ceil ceiling round trunc greatest least isfinite isinfinite isnan',
    'equals notequals less greater lessorequals greaterorequals if multiif transform coalesce ifnull nullif isnull isnotnull assumenotnull',
    'length empty notempty lower upper reverse concat substring substr position match extract startswith endswith trim hex unhex',
    'touint8 touint16 touint32 touint64 toint8 toint16 toint32 toint64 tofloat32 tofloat64 tostring tofixedstring cast reinterpretasstring',
    'todate todatetime totypename tuple tupleelement array arrayjoin has',
    'uint8 uint16 uint32 uint64 int8 int16 int32 int64 float32 float64 string fixedstring date datetime nullable',
    'toyear tomonth todayofmonth todayofweek tohour tominute tosecond tostartofyear tostartofmonth tostartofweek tomonday tostartofday tostartofhour',
    'tostartofminute tostartoffiveminute tostartoffifteenminutes tounixtimestamp formatdatetime now today yesterday datediff',
    'ipv4numtostring ipv4stringtonum ipv6numtostring ipv6stringtonum ipv4toipv6',
    'cityhash64 siphash64 inthash32 inthash64',
  ].flatMap((names) => names.split(' ')),
);
