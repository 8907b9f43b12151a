import { formatCount, formatNumber, formatOctets, formatPercent } from '../../format.ts';
import type { Findings } from '../../report.ts';
import { barChart } from '../charts/bar-chart.ts';
import { markup, type Markup } from '../markup.ts';
import { bullets, table } from '../table.ts';

/** A place on the way from the router to the store, or a loss between two. */
interface Stage {
  readonly name: string;
  readonly messages: number | undefined;
  readonly records: number;
  readonly octets: number;
}

/** Where records went between the router and the store, so that it adds up. */
export function recordsSection(findings: Findings): Markup {
  const { exported, collected, lost } = findings;
  const missing = { records: exported.records - collected.records, octets: exported.octets - collected.octets };
  const stages: readonly Stage[] = [
    { name: 'exported by the router', ...exported },
    { name: 'lost on the way', messages: lost.trueMessages, ...missing },
    { name: 'collected and stored', ...collected },
  ];
  const share = (records: number): number => (exported.records === 0 ? 0 : records / exported.records);
  return markup`<p>The router counts packets into Flow Records, and sends those in Messages over UDP, which nobody repeats when they are lost.</p>
    ${barChart(
      'Flow Records, of all that were exported',
      ['records'],
      stages.map(({ name, records }) => ({ name, bars: [{ share: share(records), text: formatPercent(100 * share(records)) }] })),
    )}
    ${table(
      'Records on their way',
      [
        { name: 'where', of: ({ name }) => name, isText: true },
        { name: 'Messages', of: ({ messages }) => (messages === undefined ? '' : formatNumber(messages)) },
        { name: 'Flow Records', of: ({ records }) => formatNumber(records) },
        { name: 'octets they tell of', of: ({ octets }) => formatOctets(octets) },
      ],
      stages,
    )}
    ${bullets([...lossSentences(lost), ...furtherSentences(findings)])}`;
}

function lossSentences(lost: Findings['lost']): string[] {
  return [
    lost.records === 0 && lost.trueRecords === 0
      ? 'By the sequence numbers the collector counts nothing as lost, and nothing was.'
      : `By the sequence numbers the collector counts ${formatCount(lost.records, 'Data Record')} as lost; in truth it was ${formatNumber(lost.trueRecords)}, and those that tell of the exporter itself among them.`,
    ...(lost.trailingRecords > 0
      ? [`${formatCount(lost.trailingRecords, 'record')} went with the last Messages: no later number can show that.`]
      : []),
    `${formatCount(lost.duplicatedMessages, 'Message')} came twice and counted once; ${formatNumber(lost.reorderedMessages)} came out of order.`,
    lost.unaccountedRecords === 0
      ? 'Every record is accounted for.'
      : `${formatCount(lost.unaccountedRecords, 'record')} are neither stored nor counted as lost.`,
  ];
}

const furtherSentences = ({ exports, ipv6Octets, collected }: Findings): string[] => [
  ...exports.map(
    ({ name, records, messages, octets }) =>
      `Told once more as ${name}: ${formatCount(records, 'record')} in ${formatCount(messages, 'Message')}, ${formatOctets(octets)}.`,
  ),
  ...(ipv6Octets > 0
    ? [`${formatOctets(ipv6Octets)} of what was collected were IPv6, ${formatPercent((100 * ipv6Octets) / collected.octets)}.`]
    : []),
];
