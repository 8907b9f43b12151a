import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { groupBy } from '../query/group-by.ts';
import type { Inventory } from '../query/inventory.ts';
import type { Usage } from '../query/usage.ts';
import { wordCount, wordOctets, wordTime } from '../query/wording.ts';
import type { Unusual } from './unusual.ts';

/**
 * Inside addresses that sent something and are in no inventory. What only arrived for an address is nobody's doing there.
 * `usages` are those with an inside address, addresses ascending.
 */
export function findUnknownDevices(usages: readonly Usage[], inventory: Inventory): Unusual[] {
  const unknown = usages.filter(({ inside }) => !inventory.has(inside));
  const devices = [...groupBy(unknown, ({ inside }) => inside)];
  return devices.filter(([, own]) => own.some(({ upOctets }) => upOctets > 0)).map(([inside, own]) => describe(inside, own));
}

function describe(inside: StoredAddress, own: readonly Usage[]): Unusual {
  const address = formatStored(inside);
  const octets = own.reduce((total, usage) => total + usage.octets, 0);
  const flows = own.reduce((total, usage) => total + usage.flows, 0);
  const firstSeenMs = Math.min(...own.map(({ firstMs }) => firstMs));
  const lastSeenMs = Math.max(...own.map(({ lastMs }) => lastMs));
  const largest = own.toSorted((one, other) => other.octets - one.octets).slice(0, 3);
  return {
    kind: 'unknown-device',
    who: address,
    address,
    sentence: `${address} is in no inventory and used ${wordOctets(octets)}`,
    evidence: [
      `${wordCount(flows, 'flow')} from ${wordTime(firstSeenMs)} to ${wordTime(lastSeenMs)}`,
      `mostly ${largest.map((usage) => `${usage.application.label} (${wordOctets(usage.octets)})`).join(', ')}`,
    ],
    firstSeenMs,
    lastSeenMs,
  };
}
