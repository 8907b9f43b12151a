import { writeFileSync } from 'node:fs';
import { inventoryOf } from './inventory.ts';
import type { Site } from './site.ts';

/** Writes the inventory of a site that lends addresses, with from when to when each was whose, as `collector query --inventory` reads it. */
export function writeLeases(path: string, site: Pick<Site, 'office' | 'epoch' | 'leases'>): void {
  const lines = inventoryOf(site).map(({ name, address, otherAddresses, department, fromMs, toMs }) =>
    JSON.stringify({ name, address, otherAddresses, department, from: timeOf(fromMs), to: timeOf(toMs) }),
  );
  const refused = `# ${site.office.leaseRefusals} times a device found no free address and did nothing.\n`;
  writeFileSync(path, refused + lines.map((line) => `- ${line}\n`).join(''));
}

const timeOf = (unixMs: number | undefined): string | undefined =>
  unixMs === undefined ? undefined : new Date(unixMs).toISOString();
