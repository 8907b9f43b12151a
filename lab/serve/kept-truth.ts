import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ViewSource } from '../../collector/io/page/view-topics.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';
import { readEvents } from '../findings/true-events.ts';
import { savedLedgers } from '../world/saved-ledger.ts';
import { RunTruth } from './run-truth.ts';
import type { TruthSource } from './truth-topics.ts';

type Truth = Omit<TruthSource, keyof ViewSource>;

/** The truth of a run that was kept, of all its sites together; `undefined` where it was not kept. Nothing of the ledger is read before it is asked for. */
export function keptTruth(directory: string, startMs: number, endMs: number): (Truth & { close(): void }) | undefined {
  const [ledger, events] = ['ledger.csv', 'events.json'].map((name) => join(directory, name)) as [string, string];
  if (!existsSync(ledger) || !existsSync(events)) return undefined;
  const known = readEvents(events);
  const endNs = (endMs - startMs) * NS_PER_MS;
  let read: RunTruth | undefined;
  const truth = (): RunTruth =>
    (read ??= new RunTruth(savedLedgers(ledger, endNs), startMs, () => ({ nowNs: endNs, isOver: true })));
  return {
    epochUnixMs: startMs,
    flows: () => truth().flows(),
    activities: (names) => truth().activities(names, undefined),
    events: () => Promise.resolve(known),
    close: () => read?.close(),
  };
}
