import { NS_PER_MS, NS_PER_S, trueNs, type TrueNs } from '../../core/time/instant.ts';
import type { ClockSeriesView, ClocksView, ClockView, ExchangeView, LaneView } from '../../collector/api/view/clocks-view.ts';
import { formatDuration } from '../report/format.ts';
import type { Exchange } from '../world/exchange-log.ts';
import type { RunClock } from './run-clocks.ts';
import type { TimedRecords } from './timed-records.ts';

const POINTS = 600;
const EXCHANGES = 40;
const LANES = 24;
const SECONDS_PER_DAY = 86_400;
/** Over which a clock's rate is told. */
const RATE_NS = 60 * NS_PER_S;
/** An error that nobody would speak of. */
const RIGHT_NS = NS_PER_MS;

/** What the view is asked for: everything from `fromNs` to `nowNs`, of which the run knows no more. */
export interface ClocksRequest {
  readonly epochUnixMs: number;
  readonly fromNs: TrueNs;
  readonly nowNs: TrueNs;
  readonly bucketS: number;
  /** The exchange that ended at this true instant is told too, however old, in milliseconds since 1970. */
  readonly exchangeMs?: number | undefined;
}

/** The clocks of a run until an instant, with the truth beside each. */
export function clocksView(clocks: readonly RunClock[], records: TimedRecords | undefined, request: ClocksRequest): ClocksView {
  const { nowNs, epochUnixMs } = request;
  const known = clocks.map((clock) => ({ clock, exchanges: clock.exchanges.filter(({ trueT4Ns }) => trueT4Ns <= nowNs) }));
  const isAsked = (trueT4Ns: TrueNs): boolean => epochUnixMs + trueT4Ns / NS_PER_MS === request.exchangeMs;
  return {
    nowMs: epochUnixMs + nowNs / NS_PER_MS,
    clocks: known.map(({ clock, exchanges }) => clockView(clock, exchanges.length > 0, request)),
    series: known.map(({ clock, exchanges }) => seriesView(clock, exchanges, request)),
    exchanges: known
      .flatMap(({ clock, exchanges }) =>
        exchanges
          .filter(({ trueT4Ns }, index) => index >= exchanges.length - EXCHANGES || isAsked(trueT4Ns))
          .map((exchange) => exchangeView(clock, exchange, epochUnixMs)),
      )
      .toSorted((one, other) => other.trueT4Ms - one.trueT4Ms)
      .filter(({ trueT4Ms }, index) => index < EXCHANGES || trueT4Ms === request.exchangeMs),
    lanes: records === undefined ? [] : lanesOf(records, request),
  };
}

function clockView(clock: RunClock, isKept: boolean, { nowNs, epochUnixMs }: ClocksRequest): ClockView {
  const errorNs = clock.errorNs(nowNs);
  const before = trueNs(Math.max(0, nowNs - RATE_NS));
  const driftPpm = nowNs === before ? 0 : ((errorNs - clock.errorNs(before)) / (nowNs - before)) * 1e6;
  return {
    device: clock.device,
    shownMs: epochUnixMs + (nowNs + errorNs) / NS_PER_MS,
    errorMs: { value: errorNs / NS_PER_MS, sure: 'truth' },
    driftPpm: { value: driftPpm, sure: 'truth', note: 'over the last minute' },
    isKept,
    sentence: `the ${clock.device} is ${errorWords(errorNs)}${rateWords(driftPpm)}`,
  };
}

function errorWords(errorNs: number): string {
  if (Math.abs(errorNs) < RIGHT_NS) return 'right within a millisecond';
  return `${formatDuration(Math.abs(errorNs) / NS_PER_S)} ${errorNs > 0 ? 'ahead' : 'behind'}`;
}

function rateWords(driftPpm: number): string {
  const perDayS = (Math.abs(driftPpm) / 1e6) * SECONDS_PER_DAY;
  return perDayS < 0.001 ? '' : ` and ${driftPpm > 0 ? 'gains' : 'loses'} ${formatDuration(perDayS)} a day`;
}

function seriesView(
  clock: RunClock,
  exchanges: readonly Exchange[],
  { fromNs, nowNs, epochUnixMs }: ClocksRequest,
): ClockSeriesView {
  const instants = Array.from({ length: POINTS + 1 }, (_, point) =>
    trueNs(Math.round(fromNs + ((nowNs - fromNs) * point) / POINTS)),
  );
  const inView = exchanges.filter(({ trueT4Ns }) => trueT4Ns >= fromNs);
  const every = Math.ceil(inView.length / POINTS);
  return {
    device: clock.device,
    atMs: instants.map((at) => epochUnixMs + at / NS_PER_MS),
    errorMs: instants.map((at) => clock.errorNs(at) / NS_PER_MS),
    untouchedErrorMs: instants.map((at) => clock.untouchedErrorNs(at) / NS_PER_MS),
    // Steps and rejections are few and what a reader looks for: none of them is left out.
    estimates: inView
      .filter(({ outcome }, index) => index % every === 0 || !['slew', 'none'].includes(outcome))
      .map(({ trueT4Ns, offsetNs, boundNs, outcome }) => ({
        atMs: epochUnixMs + trueT4Ns / NS_PER_MS,
        // What the clock lacks is the opposite of its error (RFC 5905 section 8).
        errorMs: -offsetNs / NS_PER_MS,
        boundMs: boundNs / NS_PER_MS,
        outcome,
      })),
  };
}

/** One exchange of a device's for the ladder. */
export function exchangeView({ device }: Pick<RunClock, 'device'>, exchange: Exchange, epochUnixMs: number): ExchangeView {
  const { server, trueT1Ns, trueT2Ns, trueT4Ns, t1Ns, t2Ns, t3Ns, t4Ns, offsetNs, delayNs, boundNs, outcome } = exchange;
  const ms = (ns: number): number => epochUnixMs + ns / NS_PER_MS;
  return {
    device,
    server,
    t1Ms: ms(t1Ns),
    t2Ms: ms(t2Ns),
    t3Ms: ms(t3Ns),
    t4Ms: ms(t4Ns),
    trueT1Ms: ms(trueT1Ns),
    trueT2Ms: ms(trueT2Ns),
    trueT4Ms: ms(trueT4Ns),
    offsetMs: offsetNs / NS_PER_MS,
    delayMs: delayNs / NS_PER_MS,
    boundMs: boundNs / NS_PER_MS,
    // Both clocks in the middle of the way there and back: T1 and T4 are of one clock, as it was before a correction.
    trueOffsetMs: (t2Ns - trueT2Ns - (t1Ns - trueT1Ns + (t4Ns - trueT4Ns)) / 2) / NS_PER_MS,
    outcome,
  };
}

/** The newest records, and of them those first that something is odd about. */
function lanesOf(records: TimedRecords, { nowNs, fromNs, epochUnixMs, bucketS }: ClocksRequest): LaneView[] {
  const rows: number[] = [];
  for (let row = records.length - 1; row >= 0 && rows.length < 20 * LANES; row--) {
    const arrived = records.arrivedNs[row] as number;
    if (arrived <= nowNs && arrived >= fromNs) rows.push(row);
  }
  return rows
    .map((row) => laneOf(records, row, epochUnixMs, bucketS))
    .toSorted((one, other) => Math.sign(other.odd.length) - Math.sign(one.odd.length) || other.octets - one.octets)
    .slice(0, LANES);
}

function laneOf(records: TimedRecords, row: number, epochUnixMs: number, bucketS: number): LaneView {
  const ms = (column: Float64Array): number => epochUnixMs + (column[row] as number) / NS_PER_MS;
  const bucket = (instantMs: number): number => Math.floor(instantMs / (bucketS * 1_000));
  const [routerStartMs, routerEndMs, receivedMs] = [ms(records.storedStartNs), ms(records.storedEndNs), ms(records.receivedNs)];
  const [trueStartMs, trueEndMs] = [ms(records.startNs), ms(records.endNs)];
  return {
    record: records.id[row] as number,
    octets: records.octets[row] as number,
    trueStartMs,
    trueEndMs,
    routerStartMs,
    routerEndMs,
    headerMs: ms(records.headerNs),
    receivedMs,
    correctedStartMs: ms(records.correctedStartNs),
    correctedEndMs: ms(records.correctedEndNs),
    odd: [
      ...(routerEndMs > receivedMs ? ['future'] : []),
      ...(routerEndMs < routerStartMs ? ['negative'] : []),
      ...(bucket(routerStartMs) !== bucket(trueStartMs) || bucket(routerEndMs) !== bucket(trueEndMs) ? ['wrong-bucket'] : []),
    ],
  };
}
