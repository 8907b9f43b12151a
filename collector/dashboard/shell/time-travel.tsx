import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { route, setParameters } from '../state/route.ts';
import { status, zone } from '../state/status.ts';
import { formatDate, formatMinute, formatTimeOf } from '../text/format.ts';

const STEP_MS = 60_000;
/** Views of every minute that is slid over would not be looked at, and be too much for the server. */
const ASKED_AFTER_MS = 150;

/** Goes back in time: everything on the page as it was known at that instant. */
export function TimeTravel() {
  const now = status.value;
  const { at: asked } = route.value.parameters;
  /** Where the slider stands while it is moved. */
  const slid = useSignal<number | undefined>(undefined);
  const slidMs = slid.value;
  const go = (value: number): void => {
    slid.value = undefined;
    const isNow = now === undefined || value >= now.nowMs - STEP_MS;
    setParameters({ at: isNow ? undefined : String(Math.round(value)) }, false);
  };
  useEffect(() => {
    if (slidMs === undefined) return undefined;
    const timer = setTimeout(() => go(slidMs), ASKED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [slidMs]);
  if (now === undefined || now.nowMs - now.startMs < STEP_MS) return null;
  const askedMs = slidMs ?? (asked === undefined ? now.nowMs : Number(asked));
  // A link may say anything; what is wrong with it is told by the page.
  const at = askedMs >= now.startMs && askedMs <= now.nowMs ? askedMs : now.nowMs;
  const isNow = asked === undefined && slidMs === undefined;
  return (
    <footer class="time-travel">
      <label for="time-travel">As known at</label>
      <output for="time-travel">{isNow ? 'now' : formatTimeOf(now.nowMs - now.startMs, zone.value)(at)}</output>
      <input
        id="time-travel"
        type="range"
        min={now.startMs}
        max={now.nowMs}
        step={STEP_MS}
        value={at}
        aria-valuetext={`${formatMinute(at, zone.value)}, ${formatDate(at, zone.value)}`}
        onInput={({ currentTarget }) => (slid.value = Number(currentTarget.value))}
      />
      <span class="time-travel-end">{formatTimeOf(now.nowMs - now.startMs, zone.value)(now.nowMs)}</span>
      <button type="button" disabled={asked === undefined} onClick={() => go(Infinity)}>
        Back to now
      </button>
    </footer>
  );
}
