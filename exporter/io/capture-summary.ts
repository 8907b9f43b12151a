import type { CaptureMistake } from '../../core/net/capture/captured-frame.ts';
import type { Passed } from '../capture-counts.ts';
import type { CaptureExporter } from './capture-exporter.ts';

const REASONS: Readonly<Record<Passed, string>> = {
  'not-ip': 'not IP',
  'unknown-link-type': 'of an unknown link type',
  'cut-short': 'cut short in the IP header',
  malformed: 'with a malformed IP header',
  'not-across': 'not across the router',
  refused: 'refused by the router',
  'no-first-fragment': 'fragments without the first of their packet',
};

const MISTAKES: Readonly<Record<CaptureMistake, string>> = {
  'not-a-capture': 'no magic number of pcap or pcapng',
  'bad-length': 'a record of impossible length; nothing behind it was read',
  'lengths-differ': 'a block with two different lengths',
  'packet-overruns-block': 'a packet longer than its block',
  'unknown-interface': 'a packet of an interface that is not described',
  'cut-short': 'the capture ends within a record',
};

/** What came of a capture: a line of counts, and one for each kind of mistake in it. */
export function captureSummary({ traffic, exported, mistakes }: CaptureExporter): string[] {
  const lines = [...mistakes.byCode].map(
    ([code, { count, firstAt }]) => `octet ${firstAt}: ${MISTAKES[code]}${count > 1 ? ` (${count} such)` : ''}`,
  );
  if (traffic === undefined || exported === undefined) return [...lines, 'no packet was read'];
  const { packets, ipv4, ipv6, strangeTimes, passed, heldFragments, forgottenFragments, forgottenConversations } = traffic.counts;
  const counts = [
    `${packets} packets`,
    `${ipv4} IPv4`,
    `${ipv6} IPv6`,
    ...[...passed].map(([reason, count]) => `${count} ${REASONS[reason]}`),
    ...(strangeTimes > 0 ? [`${strangeTimes} with a time before the packet before them`] : []),
    ...(heldFragments > 0 ? [`${heldFragments} fragments held for the first of their packet`] : []),
    ...(forgottenFragments > 0 ? [`${forgottenFragments} first fragments forgotten`] : []),
    ...(forgottenConversations > 0 ? [`${forgottenConversations} conversations forgotten`] : []),
  ];
  return [
    ...lines,
    `${counts.join(', ')}; ${exported.flows} flow records with ${exported.packets} packets and ${exported.octets} octets in ${exported.messages} messages`,
  ];
}
