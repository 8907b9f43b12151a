import type { Damage, DamageFigures } from './damage-schema.ts';
import { formatDuration, formatNumber, formatOctets } from './format.ts';
import { bucketName } from './sections/clocks.ts';

/** One kind of damage, as reports name and explain it. */
export interface DamageRow {
  readonly name: string;
  readonly meaning: string;
  readonly of: (figures: DamageFigures) => number;
  readonly format: (value: number) => string;
}

/** `5 min`, `3 h`, `45 s`: of a length that the scenario gives. */
const length = formatDuration;

const time = (name: string, meaning: string, of: DamageRow['of']): DamageRow => ({
  name,
  meaning,
  of,
  format: (ms) => formatDuration(ms / 1_000),
});

/** What is reported, in the order a reader comes upon it. */
export function damageRows({ bucketS, tariffS, keepS, alertOctets }: Damage): DamageRow[] {
  const octets = (name: string, meaning: string, of: DamageRow['of']): DamageRow => ({ name, meaning, of, format: formatOctets });
  const count = (name: string, meaning: string, of: DamageRow['of']): DamageRow => ({ name, meaning, of, format: formatNumber });
  return [
    time(
      'largest error of a time',
      'How far the start or end of a flow is from when its packet really passed.',
      ({ maxErrorMs }) => maxErrorMs,
    ),
    time(
      'largest error of a duration',
      'How much too long or too short a flow is told to have lasted: its rate is wrong by the same share.',
      ({ maxDurationErrorMs }) => maxDurationErrorMs,
    ),
    octets(
      `in a wrong ${bucketName(bucketS)} bucket`,
      'Charts show this traffic at a time when it was not there.',
      ({ wrongBucketOctets }) => wrongBucketOctets,
    ),
    octets(
      `billed in a wrong ${tariffS === 3_600 ? 'hour' : `${length(tariffS)}`}`,
      'It falls under another tariff, and at the end of a month into another bill.',
      ({ wrongHourOctets }) => wrongHourOctets,
    ),
    octets(
      'blamed on somebody else',
      'Who had the public address and port, or the address of the office, at the time that is told is not who had it when the packets passed.',
      ({ misattributedOctets }) => misattributedOctets,
    ),
    count(
      'flows from the future',
      'They end after they were received: a view of the last minutes does not show them.',
      ({ futureFlows }) => futureFlows,
    ),
    count(
      'flows that end before they begin',
      'Their rates are negative or without bounds.',
      ({ negativeDurations }) => negativeDurations,
    ),
    count('flows that seem to last no time', 'They lasted, and have no rate.', ({ zeroDurations }) => zeroDurations),
    count(
      'answers before their questions',
      'Whoever reads the order of events reads who called whom the wrong way round.',
      ({ inversions }) => inversions,
    ),
    octets(
      'deleted too early',
      `A store that keeps flows for ${length(keepS)} by the time they tell has deleted them before they were that old.`,
      ({ deletedEarlyOctets }) => deletedEarlyOctets,
    ),
    octets('kept too long', 'The same store still has them.', ({ keptLateOctets }) => keptLateOctets),
    count(
      'alarms that did not ring',
      `More than ${formatOctets(alertOctets)} passed in ${length(bucketS)}, and no window says so.`,
      ({ alertsMissed }) => alertsMissed,
    ),
    count('alarms that rang again', 'One event is told as several.', ({ alertsDoubled }) => alertsDoubled),
    count('alarms at a quiet time', 'Windows that ring when nothing happened.', ({ alertsFalse }) => alertsFalse),
  ];
}

/** Figures side by side under a name. */
export interface DamageColumn {
  readonly name: string;
  readonly figures: DamageFigures;
}

/** Without NTP, as it was and as the collector sets it right; of several variants, each as it was. */
export function damageColumns(
  damage: Damage,
  variants: readonly { readonly name: string; readonly damage: Damage }[],
): DamageColumn[] {
  if (variants.length > 0) return variants.map(({ name, damage: { asItWas } }) => ({ name, figures: asItWas }));
  return [
    { name: 'without NTP', figures: damage.withoutNtp },
    { name: 'as it was', figures: damage.asItWas },
    { name: 'corrected', figures: damage.corrected },
  ];
}
