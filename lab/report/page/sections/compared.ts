import { formatCount, formatNumber, formatOctets } from '../../format.ts';
import type { Report } from '../../report.ts';
import { differenceSummary } from '../../sections/records.ts';
import { MEASURES } from '../../sections/variants.ts';
import type { Markup } from '../markup.ts';
import { table } from '../table.ts';

/** The same day seen several ways, side by side. */
export const variantsTable = ({ variants }: Report): Markup =>
  table(
    'Variants side by side',
    [
      { name: 'what', of: ([name]) => name, isText: true },
      ...variants.map((variant) => ({ name: variant.name, of: ([, value]: (typeof MEASURES)[number]) => value(variant) })),
    ],
    MEASURES,
  );

/** Each site beside the others, and what its router is known by. */
export const sitesTable = (sites: NonNullable<Report['sites']>): Markup =>
  table(
    'Sites side by side',
    [
      { name: 'site', of: ({ name }) => name, isText: true },
      { name: 'router', of: ({ exporter, observationDomainId }) => `${exporter}, domain ${observationDomainId}`, isText: true },
      { name: 'people and devices', of: ({ people }) => formatNumber(people.length) },
      { name: 'octets', of: ({ collected }) => formatOctets(collected.octets) },
      { name: 'records', of: ({ exported }) => formatNumber(exported.records) },
      { name: 'lost', of: ({ lost }) => formatNumber(lost.records) },
      { name: 'unusual', of: ({ unusual }) => formatCount(unusual.length, 'thing') },
      { name: 'differences', of: differenceSummary },
    ],
    sites,
  );
