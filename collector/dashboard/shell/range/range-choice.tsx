import { Choice } from '../../parts/choice.tsx';
import { MOVING } from '../../state/moving-range.ts';
import { showRange, timeRange } from '../../state/range.ts';
import { isWriting } from './range-bar.tsx';

const OPTIONS = { all: 'all', ...MOVING, hand: 'from … to …' } as const;
type Chosen = keyof typeof OPTIONS;

/** Which time is shown. */
export function RangeChoice() {
  const { range, from, to } = timeRange.value;
  const isByHand = isWriting.value || from !== undefined || to !== undefined;
  const choose = (chosen: Chosen): void => {
    isWriting.value = chosen === 'hand';
    if (chosen === 'all') showRange({});
    else if (chosen !== 'hand') showRange({ range: chosen });
  };
  return (
    <Choice<Chosen> label="Time" value={isByHand ? 'hand' : ((range ?? 'all') as Chosen)} options={OPTIONS} onChoose={choose} />
  );
}
