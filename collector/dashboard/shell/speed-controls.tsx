import type { Speed } from '../../api/view/status-view.ts';
import { connection } from '../live/connection.ts';
import { status } from '../state/status.ts';

const SPEEDS: readonly Speed[] = [1, 10, 60, 300, 1_800, 'max'];

/** Pause, and how fast a run passes; absent where nobody can change it. */
export function SpeedControls() {
  const now = status.value;
  if (now?.speed === undefined) return null;
  if (now.isOver === true) return <p class="speed-over">The run is over</p>;
  const { speed, paused } = now;
  return (
    <div class="speed-controls" role="group" aria-label="Speed of the run">
      <button type="button" aria-pressed={paused === true} onClick={() => connection.control({ paused: paused !== true })}>
        {paused === true ? 'Go on' : 'Pause'}
      </button>
      <label class="field">
        <span>Speed</span>
        <select
          value={String(speed)}
          onChange={({ currentTarget: { value } }) => connection.control({ speed: value === 'max' ? 'max' : Number(value) })}
        >
          {(SPEEDS.includes(speed) ? SPEEDS : [speed, ...SPEEDS]).map((each) => (
            <option key={each} value={String(each)}>
              {each === 'max' ? 'as fast as it goes' : `${each}×`}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
