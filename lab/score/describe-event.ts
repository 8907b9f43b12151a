import { formatStored } from '../../core/net/stored-address.ts';
import { formatCount, formatNumber, formatOctets } from '../report/format.ts';
import { UNSEEN_REASONS, type TrueEvent } from '../verify/detection/true-event.ts';

/** Who did it to whom, when, how much of it there was, and why nobody could see it. */
export function describeEvent({ who, targets, fromMs, toMs, flows, octets, records, unseen }: TrueEvent): string {
  const [first] = targets;
  const whom =
    first === undefined ? '' : ` to ${targets.size > 1 ? `${formatNumber(targets.size)} addresses` : formatStored(first)}`;
  const size = `${formatCount(flows, 'connection')}, ${formatOctets(octets)}, ${formatCount(records, 'record')} collected`;
  const why = unseen === undefined ? '' : `: ${UNSEEN_REASONS[unseen]}`;
  return `${who}${whom}, ${timeOf(fromMs)} to ${timeOf(toMs)}, ${size}${why}`;
}

/** `03-02 14:03:07`, UTC; an alert may tell any number. */
export const timeOf = (ms: number): string =>
  Math.abs(ms) > 8.64e15 ? String(ms) : new Date(ms).toISOString().slice(5, 19).replace('T', ' ');
