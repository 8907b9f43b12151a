import type { PersonTruth, PersonView, TrueActivityView } from '../../../api/view/person-view.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { zone } from '../../state/status.ts';
import { formatCount, formatDuration, formatOctets, formatSigned, formatTime } from '../../text/format.ts';

interface TrueActivitiesProperties {
  readonly activities: PersonView['activities'];
  readonly truth: PersonTruth;
}

/** What was told beside what was done: found, wrong and missed. */
export function TrueActivities({ activities, truth: { activities: count, found, missed } }: TrueActivitiesProperties) {
  const rows = [
    ...activities.map((activity) => ({
      key: activity.id,
      startMs: activity.startMs,
      cells: activity.truth === undefined ? wrongCells(activity) : foundCells(activity, activity.truth),
    })),
    ...missed.map((activity, index) => ({ key: `missed ${index}`, startMs: activity.startMs, cells: missedCells(activity) })),
  ].sort((one, other) => one.startMs - other.startMs);
  return (
    <>
      <p>
        There were {formatCount(count)} activities: {formatCount(found)} were found and {formatCount(missed.length)} missed;{' '}
        {formatCount(activities.length - found)} were told that were not so.
      </p>
      <DataTable
        caption="Activities as they were told and as they were"
        columns={[
          { title: 'What' },
          { title: 'Verdict' },
          { title: 'Told from', isNumber: true },
          { title: 'In truth from', isNumber: true },
          { title: 'Lasted in truth', isNumber: true },
          { title: 'Told', isNumber: true },
          { title: 'In truth', isNumber: true },
        ]}
        rows={rows}
      />
    </>
  );
}

type Told = PersonView['activities'][number];
const NONE = '–';
const octetsOf = ({ upOctets, downOctets }: TrueActivityView): string => formatOctets(upOctets + downOctets);
const called = ({ label, category }: Pick<Told, 'label' | 'category'>) => (
  <>
    {label} <span class="soft">{category}</span>
  </>
);

const foundCells = (told: Told, truth: TrueActivityView) => [
  called(told),
  <span class="verdict hit">✓ found</span>,
  formatTime(told.startMs, zone.value),
  <>
    {formatTime(truth.startMs, zone.value)} <span class="soft">{formatSigned(told.startMs - truth.startMs)}</span>
  </>,
  formatDuration(truth.endMs - truth.startMs),
  formatOctets(told.octets),
  octetsOf(truth),
];

const wrongCells = (told: Told) => [
  called(told),
  <span class="verdict false-alarm">✗ wrong</span>,
  formatTime(told.startMs, zone.value),
  NONE,
  NONE,
  formatOctets(told.octets),
  NONE,
];

const missedCells = (truth: TrueActivityView) => [
  called(truth),
  <span class="verdict missed">✗ missed</span>,
  NONE,
  formatTime(truth.startMs, zone.value),
  formatDuration(truth.endMs - truth.startMs),
  NONE,
  octetsOf(truth),
];
