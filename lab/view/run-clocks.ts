import { readFileSync } from 'node:fs';
import { groupBy } from '../../collector/query/group-by.ts';
import { trueNs, wallNs, type TrueNs } from '../../core/time/instant.ts';
import type { NamedClock } from '../world/clock-files.ts';
import type { Exchange } from '../world/exchange-log.ts';

/** A clock of a run, as far as the run has come. */
export interface RunClock {
  readonly device: string;
  /** Positive is fast, in nanoseconds. */
  errorNs(at: TrueNs): number;
  /** The same had nobody corrected it. */
  untouchedErrorNs(at: TrueNs): number;
  /** The oldest first. */
  readonly exchanges: readonly Exchange[];
}

/** The clocks of a run in this process. */
export const liveClocks = (clocks: readonly NamedClock[]): RunClock[] =>
  clocks.map(({ device, clock: kept }) => {
    const alone = kept.untouched();
    return {
      device,
      errorNs: (at) => kept.clock.errorNs(at),
      untouchedErrorNs: (at) => alone.errorNs(at),
      get exchanges() {
        return kept.exchanges;
      },
    };
  });

/** The clocks of a saved run: clocks.csv, between whose lines an error is a straight line, and exchanges.csv. */
export function savedClocks(paths: { readonly clocks: string; readonly exchanges: string }): RunClock[] {
  const exchanges = groupBy(rowsOf(paths.exchanges), ([device = '']) => device);
  return [...groupBy(rowsOf(paths.clocks), ([device = '']) => device)].map(([device, rows]) => {
    const [atNs, errorNs, untouchedErrorNs] = [1, 2, 3].map((column) => rows.map((row) => Number(row[column]))) as [
      number[],
      number[],
      number[],
    ];
    return {
      device,
      errorNs: (at) => between(atNs, errorNs, at),
      untouchedErrorNs: (at) => between(atNs, untouchedErrorNs, at),
      exchanges: (exchanges.get(device) ?? []).map(exchangeOf),
    };
  });
}

const rowsOf = (path: string): string[][] => {
  const [, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split(','));
};

function exchangeOf([, server = '', ...texts]: readonly string[]): Exchange {
  const [trueT1Ns, trueT2Ns, trueT4Ns, t1Ns, t2Ns, t3Ns, t4Ns, offsetNs, delayNs, boundNs] = texts.map(Number) as [
    ...[number, number, number, number, number, number, number, number, number, number],
  ];
  return {
    server,
    trueT1Ns: trueNs(trueT1Ns),
    trueT2Ns: trueNs(trueT2Ns),
    trueT4Ns: trueNs(trueT4Ns),
    t1Ns: wallNs(t1Ns),
    t2Ns: wallNs(t2Ns),
    t3Ns: wallNs(t3Ns),
    t4Ns: wallNs(t4Ns),
    offsetNs,
    delayNs,
    boundNs,
    outcome: texts.slice(10).join(','),
  };
}

/** The value at `at` on the line between its neighbours in `atNs`, which ascends; beyond the ends, the end's. */
function between(atNs: readonly number[], values: readonly number[], at: number): number {
  let low = 0;
  let high = atNs.length - 1;
  while (low < high - 1) {
    const middle = (low + high) >> 1;
    if ((atNs[middle] as number) <= at) low = middle;
    else high = middle;
  }
  const [from = 0, to = from] = [atNs[low], atNs[high]];
  const [first = 0, last = first] = [values[low], values[high]];
  const share = to === from ? 0 : Math.min(1, Math.max(0, (at - from) / (to - from)));
  return first + (last - first) * share;
}
