import { formatIPv4 } from '../../core/net/address.ts';
import type { MonitorConfig } from '../../exporter/config.ts';
import { publicPool } from '../../exporter/nat/config.ts';
import { addressMistakes } from '../../exporter/office/written-addresses.ts';
import { parsePath } from '../../runtime/config/key-path.ts';
import { obstacleOf } from './judged-exporting.ts';
import { refusalsOf } from './judged-metering.ts';
import type { Scenario } from './schema.ts';
import { sitesOf, type SiteConfig } from './sites.ts';

/** What is wrong with the sites of a scenario whose keys are right each by itself. */
export interface SiteMistake {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Every router's export must be one the judge can follow, and no two sites may look the same to the collector. */
export function siteMistakes(scenario: Scenario): SiteMistake[] {
  const mistakes: SiteMistake[] = [];
  const names = new Map<string, string>();
  const addresses = new Map<number, string>();
  const exporters = new Map<string, string>();
  sitesOf(scenario).forEach((site, index) => {
    const at = index === 0 ? [] : ['sites', index - 1];
    const refuse = (path: readonly (string | number)[], message: string | undefined): void => {
      if (message !== undefined) mistakes.push({ path: [...at, ...path], message });
    };
    mistakes.push(...unjudgeable(site.router, [...at, 'router']));
    if (site.probe !== undefined) mistakes.push(...unjudgeable(site.probe, [...at, 'router', 'probe']));
    for (const { where, message } of addressMistakes(site.office, site.people)) refuse(parsePath(where) ?? [], message);
    refuse(['office', 'ipv6', 'mode'], withoutNat64(site));
    refuse(['name'], claim(names, site.name, `"${site.name}" is the name`, site));
    for (const address of publicPool(site.router.nat)) {
      const key = address === site.router.nat.publicAddress ? 'publicAddress' : 'publicAddresses';
      refuse(['router', 'nat', key], claim(addresses, address, `"${formatIPv4(address)}" is a public address`, site));
    }
    const exporter = exporterName(site.exporter);
    refuse(['exportsFrom'], claim(exporters, exporter, `${exporter} is the router`, site));
  });
  sitesOf(scenario).forEach((site, index) => {
    if (site.probe === undefined) return;
    const exporter = exporterName(site.probe.exporter);
    const message = claim(exporters, exporter, `${exporter} is the router or probe`, site);
    const at = index === 0 ? [] : ['sites', index - 1];
    if (message !== undefined) mistakes.push({ path: [...at, 'router', 'probe', 'exportsFrom'], message });
  });
  return mistakes;
}

const exporterName = ({ address, observationDomainId }: SiteConfig['exporter']): string =>
  `"${formatIPv4(address)}" with Observation Domain ${observationDomainId}`;

/** Takes something for a site; says whose it is when it is another's. */
function claim<Key>(taken: Map<Key, string>, key: Key, what: string, { name }: SiteConfig): string | undefined {
  const owner = taken.get(key);
  if (owner === undefined) taken.set(key, name);
  return owner === undefined ? undefined : `${what} of ${owner} already`;
}

function withoutNat64({ office, router }: SiteConfig): string | undefined {
  if (!office.ipv6.mode.endsWith('ipv6-only') || router.nat64.enabled) return undefined;
  return 'needs router.nat64.enabled: without it, who has IPv6 alone reaches no IPv4 server';
}

function unjudgeable(device: MonitorConfig, path: (string | number)[]): SiteMistake[] {
  const refusals = refusalsOf(device.metering).map(({ key, message }) => ({ path: [...path, 'metering', key], message }));
  const obstacle = obstacleOf(device);
  if (obstacle === undefined) return refusals;
  return [...refusals, { path: [...path, 'exporting', obstacle.key], message: obstacle.message }];
}
