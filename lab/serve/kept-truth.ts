import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ViewSource } from '../../collector/io/page/view-topics.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';
import { judgedAlerts } from '../findings/judged-alerts.ts';
import { readEvents, type TrueEvents } from '../findings/true-events.ts';
import { savedLedgers } from '../world/saved-ledger.ts';
import type { TrueSite } from '../world/true-site.ts';
import type { KeptDay } from './kept-topics.ts';
import { RunTruth } from './run-truth.ts';
import type { TruthSource } from './truth-topics.ts';

const NOTHING_HAPPENED: TrueEvents = { events: [], slackMs: 0 };
type Truth = Omit<TruthSource, keyof ViewSource>;

/** The ledgers of a run that was kept, read when somebody first asks; none where they were not. */
export function keptLedgers(directory: string, { startMs, endMs, sites }: Omit<KeptDay, 'ledgers'>): () => readonly TrueSite[] {
  const path = join(directory, 'ledger.csv');
  let read: readonly TrueSite[] | undefined;
  return () => (read ??= existsSync(path) ? savedLedgers(path, (endMs - startMs) * NS_PER_MS, sites.all) : []);
}

/** The truth of a run that was kept; `undefined` where it was not kept. */
export function keptTruth(
  directory: string,
  { startMs, endMs, sites, ledgers }: KeptDay,
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
    activities: (names, exporter) => truth().activities(names, sites.of(exporter).name),
    judged: (alerts, exporter) => {
      const { name, raisedTrulyMs } = sites.of(exporter);
      return judgedAlerts(alerts, known.get(name) ?? NOTHING_HAPPENED, raisedTrulyMs);
    },
    close: () => read?.close(),
  };
}
