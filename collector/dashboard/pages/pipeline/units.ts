import type { PipelineView, Unit } from '../../../api/view/pipeline-view.ts';
import { formatCount, formatOctets } from '../../text/format.ts';

/** What each unit is called, in the order they stand. */
const TITLES = {
  packets: 'Packets',
  octets: 'Octets',
  messages: 'Messages',
  records: 'Data Records',
  flows: 'Flow Records',
  options: 'Options',
  natEvents: 'NAT events',
} as const satisfies Record<Unit, string>;

export const titleOf = (unit: Unit): string => TITLES[unit];

export const formatOf = (unit: Unit): ((value: number) => string) => (unit === 'octets' ? formatOctets : formatCount);

/** Units that say how much went on from one stage to another. */
export const unitsOf = ({ stages }: PipelineView): Unit[] =>
  (Object.keys(TITLES) as Unit[]).filter((unit) => {
    const amounts = stages.map((stage) => stage.amounts[unit]).filter((amount) => amount !== undefined);
    return amounts.length > 1 && amounts.some((amount) => amount > 0);
  });

/** The unit that most stages tell: the first of several. */
export function usualUnit(view: PipelineView): Unit {
  const told = (unit: Unit): number => view.stages.filter((stage) => stage.amounts[unit] !== undefined).length;
  return unitsOf(view).toSorted((one, other) => told(other) - told(one))[0] ?? 'records';
}
