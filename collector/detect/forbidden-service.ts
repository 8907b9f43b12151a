import { formatStored } from '../../core/net/stored-address.ts';
import type { Inventory } from '../query/inventory.ts';
import type { Usage } from '../query/usage.ts';
import { wordCount, wordDuration, wordOctets, wordTime } from '../query/wording.ts';
import type { Unusual } from './unusual.ts';

/** Use of applications the policy forbids, one finding for each inside address and application. */
export function findForbiddenServices(usages: readonly Usage[], inventory: Inventory, forbidden: readonly string[]): Unusual[] {
  return usages
    .filter(({ application, upOctets }) => forbidden.includes(application.name) && upOctets > 0)
    .map((usage) => {
      const who = inventory.who(usage.inside);
      const { label } = usage.application;
      return {
        kind: 'forbidden-service',
        who,
        address: formatStored(usage.inside),
        sentence: `${who} used ${label}, which the policy forbids: ${wordOctets(usage.octets)} in ${wordDuration(usage.durationS)}`,
        evidence: [
          `${wordCount(usage.connections, 'connection')} with ${wordCount(usage.servers, 'address', 'addresses')}`,
          `${wordTime(usage.firstMs)} to ${wordTime(usage.lastMs)}, ${wordOctets(usage.upOctets)} up, ${wordOctets(usage.downOctets)} down`,
        ],
        firstSeenMs: usage.firstMs,
        lastSeenMs: usage.lastMs,
      };
    });
}
