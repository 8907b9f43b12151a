import { scaleSymlog } from 'd3-scale';
import type { PersonView } from '../../../api/view/person-view.ts';
import { useWidth } from '../../charts/use-width.ts';
import { formatOctets } from '../../text/format.ts';

const HEIGHT = 84;
const MARGIN = 14;
const LANES = 5;
const LANE_HEIGHT = 9;

interface ColleaguesProperties {
  readonly own: number;
  readonly name: string;
  readonly colleagues: PersonView['colleagues'];
  readonly others: PersonView['others'];
}

/** Everybody as a dot, from little to much, and this person among them. */
export function Colleagues({ own, name, colleagues, others }: ColleaguesProperties) {
  const { width, measured } = useWidth();
  const sentence = `${name} used more than ${others.fewer} of ${others.count} others; half of them used less than ${formatOctets(others.medianOctets)}.`;
  const largest = Math.max(own, colleagues[0]?.octets ?? 0, 1);
  // Most use little and few use very much: equal distances are equal factors, but for the smallest.
  const x = scaleSymlog([0, largest], [MARGIN, Math.max(MARGIN + 1, width - MARGIN)]).constant(1e6);
  const dotY = (index: number): number => 20 + (index % LANES) * LANE_HEIGHT;
  return (
    <div ref={measured}>
      <p>{sentence}</p>
      <svg class="strip" width={width} height={HEIGHT} role="img" aria-label={sentence}>
        {[0, 1e7, 1e8, 1e9, 1e10]
          .filter((tick) => tick <= largest)
          .map((tick) => (
            <g key={tick} transform={`translate(${x(tick)},0)`}>
              <line class="grid" y1={12} y2={HEIGHT - 20} />
              <text class="axis" y={HEIGHT - 6} text-anchor={tick === 0 ? 'start' : 'middle'}>
                {formatOctets(tick)}
              </text>
            </g>
          ))}
        {colleagues.map(({ id, name: other, octets }, index) => (
          <circle key={id} class="colleague" cx={x(octets)} cy={dotY(index)} r={4}>
            <title>{`${other}: ${formatOctets(octets)}`}</title>
          </circle>
        ))}
        <line class="own" x1={x(own)} x2={x(own)} y1={10} y2={HEIGHT - 20} />
        <text class="own-name" x={x(own)} y={8} text-anchor={x(own) > width / 2 ? 'end' : 'start'}>
          {name}
        </text>
      </svg>
    </div>
  );
}
