import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { formatIPv4, parseIPv4 } from '../../core/net/address.ts';
import { formatRange, parseRange } from '../../core/net/stored-address.ts';
import { readJson } from '../read-json.ts';
import type { SiteConfig } from '../scenario/sites.ts';

/** What a collector is told of a site. */
export type ToldSite = Pick<SiteConfig, 'name' | 'exporter' | 'inside'>;

const siteSchema = z
  .strictObject({
    name: z.string(),
    exporter: z.ipv4(),
    observationDomainId: z.int().min(0),
    inside: z.array(
      z.string().transform((text, context) => {
        const range = parseRange(text);
        if (range === undefined) context.addIssue('must be an IP prefix');
        return range ?? { first: 0, last: 0 };
      }),
    ),
  })
  .transform(({ name, exporter, observationDomainId, inside }): ToldSite => {
    return { name, exporter: { address: parseIPv4(exporter) ?? 0, observationDomainId }, inside };
  });
const fileSchema = z.strictObject({ sites: z.array(siteSchema).min(1) });

/** Writes sites.json: headquarters first. */
export function writeSites(path: string, all: readonly ToldSite[]): void {
  const sites = all.map(({ name, exporter: { address, observationDomainId }, inside }) => {
    return { name, exporter: formatIPv4(address), observationDomainId, inside: inside.map(formatRange) };
  });
  writeFileSync(path, `${JSON.stringify({ sites }, null, 2)}\n`);
}

/** Throws a UsageError of one sentence when it is none. */
export const readSites = (path: string): ToldSite[] => readJson(path, fileSchema).sites;
