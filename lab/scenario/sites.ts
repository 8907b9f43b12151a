import { formatIPv4 } from '../../core/net/address.ts';
import { exactNumber, parseRange, type AddressRange } from '../../core/net/stored-address.ts';
import type { IPv4Exporter } from '../../collector/store/flow-store.ts';
import type { LinkConfig } from '../faults/link.ts';
import type { Scenario } from './schema.ts';
import { HEADQUARTERS } from './site-schema.ts';

/** An office with its router, and how both are tied to the rest. */
export interface SiteConfig extends Pick<Scenario, 'office' | 'people' | 'router'> {
  readonly name: string;
  /** What the collector knows the router by. */
  readonly exporter: IPv4Exporter;
  /** What the collector is told lies inside. */
  readonly inside: readonly AddressRange[];
  readonly links: { readonly export: LinkConfig; readonly ntp: LinkConfig };
  readonly probe: ProbeConfig | undefined;
}

/** The device outside a site's router. */
export interface ProbeConfig extends Pick<NonNullable<Scenario['router']['probe']>, 'clock' | 'metering' | 'exporting'> {
  readonly exporter: IPv4Exporter;
  readonly links: SiteConfig['links'];
}

/** Headquarters' router exports from its address in the network of the collector. */
const HEADQUARTERS_EXPORTS_FROM = 0x0a000001;
/** 203.0.113.130: the probe at headquarters; those of further sites follow. */
const FIRST_PROBE_EXPORTS_FROM = 0xcb007182;

/** Every site of a scenario, headquarters first. */
export function sitesOf({ office, people, router, collector, links, sites }: Scenario): [SiteConfig, ...SiteConfig[]] {
  const headquarters = {
    name: HEADQUARTERS,
    office,
    people,
    router,
    exporter: exporterOf(router, HEADQUARTERS_EXPORTS_FROM),
    inside: collector.inside,
    links,
    probe: probeOf(router, links, 0),
  };
  const others = sites.map(({ exportsFrom, ...site }, index) => {
    const own = { export: site.links.export ?? links.export, ntp: site.links.ntp ?? links.ntp };
    return {
      ...site,
      exporter: exporterOf(site.router, exportsFrom ?? site.router.nat.publicAddress),
      inside: insideOf(site.office),
      links: own,
      probe: probeOf(site.router, own, index + 1),
    };
  });
  return [headquarters, ...others];
}

function probeOf({ probe }: Scenario['router'], links: SiteConfig['links'], site: number): ProbeConfig | undefined {
  if (probe === undefined) return undefined;
  const { exportsFrom = FIRST_PROBE_EXPORTS_FROM + site, link = links.export, ...parts } = probe;
  return { ...parts, exporter: exporterOf(parts, exportsFrom), links: { ...links, export: link } };
}

/** Both prefixes of an office. */
function insideOf({ network, ipv6 }: Scenario['office']): AddressRange[] {
  const ipv4 = parseRange(`${formatIPv4(network.address)}/${network.length}`);
  const first = ipv6.prefix.words.reduce((number, word) => (number << 32n) | BigInt(word), 0n);
  const last = first + (1n << BigInt(128 - ipv6.prefix.length)) - 1n;
  return [...(ipv4 === undefined ? [] : [ipv4]), { first: exactNumber(first), last: exactNumber(last) }];
}

const exporterOf = ({ exporting }: Pick<Scenario['router'], 'exporting'>, address: number): IPv4Exporter => ({
  address,
  observationDomainId: exporting.observationDomainId,
});
