import { formatCount, formatDuration, oneLine } from './format.ts';
import type { ServerSelection } from './clocks-schema.ts';

/** Of several servers, whom a clock followed and who was outvoted: `of 4 servers it followed a, b, c at the end; d was a falseticker for 1 h`. */
export function selectionSentence({ servers, withoutMajorityS }: ServerSelection): string {
  const followed = servers.filter(({ selected }) => selected).map(({ name }) => oneLine(name));
  const wrong = servers.filter(({ falsetickerS }) => falsetickerS > 0);
  const parts = [`of ${formatCount(servers.length, 'server')} it followed ${followed.join(', ') || 'none'} at the end`];
  for (const { name, falsetickerS } of wrong)
    parts.push(`${oneLine(name)} was a falseticker for ${formatDuration(falsetickerS)}`);
  if (withoutMajorityS > 0) parts.push(`for ${formatDuration(withoutMajorityS)} no majority agreed`);
  return parts.join('; ');
}
