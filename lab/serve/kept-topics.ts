import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Topic } from '../../collector/api/view/topic.ts';
import { wireTopic } from '../../collector/api/view/wire-topic.ts';
import { NS_PER_MS, trueNs, type TrueNs } from '../../core/time/instant.ts';
import { messageTruth } from '../view/message-truth.ts';
import { savedClocks } from '../view/run-clocks.ts';
import { savedRecords } from '../view/timed-records.ts';
import { clockTopics } from './clock-topics.ts';
import { savedExporter } from './exporter-truths.ts';
import { keptMessages } from './kept-messages.ts';
import { keptNtpPackets } from './kept-ntp.ts';
import { ntpTopic } from './ntp-topic.ts';

/** The topics that need the truth or the octets, of what files of them a run left; its beginning and end in milliseconds since 1970. */
export function truthTopics(directory: string, startMs: number, endMs: number): [string, Topic][] {
  const pathOf = (name: string): string => join(directory, name);
  const has = (...names: readonly string[]): boolean => names.every((name) => existsSync(pathOf(name)));
  const nowNs = (): TrueNs => trueNs((endMs - startMs) * NS_PER_MS);
  const topics: [string, Topic][] = [];
  const clocks = has('clocks.csv', 'exchanges.csv')
    ? savedClocks({ clocks: pathOf('clocks.csv'), exchanges: pathOf('exchanges.csv') })
    : [];
  if (clocks.length > 0 && has('times.csv')) {
    const records = savedRecords(pathOf('times.csv'));
    topics.push(...clockTopics({ epochUnixMs: startMs, clocks, nowNs, records: () => records, revision: () => 0 }));
  }
  if (has('ntp.pcap'))
    topics.push(['ntp', ntpTopic({ epochUnixMs: startMs, ring: keptNtpPackets(pathOf('ntp.pcap'), clocks, startMs), nowNs })]);
  const exports = readdirSync(directory).filter((name) => /^export(-.*)?\.pcap$/.test(name));
  if (exports.length > 0) {
    const truth = messageTruth(startMs, savedExporter(pathOf('ledger.csv'), clocks));
    topics.push(['wire', wireTopic(keptMessages(exports.map(pathOf)), truth)]);
  }
  return topics;
}
