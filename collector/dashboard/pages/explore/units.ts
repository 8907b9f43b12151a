import type { ExploreGroup, ExploreTable } from '../../../api/view/explore-view.ts';
import { REST } from './ribbon.ts';
import { formatCount, formatOctets, formatRate } from '../../text/format.ts';

/** How values of a unit are told. */
export function formatOf(unit: ExploreTable['unit']): (value: number) => string {
  if (unit === 'octets') return formatOctets;
  return unit === 'bit/s' ? formatRate : formatCount;
}

/** What a group is called where there is one name for it. */
export const titleOf = ({ keys, isOther }: ExploreGroup): string =>
  isOther ? REST : keys.length === 0 ? 'everything' : keys.join(' · ');
