import type { ClocksView } from '../../../api/view/clocks-view.ts';
import { SureNumber } from '../../parts/sure-mark.tsx';
import { zone } from '../../state/status.ts';
import { formatDate, formatInstant, formatSigned } from '../../text/format.ts';
import { localMs } from '../../text/zone-time.ts';

/** Errors below are none to anybody who looks at flows. */
const RIGHT_MS = 1;
const BAD_MS = 1_000;

/** Every clock with what it shows, the true one first. */
export function ClockFaces({ view }: { readonly view: Pick<ClocksView, 'nowMs' | 'clocks'> }) {
  return (
    <ul class="clock-faces">
      <li class="clock-face true">
        <h3>true time</h3>
        <Face ms={view.nowMs} />
        <p class="soft">{formatDate(view.nowMs, zone.value)}</p>
      </li>
      {view.clocks.map(({ device, shownMs, errorMs, sentence, isKept }) => (
        <li key={device} class={`clock-face ${kindOf(errorMs.value)}`}>
          <h3>{device}</h3>
          <Face ms={shownMs} />
          <p>
            <SureNumber of={errorMs} format={formatSigned} />
          </p>
          <p class="soft">
            {sentence}; {isKept === true ? 'kept by NTP' : 'kept by nobody'}
          </p>
        </li>
      ))}
    </ul>
  );
}

function Face({ ms }: { readonly ms: number }) {
  const date = new Date(localMs(ms, zone.value));
  const [hours, minutes, seconds] = [date.getUTCHours() + date.getUTCMinutes() / 60, date.getUTCMinutes(), date.getUTCSeconds()];
  return (
    <div class="face">
      <svg viewBox="-50 -50 100 100" width="64" height="64" aria-hidden="true">
        <circle r="47" class="face-rim" />
        <Hand turn={hours / 12} length={24} class="face-hour" />
        <Hand turn={(minutes + seconds / 60) / 60} length={36} class="face-minute" />
        <Hand turn={seconds / 60} length={42} class="face-second" />
      </svg>
      <time class="mono">{formatInstant(ms, zone.value)}</time>
    </div>
  );
}

function Hand({ turn, length, class: kind }: { readonly turn: number; readonly length: number; readonly class: string }) {
  return (
    <line x1="0" y1="0" x2={Math.sin(turn * 2 * Math.PI) * length} y2={-Math.cos(turn * 2 * Math.PI) * length} class={kind} />
  );
}

const kindOf = (errorMs: number): string =>
  Math.abs(errorMs) < RIGHT_MS ? 'right' : Math.abs(errorMs) < BAD_MS ? 'off' : 'wrong';
