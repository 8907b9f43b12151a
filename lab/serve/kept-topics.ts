import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageRing } from '../../collector/api/view/message-ring.ts';
import type { Topic } from '../../collector/api/view/topic.ts';
import { wireTopic } from '../../collector/api/view/wire-topic.ts';
import type { Exporter } from '../../collector/store/flow-store.ts';
import { NS_PER_MS, trueNs, type TrueNs } from '../../core/time/instant.ts';
import { messageTruth } from '../view/message-truth.ts';
import { savedClocks } from '../view/run-clocks.ts';
import type { TimedRecords } from '../view/timed-records.ts';
import type { TrueSite } from '../world/true-site.ts';
import { clockTopics } from './clock-topics.ts';
import { savedExporters } from './exporter-truths.ts';
import { keptNtpPackets } from './kept-ntp.ts';
import type { KeptSites } from './kept-sites.ts';
import { ntpTopic } from './ntp-topic.ts';

/** What is known of a kept run's time and records; its beginning and end in milliseconds since 1970. */
export interface KeptDay {
  readonly startMs: number;
  readonly endMs: number;
  readonly sites: KeptSites;
  readonly records: ReadonlyMap<string, TimedRecords>;
  /** None where the ledger was not kept. */
  readonly ledgers: () => readonly TrueSite[];
}

/** The topics that need the truth or the octets, of what files of them a run left. */
export function keptTopics(
  directory: string,
  { startMs, endMs, sites, records, ledgers }: KeptDay,
  ring: MessageRing,
): [string, Topic][] {
  const pathOf = (name: string): string => join(directory, name);
  const has = (...names: readonly string[]): boolean => names.every((name) => existsSync(pathOf(name)));
  const nowNs = (): TrueNs => trueNs((endMs - startMs) * NS_PER_MS);
  const topics: [string, Topic][] = [];
  const clocks = has('clocks.csv', 'exchanges.csv')
    ? savedClocks({ clocks: pathOf('clocks.csv'), exchanges: pathOf('exchanges.csv') })
    : [];
  if (clocks.length > 0 && records.size > 0)
    topics.push(
      ...clockTopics({
        epochUnixMs: startMs,
        clocks,
        nowNs,
        records: (name) => records.get(sites.of(name).name),
        revision: () => 0,
      }),
    );
  if (has('ntp.pcap'))
    topics.push(['ntp', ntpTopic({ epochUnixMs: startMs, ring: keptNtpPackets(pathOf('ntp.pcap'), clocks, startMs), nowNs })]);
  if (ring.count > 0) {
    const tellTruth = messageTruth(startMs, savedExporters(sites.all, ledgers, clocks));
    // As while it went on: everybody's where there is one router, a probe's too.
    const exporterOf = (name: string | undefined): Exporter | undefined =>
      sites.all.length > 1 ? sites.of(name).exporter : undefined;
    topics.push(['wire', wireTopic(ring, { exporterOf, tellTruth })]);
  }
  return topics;
}
