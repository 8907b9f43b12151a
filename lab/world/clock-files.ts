import { closeSync, openSync, writeSync } from 'node:fs';
import { trueNs, type TrueNs } from '../../core/time/instant.ts';
import type { KeptClock } from './kept-clock.ts';

/** A clock to be written down, by the name of what it is in. */
export interface NamedClock {
  readonly device: string;
  readonly clock: Pick<KeptClock, 'clock' | 'untouched' | 'exchanges'>;
}

/** Lines of clocks.csv for each clock: a chart has no more. */
const POINTS = 2_000;
const CLOCKS = 'device,true_ns,error_ns,untouched_error_ns';
const EXCHANGES = [
  'device',
  'server',
  'true_t1_ns',
  'true_t2_ns',
  'true_t4_ns',
  't1_ns',
  't2_ns',
  't3_ns',
  't4_ns',
  'offset_ns',
  'delay_ns',
  'bound_ns',
  'outcome',
].join(',');

/** The clock's error at evenly spaced instants from 0 to `end`, as it was kept and as it would have been had nobody corrected it. */
export function clockSeries(
  kept: Pick<KeptClock, 'clock' | 'untouched'>,
  end: TrueNs,
  points = POINTS,
): { readonly atNs: TrueNs; readonly errorNs: number; readonly untouchedErrorNs: number }[] {
  const alone = kept.untouched();
  return Array.from({ length: points + 1 }, (_, point) => {
    const atNs = trueNs(Math.round((end / points) * point));
    return { atNs, errorNs: kept.clock.errorNs(atNs), untouchedErrorNs: alone.errorNs(atNs) };
  });
}

/**
 * Writes clocks.csv, how wrong each clock was through the run and would have been without NTP, and exchanges.csv, each reply of an NTP
 * server with its four times in truth and by the clocks that took them; all in nanoseconds since the scenario's epoch.
 */
export function writeClocks(
  paths: { readonly clocks: string; readonly exchanges: string },
  clocks: readonly NamedClock[],
  end: TrueNs,
): void {
  write(paths.clocks, CLOCKS, clocks, ({ device, clock }) =>
    clockSeries(clock, end).map(({ atNs, errorNs, untouchedErrorNs }) => [
      device,
      atNs,
      Math.round(errorNs),
      Math.round(untouchedErrorNs),
    ]),
  );
  write(paths.exchanges, EXCHANGES, clocks, ({ device, clock }) =>
    clock.exchanges.map((exchange) => [
      device,
      exchange.server,
      exchange.trueT1Ns,
      exchange.trueT2Ns,
      exchange.trueT4Ns,
      exchange.t1Ns,
      exchange.t2Ns,
      exchange.t3Ns,
      exchange.t4Ns,
      Math.round(exchange.offsetNs),
      exchange.delayNs,
      Math.round(exchange.boundNs),
      exchange.outcome,
    ]),
  );
}

type Line = readonly (string | number)[];

function write(
  path: string,
  header: string,
  clocks: readonly NamedClock[],
  linesOf: (clock: NamedClock) => readonly Line[],
): void {
  const file = openSync(path, 'w');
  try {
    writeSync(file, `${header}\n`);
    for (const clock of clocks) {
      const text = linesOf(clock)
        .map((line) => `${line.join(',')}\n`)
        .join('');
      writeSync(file, text);
    }
  } finally {
    closeSync(file);
  }
}
