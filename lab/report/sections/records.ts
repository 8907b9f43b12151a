import { formatCount, formatNumber, formatOctets, formatPercent } from '../format.ts';
import type { Page } from '../layout.ts';
import { DIFFERENCE_KINDS } from '../../verify/difference.ts';
import type { Difference, Findings } from '../report.ts';

const DIFFERENCES_SHOWN = 3;
const ROW_IDS_SHOWN = 5;

export function writeRecords(page: Page, findings: Findings): void {
  const { exported, exports, collected, ipv6Octets, lost, differences, differenceCounts } = findings;
  page.heading('Records');
  const volume = ({ messages, records, packets, octets }: Findings['exported']): string[] => [
    formatNumber(records),
    formatNumber(messages),
    formatNumber(packets),
    formatOctets(octets),
  ];
  page.table(
    [
      ['', 'records', 'messages', 'packets', 'octets'],
      ['exported', ...volume(exported)],
      ['collected', ...volume(collected)],
      ...exports.map((each) => [`also, as ${each.name}`, ...volume(each)]),
    ],
    'lrrrr',
  );
  if (ipv6Octets > 0) {
    page.text(
      `${formatOctets(ipv6Octets)} of what was collected were IPv6, ${formatPercent((100 * ipv6Octets) / collected.octets)}.`,
    );
  }
  const { records, trueRecords, trueMessages, duplicatedMessages, reorderedMessages } = lost;
  page.text(
    `${formatCount(records, 'record')} lost by the sequence numbers, in truth ${formatCount(trueRecords, 'record')} ` +
      `in ${formatCount(trueMessages, 'message')}; ${formatCount(duplicatedMessages, 'message')} received twice, ` +
      `${formatNumber(reorderedMessages)} out of order.`,
  );
  if (lost.unaccountedRecords !== 0)
    page.text(`${formatCount(lost.unaccountedRecords, 'record')} neither collected nor counted as lost.`, { mark: '! ' });
  const kinds = DIFFERENCE_KINDS.filter((kind) => (differenceCounts[kind] ?? 0) > 0);
  if (kinds.length === 0) return page.text('What is stored and what happened do not differ.');
  page.text('What is stored differs from what happened:');
  for (const kind of kinds) {
    page.text(`${kind} ${formatNumber(differenceCounts[kind] ?? 0)}`, { indent: 4 });
    for (const difference of differences.filter((each) => each.kind === kind).slice(0, DIFFERENCES_SHOWN))
      writeDifference(page, difference);
  }
}

function writeDifference(page: Page, { sentence, records }: Difference): void {
  const shown = records.slice(0, ROW_IDS_SHOWN).join(', ');
  const more = records.length > ROW_IDS_SHOWN ? ` and ${formatNumber(records.length - ROW_IDS_SHOWN)} more` : '';
  const where = records.length === 0 ? '' : ` (${records.length === 1 ? 'record' : 'records'} ${shown}${more})`;
  page.text(`${sentence.replace(/\.$/, '')}${where}`, { indent: 6, mark: '- ' });
}

/** `MISSING 2, SHIFTED 1`, or `none`. */
export function differenceSummary({ differenceCounts }: Pick<Findings, 'differenceCounts'>): string {
  const parts = DIFFERENCE_KINDS.filter((kind) => (differenceCounts[kind] ?? 0) > 0).map(
    (kind) => `${kind} ${formatNumber(differenceCounts[kind] ?? 0)}`,
  );
  return parts.length === 0 ? 'none' : parts.join(', ');
}
