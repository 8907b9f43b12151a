import { useSignal } from '@preact/signals';
import { useMeasured } from '../charts/use-width.ts';
import { connection, type Link } from '../live/connection.ts';
import { Choice } from '../parts/choice.tsx';
import { Term } from '../parts/term.tsx';
import { route, setParameters } from '../state/route.ts';
import { audience, theme, zoneChoice } from '../state/settings.ts';
import { clockErrorMs, status, zone } from '../state/status.ts';
import { isTruthKnown, isTruthShown, showTruth } from '../state/truth.ts';
import { formatClockError, formatDate, formatTime } from '../text/format.ts';
import { RangeBar } from './range/range-bar.tsx';
import { RangeChoice } from './range/range-choice.tsx';
import { RouterChoice } from './router-choice.tsx';
import { SpeedControls } from './speed-controls.tsx';

/** What is shown, how far it has come, and how it is shown. */
export function Header() {
  const now = status.value;
  // What sticks below it and the skipping to what stands below it go by its height, which its controls and the window change.
  const measured = useMeasured(({ height }) => document.documentElement.style.setProperty('--header-height', `${height}px`));
  return (
    <header class="header" ref={measured}>
      <div class="header-subject">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <div>
          <p class="header-name">
            {now?.name ?? 'flowlab'}
            {now?.seed !== undefined && <span class="chip">seed {now.seed}</span>}
            {now?.kind === 'replay' && <span class="chip">kept run</span>}
          </p>
          {now?.title !== undefined && <p class="header-title">{now.title}</p>}
        </div>
      </div>
      <Clock />
      <SpeedControls />
      <div class="header-settings">
        <RouterChoice />
        <RangeChoice />
        <BasisChoice />
        <TruthSwitch />
        <Settings />
        <LinkState />
        <CopyLink />
      </div>
      <RangeBar />
    </header>
  );
}

/** What nobody notices by a watch. */
const WRONG_MS = 1_000;

function Clock() {
  const now = status.value;
  const errorMs = clockErrorMs.value;
  if (now === undefined) return null;
  return (
    <div class="header-clock">
      <time class="clock-time" dateTime={new Date(now.nowMs).toISOString()}>
        {formatTime(now.nowMs, zone.value)}
      </time>
      <span class="clock-date">
        {formatDate(now.nowMs, zone.value)} · {zone.value}
      </span>
      {errorMs !== undefined && isTruthShown.value && (
        <span class={Math.abs(errorMs) < WRONG_MS ? 'clock-date' : 'clock-error'}>router {formatClockError(errorMs)}</span>
      )}
    </div>
  );
}

const BASES: Readonly<Record<string, string>> = {
  flow: "the router's flow times",
  export: 'when it was exported',
  receive: 'when it was received',
  corrected: 'flow times, corrected',
  truth: 'the truth',
};

/** By which clock everything on the page is placed in time. */
function BasisChoice() {
  const { basis: chosen } = route.value.parameters;
  // A link may go by the truth and not want to see it beside.
  const bases = (status.value?.bases ?? []).filter((each) => each !== 'truth' || isTruthShown.value || each === chosen);
  if (bases.length < 2) return null;
  return (
    <div class="field">
      <span>
        <label for="basis">Times by</label> <Term name="time basis">?</Term>
      </span>
      <select
        id="basis"
        value={chosen ?? bases[0]}
        onChange={({ currentTarget: { value } }) => setParameters({ basis: value === bases[0] ? undefined : value })}
      >
        {bases.map((basis) => (
          <option key={basis} value={basis}>
            {BASES[basis] ?? basis}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Only the lab has it. */
function TruthSwitch() {
  if (!isTruthKnown.value) return null;
  return (
    <label class="field truth-switch">
      <span>Truth</span>
      <span>
        <input type="checkbox" checked={isTruthShown.value} onChange={({ currentTarget }) => showTruth(currentTarget.checked)} />
        show the truth
      </span>
    </label>
  );
}

function Settings() {
  return (
    <>
      <Choice
        label="For a"
        value={audience.value}
        options={{ manager: 'manager', engineer: 'engineer' }}
        onChoose={(value) => (audience.value = value)}
      />
      <Choice
        label="Zone"
        value={zoneChoice.value}
        options={{ office: 'office', browser: 'mine', UTC: 'UTC' }}
        onChoose={(value) => (zoneChoice.value = value)}
      />
      <Choice
        label="Theme"
        value={theme.value}
        options={{ auto: 'auto', light: 'light', dark: 'dark' }}
        onChoose={(value) => (theme.value = value)}
      />
    </>
  );
}

const LINKS: Readonly<Record<Link, string>> = {
  connecting: 'connecting',
  connected: 'live',
  lost: 'connection lost, trying again',
  'token-needed': 'token needed',
};

function LinkState() {
  const link = connection.link.value;
  const now = status.value;
  // Of what is over nothing new comes.
  const isOver = now?.kind === 'replay' || now?.isOver === true;
  return (
    <p class={`link-state ${link}`} role="status">
      <span class="dot" aria-hidden="true" />
      {link === 'connected' && isOver ? 'connected' : LINKS[link]}
    </p>
  );
}

const SHOWN_MS = 2_000;

function CopyLink() {
  const said = useSignal('Copy link');
  const copy = async (): Promise<void> => {
    said.value = await navigator.clipboard.writeText(location.href).then(
      () => 'Copied',
      () => 'Not allowed',
    );
    setTimeout(() => (said.value = 'Copy link'), SHOWN_MS);
  };
  return (
    <button type="button" onClick={() => void copy()}>
      <span aria-live="polite">{said.value}</span>
    </button>
  );
}
