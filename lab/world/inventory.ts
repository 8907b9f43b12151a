import { formatAddress } from '../../core/net/address-book.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';
import type { InventoryEntry } from '../../collector/query/inventory.ts';
import type { Site } from './site.ts';

/**
 * What the company knows of a site's devices: those that have their addresses for good, then leases as its DHCP server wrote them
 * down, in the order they began by its clock.
 */
export function inventoryOf({ office, epoch, leases }: Pick<Site, 'office' | 'epoch' | 'leases'>): InventoryEntry[] {
  const { devices } = office;
  const fixed = devices
    .filter(({ inventoried, address }) => inventoried && address !== 0)
    .map((device) => ({ ...named(device), address: formatAddress(device.address) }));
  const unixMs = (instant: number): number | undefined =>
    instant === Infinity ? undefined : epoch.unixMs + Math.round(instant / NS_PER_MS);
  const lent = leases.entries.flatMap(({ device: index, address, fromNs, toNs }) => {
    const device = devices[index];
    if (device === undefined) return [];
    return { ...named(device), address: formatAddress(address), fromMs: unixMs(fromNs), toMs: unixMs(toNs) };
  });
  return [...fixed, ...lent];
}

const named = ({ ipv6Address, person, name, department }: Site['office']['devices'][number]) => ({
  otherAddresses: ipv6Address === 0 ? [] : [formatAddress(ipv6Address)],
  name: person ?? name,
  department: department ?? '',
});
