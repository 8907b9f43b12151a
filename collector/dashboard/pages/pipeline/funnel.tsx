import type { PipelineView, Unit } from '../../../api/view/pipeline-view.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { SureNumber } from '../../parts/sure-mark.tsx';
import { formatCount } from '../../text/format.ts';
import { formatOf, titleOf, unitsOf } from './units.ts';

type Knowledge = PipelineView['stages'][number]['sure'];

/** A line of the drawing: a stage, or what left or came in after it. */
interface Row {
  readonly key: string;
  readonly kind: 'stage' | 'out' | 'in' | 'rest';
  readonly place: number;
  readonly title: string;
  readonly words: string;
  readonly sure: Knowledge;
  readonly amount: number;
}

/** Stages one below the other, as wide as what is left; between them what left. */
export function Funnel({ view, unit }: { readonly view: PipelineView; readonly unit: Unit }) {
  const rows = rowsOf(view, unit);
  const widest = Math.max(1, ...rows.map(({ amount }) => amount));
  let level = 0;
  return (
    <>
      <ol class="funnel">
        {rows.map((row) => {
          const { key, kind, title, words, sure, amount } = row;
          if (kind === 'stage') level = amount;
          // What leaves is drawn at the end of what it leaves from, what comes in beyond it.
          const from = kind === 'stage' ? 0 : kind === 'in' ? level : Math.max(0, level - amount);
          if (kind !== 'stage') level += kind === 'in' ? amount : -amount;
          return (
            <li key={key} class={`funnel-row ${kind}`}>
              <span class="funnel-title">
                {kind !== 'stage' && <span aria-hidden="true">{kind === 'in' ? '+ ' : '− '}</span>}
                <span class="visually-hidden">{kind === 'out' ? 'less: ' : kind === 'in' ? 'besides: ' : ''}</span>
                {title}
              </span>
              <span class="funnel-track" aria-hidden="true">
                <span class="funnel-bar" style={{ left: `${(100 * from) / widest}%`, width: `${(100 * amount) / widest}%` }} />
              </span>
              <span class="funnel-amount">
                <SureNumber of={{ value: amount, sure }} format={formatOf(unit)} />
              </span>
              <span class="funnel-words soft">{words}</span>
            </li>
          );
        })}
      </ol>
      <p class={rows.some(({ kind }) => kind === 'rest') && view.isOver ? 'problem' : 'soft'}>{sentenceOf(rows, unit)}</p>
    </>
  );
}

function rowsOf({ stages, branches, remainders }: PipelineView, unit: Unit): Row[] {
  const told = stages.filter(({ amounts }) => amounts[unit] !== undefined);
  const [first, last] = [told[0]?.place ?? 0, told.at(-1)?.place ?? 0];
  const between = [
    ...branches.map((branch) => ({ ...branch, kind: branch.way })),
    ...remainders.map((rest) => ({
      ...rest,
      kind: 'rest' as const,
      name: 'rest',
      sure: 'estimated' as const,
      words: 'The difference: nothing counts it by itself.',
    })),
  ].filter(({ place, amounts }) => place >= first && place < last && (amounts[unit] ?? 0) !== 0);
  const rows = [...told.map((stage) => ({ ...stage, kind: 'stage' as const })), ...between].map(
    ({ name, kind, place, title, words, sure, amounts }): Row => ({
      key: `${kind} ${place} ${name}`,
      kind,
      place,
      title,
      words,
      sure,
      amount: amounts[unit] ?? 0,
    }),
  );
  // A stage comes before what leaves after it.
  return rows.sort((one, other) => one.place - other.place || (one.kind === 'stage' ? -1 : other.kind === 'stage' ? 1 : 0));
}

function sentenceOf(rows: readonly Row[], unit: Unit): string {
  const rest = rows.filter(({ kind }) => kind === 'rest');
  const name = titleOf(unit);
  if (rest.length === 0) return `The sum comes out even: whatever of ${name} came in went on or is accounted for.`;
  return `${name} that neither went on nor left: ${rest.map(({ title, amount }) => `${formatCount(amount)} (${title.toLowerCase()})`).join(', ')}.`;
}

/** Every figure, for who reads figures. */
export function FunnelTable({ view }: { readonly view: PipelineView }) {
  const units = unitsOf(view);
  const lines = [
    ...view.stages.map((stage) => ({ ...stage, sign: '', order: 0 })),
    ...view.branches.map((branch) => ({ ...branch, sign: branch.way === 'in' ? '+ ' : '− ', order: 1 })),
    ...view.remainders.map((rest) => ({ ...rest, name: 'rest', sure: 'estimated' as const, sign: '− ', order: 2 })),
  ].sort((one, other) => one.place - other.place || one.order - other.order);
  return (
    <DataTable
      caption="All figures of the way into the store"
      columns={[{ title: 'Where' }, ...units.map((unit) => ({ title: titleOf(unit), isNumber: true }))]}
      rows={lines.map(({ place, name, title, sign, sure, amounts }) => ({
        key: `${place} ${name} ${sign}`,
        cells: [
          `${sign}${title}`,
          ...units.map((unit) => {
            const value = amounts[unit];
            return value === undefined ? '' : <SureNumber of={{ value, sure }} format={formatOf(unit)} />;
          }),
        ],
      }))}
    />
  );
}
