import type { TrueNs } from '../../core/time/instant.ts';
import { trueNs, NS_PER_MS } from '../../core/time/instant.ts';
import { QueryMistake } from '../../collector/api/query-request.ts';
import { numberOf } from '../../collector/api/view/number-of.ts';
import type { Topic } from '../../collector/api/view/topic.ts';
import { BUCKET_S } from '../findings/damage.ts';
import { clocksView } from '../view/clocks-view.ts';
import { consequenceView } from '../view/consequence-view.ts';
import type { RunClock } from '../view/run-clocks.ts';
import type { TimedRecords } from '../view/timed-records.ts';
import { TOLD_BASES, type ToldBasis } from '../view/told-times.ts';

/** A run whose clocks are shown. */
export interface ClockSource {
  readonly epochUnixMs: number;
  readonly clocks: readonly RunClock[];
  /** How far the run has come. */
  nowNs(): TrueNs;
  /** Of a router, by the parameter `exporter`; known when the run is over. Throws a QueryMistake when nobody is called so. */
  records(exporter: string | undefined): TimedRecords | undefined;
  revision(): number;
}

/** A day: nobody's clock that is to be understood is further off. */
const MAX_ERROR_MS = 86_400_000;
const MILLISECONDS = 'a number of milliseconds';

function basisOf(parameters: ReadonlyMap<string, string>): ToldBasis {
  const asked = parameters.get('basis') ?? TOLD_BASES[0];
  const basis = TOLD_BASES.find((one) => one === asked);
  if (basis === undefined) throw new QueryMistake(`basis is "${asked}": it must be one of ${TOLD_BASES.join(', ')}`);
  return basis;
}

/** The topics `clocks` and `consequence`, which only the lab can answer: they are about the truth. */
export function clockTopics(source: ClockSource): [string, Topic][] {
  const { epochUnixMs, clocks } = source;
  const revision = (): number => source.revision();
  /** An asked instant as one of the run, from its beginning to `lastNs`. */
  const within = (lastNs: TrueNs, askedMs: number): TrueNs =>
    trueNs(Math.max(0, Math.min(lastNs, (askedMs - epochUnixMs) * NS_PER_MS)));
  /** The earlier of the parameters `at` and `to`, as far as the run has come. */
  const until = (parameters: ReadonlyMap<string, string>): TrueNs => {
    const [at, to] = [numberOf(parameters, 'at', MILLISECONDS), numberOf(parameters, 'to', MILLISECONDS)];
    return within(source.nowNs(), Math.min(at ?? Infinity, to ?? Infinity));
  };
  return [
    [
      'clocks',
      {
        revision,
        view: async (parameters) => {
          const nowNs = until(parameters);
          const fromNs = within(nowNs, numberOf(parameters, 'from', MILLISECONDS) ?? epochUnixMs);
          return clocksView(clocks, source.records(parameters.get('exporter')), {
            epochUnixMs,
            fromNs,
            nowNs,
            bucketS: BUCKET_S,
            exchangeMs: numberOf(parameters, 'exchange', MILLISECONDS),
          });
        },
      },
    ],
    [
      'consequence',
      {
        revision,
        view: async (parameters) => {
          const errorMs = numberOf(parameters, 'errorMs', MILLISECONDS) ?? 0;
          if (Math.abs(errorMs) > MAX_ERROR_MS)
            throw new QueryMistake(`errorMs is ${errorMs}: it must be a day at most, ${MAX_ERROR_MS} either way`);
          const records = source.records(parameters.get('exporter'));
          if (records === undefined) throw new QueryMistake('what a wrong clock does is reckoned when the run is over');
          const isKept = parameters.get('ntp') === 'on';
          const basis = basisOf(parameters);
          return consequenceView(records, { epochUnixMs, nowNs: until(parameters), bucketS: BUCKET_S, basis, errorMs, isKept });
        },
      },
    ],
  ];
}
