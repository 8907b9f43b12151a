import type { ExchangeView } from '../../../api/view/clocks-view.ts';
import { linkTo, route, setParameters } from '../../state/route.ts';
import { status, zone } from '../../state/status.ts';
import { formatClockError, formatDuration, formatInstant, formatSigned, formatTime } from '../../text/format.ts';

/** The four times of an exchange between two upright lines, and the sums that are made of them. */
export function Ladder({ exchanges }: { readonly exchanges: readonly ExchangeView[] }) {
  const { exchange: asked, of: whose } = route.value.parameters;
  const index = Math.max(
    0,
    exchanges.findIndex((one) => String(one.trueT4Ms) === asked && one.device === whose),
  );
  const exchange = exchanges[index];
  if (exchange === undefined) return <p class="soft">No clock has asked an NTP server so far.</p>;
  return (
    <div class="ladder">
      <label>
        Exchange{' '}
        <select
          value={String(index)}
          onChange={({ currentTarget }) => {
            const { trueT4Ms, device } = exchanges[Number(currentTarget.value)] ?? exchange;
            // In the address: newer ones move the places in the list.
            setParameters({ exchange: String(trueT4Ms), of: device }, false);
          }}
        >
          {exchanges.map(({ device, server, trueT4Ms, outcome }, index) => (
            <option key={`${device} ${server} ${trueT4Ms}`} value={index}>
              {formatTime(trueT4Ms, zone.value)} {device} asks {server}: {outcome}
            </option>
          ))}
        </select>
      </label>
      <ExchangeLadder exchange={exchange} />
      {status.value?.topics.includes('ntp') === true && (
        <a href={linkTo('wire', { show: 'ntp', replied: String(exchange.trueT4Ms), client: exchange.device })}>
          See its packets in Wire
        </a>
      )}
    </div>
  );
}

/** One exchange as a drawing, and its sums. */
export function ExchangeLadder({ exchange }: { readonly exchange: ExchangeView }) {
  return (
    <>
      <Drawing exchange={exchange} />
      <Sums exchange={exchange} />
    </>
  );
}

const [WIDTH, HEIGHT, LEFT, RIGHT] = [560, 190, 150, 410] as const;

function Drawing({ exchange }: { readonly exchange: ExchangeView }) {
  const { device, server, t1Ms, t2Ms, t3Ms, t4Ms, trueT1Ms, trueT2Ms, trueT4Ms } = exchange;
  const top = 40;
  const middle = top + 110 * Math.min(0.85, Math.max(0.15, (trueT2Ms - trueT1Ms) / Math.max(1e-6, trueT4Ms - trueT1Ms)));
  const bottom = top + 110;
  const time = (ms: number): string => formatInstant(ms, zone.value);
  return (
    <div class="drawing">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`The ${device} asks at ${time(t1Ms)}, ${server} gets it at ${time(t2Ms)} and answers at ${time(t3Ms)}, the ${device} has it at ${time(t4Ms)}.`}
      >
        <text x={LEFT} y="16" text-anchor="middle" class="ladder-name">
          {device}
        </text>
        <text x={RIGHT} y="16" text-anchor="middle" class="ladder-name">
          {server}
        </text>
        <line x1={LEFT} x2={LEFT} y1="24" y2={HEIGHT - 10} class="ladder-pole" />
        <line x1={RIGHT} x2={RIGHT} y1="24" y2={HEIGHT - 10} class="ladder-pole" />
        <line x1={LEFT} y1={top} x2={RIGHT} y2={middle} class="ladder-way there" />
        <line x1={RIGHT} y1={middle} x2={LEFT} y2={bottom} class="ladder-way back" />
        <Mark x={LEFT - 8} y={top} anchor="end" name="T1" time={time(t1Ms)} />
        <Mark x={RIGHT + 8} y={middle - 8} anchor="start" name="T2" time={time(t2Ms)} />
        <Mark x={RIGHT + 8} y={middle + 10} anchor="start" name="T3" time={time(t3Ms)} />
        <Mark x={LEFT - 8} y={bottom} anchor="end" name="T4" time={time(t4Ms)} />
      </svg>
    </div>
  );
}

function Mark({ x, y, anchor, name, time }: { x: number; y: number; anchor: 'start' | 'end'; name: string; time: string }) {
  return (
    <text x={x} y={y + 4} text-anchor={anchor} class="ladder-mark">
      {name} {time}
    </text>
  );
}

function Sums({ exchange }: { readonly exchange: ExchangeView }) {
  const { t1Ms, t2Ms, t3Ms, t4Ms, offsetMs, delayMs, boundMs, trueOffsetMs, outcome } = exchange;
  return (
    <dl class="sums">
      <dt>offset</dt>
      <dd>
        ((T2 − T1) + (T3 − T4)) / 2 = (({formatSigned(t2Ms - t1Ms)}) + ({formatSigned(t3Ms - t4Ms)})) / 2 ={' '}
        <strong>{formatSigned(offsetMs)}</strong>
      </dd>
      <dt>delay</dt>
      <dd>
        (T4 − T1) − (T3 − T2) = {formatSigned(t4Ms - t1Ms)} − {formatSigned(t3Ms - t2Ms)} ={' '}
        <strong>{formatSigned(delayMs)}</strong>
      </dd>
      <dt>in truth</dt>
      <dd>
        the clock was {formatClockError(-trueOffsetMs)}: the measurement is {formatDuration(Math.abs(offsetMs - trueOffsetMs))}{' '}
        off, and says it may be {formatDuration(boundMs)}. No client can see what the two ways take apart from each other.
      </dd>
      <dt>then</dt>
      <dd>{OUTCOMES[outcome] ?? `the reply was rejected: ${outcome}`}</dd>
    </dl>
  );
}

const OUTCOMES: Readonly<Record<string, string>> = {
  step: 'the clock was set at once',
  slew: 'the clock was made to run a little faster or slower until the error is gone',
  none: 'nothing was done: this server is not followed, or not yet',
};
