import { formatNumber, formatOctets, oneLine } from '../format.ts';
import type { Page } from '../layout.ts';
import type { Findings } from '../report.ts';
import { differenceSummary } from './records.ts';

/** Each site beside the others, and what its router is known by; nothing when there is only one. */
export function writeSites(page: Page, { sites = [] }: Findings): void {
  if (sites.length === 0) return;
  page.heading('Sites');
  const rows = sites.map((site) => [
    oneLine(site.name),
    `${site.exporter}, domain ${site.observationDomainId}`,
    formatNumber(site.people.length),
    formatOctets(site.collected.octets),
    formatNumber(site.exported.records),
    formatNumber(site.lost.records),
    differenceSummary(site),
  ]);
  page.table([['', 'router', 'people', 'octets', 'records', 'lost', 'differences'], ...rows], 'llrrrrl');
}
