import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ViewSource } from '../../collector/io/page/view-topics.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';
import { readEvents } from '../findings/true-events.ts';
import { savedLedgers } from '../world/saved-ledger.ts';
import type { TrueSite } from '../world/true-site.ts';
import type { KeptDay } from './kept-topics.ts';
import { RunTruth } from './run-truth.ts';
import type { TruthSource } from './truth-topics.ts';

type Truth = Omit<TruthSource, keyof ViewSource>;

/** The ledgers of a run that was kept, read when somebody first asks; none where they were not. */
export function keptLedgers(directory: string, startMs: number, endMs: number): () => readonly TrueSite[] {
  const path = join(directory, 'ledger.csv');
  let read: readonly TrueSite[] | undefined;
  return () => (read ??= existsSync(path) ? savedLedgers(path, (endMs - startMs) * NS_PER_MS) : []);
}

/** The truth of a run that was kept, of all its sites together; `undefined` where it was not kept. */
export function keptTruth(
  directory: string,
  { startMs, endMs, ledgers }: Pick<KeptDay, 'startMs' | 'endMs' | 'ledgers'>,
): (Truth & { close(): void }) | undefined {
  const events = join(directory, 'events.json');
  if (!existsSync(join(directory, 'ledger.csv')) || !existsSync(events)) return undefined;
  const known = readEvents(events);
  const nowNs = (endMs - startMs) * NS_PER_MS;
  let read: RunTruth | undefined;
  const truth = (): RunTruth => (read ??= new RunTruth(ledgers(), startMs, () => ({ nowNs, isOver: true })));
  return {
    epochUnixMs: startMs,
    flows: () => truth().flows(),
    activities: (names) => truth().activities(names, undefined),
    events: () => Promise.resolve(known),
    close: () => read?.close(),
  };
}
