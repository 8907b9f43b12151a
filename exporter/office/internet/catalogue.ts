import { prefixHas } from '../../../core/net/address.ts';
import { isIPv6 } from '../../../core/net/address-book.ts';
import { ipv6PrefixHas } from '../../../core/net/ipv6-prefix.ts';
import * as device from './device-services.ts';
import * as free from './free-services.ts';
import type { Service } from './service.ts';
import * as work from './work-services.ts';

/**
 * The internet as the office knows it. Addresses lie in 198.18.0.0/15 (RFC 2544) and 2001:db8:18::/48 (RFC 3849), AS numbers in the ranges for documentation
 * (RFC 5398): they are data, nobody is ever contacted. One operator has one AS number, whatever it offers.
 */
export const SERVICES: readonly Service[] = [free, work, device].flatMap((services) => Object.values<Service>(services));

/** What stands at `address:port`: of services that share a prefix the one with that port; `undefined` for a stranger. */
export function serviceAt(address: number, port: number): Service | undefined {
  const near = SERVICES.filter(({ prefix, ipv6Prefix }) =>
    isIPv6(address) ? ipv6Prefix !== undefined && ipv6PrefixHas(ipv6Prefix, address) : prefixHas(prefix, address),
  );
  const hasPort = ({ pools }: Service): boolean =>
    Object.values(pools).some((pool) => pool.some((server) => server.port === port));
  return near.find(hasPort) ?? near[0];
}
