import { useEffect, useRef } from 'preact/hooks';
import { signal, useSignal } from '@preact/signals';
import { askedParameters, backToLive, canStepBack, instantOf, showRange, stepBack, timeRange } from '../../state/range.ts';
import { route } from '../../state/route.ts';
import { status, zone } from '../../state/status.ts';
import { readTime, writeTime } from '../../text/zone-time.ts';
import './range.css';

/** Whether a time is to be written, though none is in the address yet. */
export const isWriting = signal(false);

/** From when to when is shown, to be written by hand, and the ways back; absent while all is shown. */
export function RangeBar() {
  const { range, from, to } = timeRange.value;
  const isByHand = isWriting.value || from !== undefined || to !== undefined;
  const isPast = range !== undefined || isByHand || route.value.parameters['at'] !== undefined;
  if (!isPast && !canStepBack.value) return null;
  return (
    <div class="range-bar" role="group" aria-label="Time that is shown">
      {/* What is written is of a zone and of a time; of others it is written anew. */}
      {isByHand ? <RangeForm key={`${zone.value} ${from} ${to}`} from={from} to={to} /> : <Since />}
      {canStepBack.value && (
        <button type="button" onClick={stepBack}>
          Step back
        </button>
      )}
      {isPast && (
        <button
          type="button"
          onClick={() => {
            isWriting.value = false;
            backToLive();
          }}
        >
          {status.value?.kind === 'live' && status.value.isOver !== true ? 'Back to live' : 'Show all'}
        </button>
      )}
    </div>
  );
}

/** When a moving time begins. */
function Since() {
  const { from } = askedParameters.value;
  if (from === undefined) return null;
  return (
    <p class="soft">
      since {writeTime(Number(from), zone.value)} in {zone.value}
    </p>
  );
}

interface RangeFormProperties {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Two times as they are written in the chosen zone. An empty one is no bound. */
function RangeForm({ from, to }: RangeFormProperties) {
  const written = (text: string | undefined): string => {
    const atMs = instantOf(text);
    return atMs === undefined ? '' : writeTime(atMs, zone.value);
  };
  const [begin, end] = [useSignal(written(from)), useSignal(written(to))];
  const mistake = useSignal<string | undefined>(undefined);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isWriting.peek()) first.current?.focus();
  }, []);
  const submit = (event: Event): void => {
    event.preventDefault();
    try {
      const next = rangeOf(begin.value, end.value);
      mistake.value = undefined;
      isWriting.value = false;
      showRange(next);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      mistake.value = error.message;
    }
  };
  const field = (label: string, value: typeof begin, nothing: string, input?: typeof first) => (
    <label class="range-field">
      {label}
      <input
        type="text"
        ref={input}
        placeholder={nothing}
        value={value.value}
        aria-invalid={mistake.value !== undefined}
        aria-describedby="range-mistake"
        onInput={({ currentTarget }) => (value.value = currentTarget.value)}
      />
    </label>
  );
  return (
    <form onSubmit={submit}>
      {field('From', begin, 'the beginning', first)}
      {field('to', end, 'now')}
      <span class="soft">in {zone.value}</span>
      <button type="submit" class="primary">
        Show
      </button>
      <p id="range-mistake" class="range-mistake" role="alert">
        {mistake.value}
      </p>
    </form>
  );
}

/** What was written, as parameters. Throws a RangeError of one sentence for what is no time. */
function rangeOf(begin: string, end: string): { from?: string; to?: string } {
  const { startMs = 0, nowMs = 0 } = status.peek() ?? {};
  const read = (text: string, nearMs: number): number | undefined =>
    text.trim() === '' ? undefined : readTime(text, zone.peek(), nearMs);
  const fromMs = read(begin, startMs);
  const toMs = read(end, fromMs ?? nowMs);
  if (fromMs === undefined && toMs === undefined)
    throw new RangeError('Write one of the two times at least, such as 2026-03-02 09:05');
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw new RangeError('The first time must be before the second');
  return { ...(fromMs === undefined ? {} : { from: String(fromMs) }), ...(toMs === undefined ? {} : { to: String(toMs) }) };
}
