import { route, setParameters } from '../state/route.ts';
import { status, zone } from '../state/status.ts';
import { formatDate, formatMinute } from '../text/format.ts';

const STEP_MS = 60_000;

/** Goes back in time: everything on the page as it was known at that instant. */
export function TimeTravel() {
  const now = status.value;
  if (now === undefined || now.nowMs - now.startMs < STEP_MS) return null;
  const { at: asked } = route.value.parameters;
  const at = asked === undefined ? now.nowMs : Number(asked);
  const go = (value: number): void =>
    setParameters({ at: value >= now.nowMs - STEP_MS ? undefined : String(Math.round(value)) }, false);
  return (
    <footer class="time-travel">
      <label for="time-travel">As known at</label>
      <output for="time-travel">{asked === undefined ? 'now' : formatMinute(at, zone.value)}</output>
      <input
        id="time-travel"
        type="range"
        min={now.startMs}
        max={now.nowMs}
        step={STEP_MS}
        value={at}
        aria-valuetext={`${formatMinute(at, zone.value)}, ${formatDate(at, zone.value)}`}
        onInput={({ currentTarget }) => go(Number(currentTarget.value))}
      />
      <span class="time-travel-end">{formatMinute(now.nowMs, zone.value)}</span>
      <button type="button" disabled={asked === undefined} onClick={() => go(Infinity)}>
        Back to now
      </button>
    </footer>
  );
}
