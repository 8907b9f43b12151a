import { useSignal } from '@preact/signals';
import type { Period } from '../../../api/view/person-view.ts';
import { CategoryBar, InOutBar } from '../../parts/bars.tsx';
import { Chips } from '../../parts/chips.tsx';
import { zone } from '../../state/status.ts';
import { formatDate, formatMinute, formatOctets } from '../../text/format.ts';

const UNITS = ['hour', 'day', 'week'] as const;

/** Totals of hours, days or weeks. */
export function Periods({ periods, name }: { readonly periods: readonly Period[]; readonly name: string }) {
  const unit = useSignal<Period['unit']>('hour');
  const shown = periods.filter((period) => period.unit === unit.value).toSorted((one, other) => one.startMs - other.startMs);
  const largest = Math.max(0, ...shown.map(({ upOctets, downOctets }) => upOctets + downOctets));
  const days = new Set(shown.map(({ startMs }) => formatDate(startMs, zone.value)));
  const called = (startMs: number): string => {
    const day = formatDate(startMs, zone.value);
    if (unit.value !== 'hour') return day;
    return days.size > 1 ? `${day} ${formatMinute(startMs, zone.value)}` : formatMinute(startMs, zone.value);
  };
  return (
    <>
      <Chips label="Sum up by" values={UNITS} chosen={unit.value} onChoose={(each) => (unit.value = each)} />
      <div class="table-frame" tabIndex={0} role="region" aria-label={`What ${name} used by the ${unit.value}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">{unit.value === 'week' ? 'Week of' : 'From'}</th>
              <th scope="col" class="number">
                Total
              </th>
              <th scope="col">
                <span class="key-down">in</span> and <span class="key-up">out</span>
              </th>
              <th scope="col">What for</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ startMs, upOctets, downOctets, byCategory }) => (
              <tr key={startMs}>
                <td>{called(startMs)}</td>
                <td class="number">{formatOctets(upOctets + downOctets)}</td>
                <td class="period-bar">
                  <InOutBar down={downOctets} up={upOctets} largest={largest} />
                </td>
                <td class="period-bar">
                  <CategoryBar byCategory={byCategory} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
