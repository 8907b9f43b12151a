import type { ComponentChildren } from 'preact';
import type { ExploreGroup, ExploreTable } from '../../../api/view/explore-view.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Difference } from '../../parts/difference.tsx';
import { SureNumber } from '../../parts/sure-mark.tsx';
import { setParameters } from '../../state/route.ts';
import { formatCount, formatDuration, formatPercent } from '../../text/format.ts';
import { narrowed } from './explore-question.ts';
import { titleOfDimension } from './groupings.ts';
import { formatOf, titleOf } from './units.ts';

const STATISTICS = ['min', 'average', 'p95', 'max'] as const;

/** The groups in figures. A value can be pressed: then nothing else is asked about. */
export function GroupTable({ table, where }: { readonly table: ExploreTable; readonly where: string }) {
  const { by, unit, measure, groups, groupCount, total, bucketMs, truth } = table;
  const known = truth !== undefined && 'groups' in truth ? truth : undefined;
  const [formatValue, formatTotal] = [formatOf(unit), formatOf(measure === 'rate' ? 'octets' : unit)];
  const keys = (group: ExploreGroup): ComponentChildren[] => {
    if (by.length === 0) return [titleOf(group)];
    if (group.isOther) return [`${formatCount(groupCount - groups.length + 1)} others`, ...by.slice(1).map(() => '')];
    return by.map((dimension, index) => (
      <Key key={dimension} value={group.keys[index] ?? ''} dimension={dimension} where={where} />
    ));
  };
  return (
    <>
      <p class="soft">
        In all <SureNumber of={total} format={formatTotal} /> in {formatCount(groupCount)} {groupCount === 1 ? 'group' : 'groups'}
        ; figures are of steps of {formatDuration(bucketMs)}, empty ones too.
        {known !== undefined && (
          <span class="in-truth">
            {' '}
            In truth <Difference measured={total.value} truth={known.total} format={formatTotal} />.
          </span>
        )}
        {truth !== undefined && 'reason' in truth && <span class="in-truth"> No truth beside it: {truth.reason}.</span>}
      </p>
      <DataTable
        caption="The groups in figures"
        columns={[
          ...(by.length === 0 ? ['group'] : by.map(titleOfDimension)).map((title) => ({ title })),
          ...[...STATISTICS, 'total', ...(known === undefined ? [] : ['truth']), 'share'].map((title) => ({
            title,
            isNumber: true,
          })),
        ]}
        rows={groups.map((group, index) => ({
          key: group.isOther ? 'other' : JSON.stringify(group.keys),
          cells: [
            ...keys(group),
            ...STATISTICS.map((name) => formatValue(group[name])),
            formatTotal(group.total),
            ...(known === undefined
              ? []
              : [<TrueTotal measured={group.total} truth={known.groups[index]} format={formatTotal} />]),
            formatPercent(total.value === 0 ? 0 : (100 * group.total) / total.value),
          ],
        }))}
      />
    </>
  );
}

interface TrueTotalProperties {
  readonly measured: number;
  readonly truth: number | null | undefined;
  readonly format: (value: number) => string;
}

/** In truth there are more groups than are told apart, and this may be any of the others. */
const TrueTotal = ({ measured, truth, format }: TrueTotalProperties) => (
  <span class="in-truth">
    {typeof truth === 'number' ? <Difference measured={measured} truth={truth} format={format} /> : 'not told apart'}
  </span>
);

function Key({
  value,
  dimension,
  where,
}: {
  readonly value: string | number;
  readonly dimension: string;
  readonly where: string;
}) {
  const filter = narrowed(where, dimension, value);
  if (filter === undefined) return <>{value}</>;
  return (
    <button
      type="button"
      class="key-button"
      title={`Only ${dimension} = ${value}`}
      onClick={() => setParameters({ where: filter })}
    >
      {value}
    </button>
  );
}
