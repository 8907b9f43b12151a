import { colourOf } from '../charts/colours.ts';
import { formatOctets } from '../text/format.ts';

interface InOutProperties {
  readonly down: number;
  readonly up: number;
  readonly largest: number;
  /** Where both together really end. */
  readonly truth?: number | undefined;
}

/** In and out as one bar, as long as it is of the largest, with a mark where it should end. */
export function InOutBar({ down, up, largest, truth }: InOutProperties) {
  const percent = (octets: number): string => `${largest === 0 ? 0 : (100 * octets) / largest}%`;
  const inTruth = truth === undefined ? '' : `, in truth ${formatOctets(truth)} together`;
  return (
    <span class="in-out" role="img" aria-label={`in ${formatOctets(down)}, out ${formatOctets(up)}${inTruth}`}>
      <span class="bar-down" style={{ width: percent(down) }} />
      <span class="bar-up" style={{ width: percent(up) }} />
      {truth !== undefined && <span class="bar-truth" style={{ left: percent(truth) }} />}
    </span>
  );
}

/** What it was for, as parts of a whole. */
export function CategoryBar({ byCategory }: { readonly byCategory: Readonly<Record<string, number>> }) {
  const parts = Object.entries(byCategory).filter(([, octets]) => octets > 0);
  const total = parts.reduce((sum, [, octets]) => sum + octets, 0);
  const words = parts.map(([category, octets]) => `${category} ${Math.round((100 * octets) / total)} %`).join(', ');
  return (
    <span class="category-bar" role="img" aria-label={words === '' ? 'nothing' : words} title={words}>
      {parts.map(([category, octets]) => (
        <span key={category} style={{ width: `${(100 * octets) / total}%`, background: colourOf(category) }} />
      ))}
    </span>
  );
}
