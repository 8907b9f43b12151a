import { formatIPv4 } from '../core/net/address.ts';
import type { FlowStore } from '../collector/store/flow-store.ts';
import { damageOf, judgedSites, type JudgedSite } from './findings/damage.ts';
import { differencesOf, strayRecords, told } from './findings/differences.ts';
import { probeFindings } from './findings/probe-findings.ts';
import { siteFindings } from './findings/site-findings.ts';
import { together } from './findings/together.ts';
import type { Findings, SiteFindings } from './report/report.ts';
import type { Scenario } from './scenario/schema.ts';
import { nameAcrossRouters, type RouterDifferences } from './verify/across-routers.ts';
import type { World } from './world/world.ts';

/**
 * Asks the collector, then lets the judge compare its answers with the ledgers: each router's records with its own. `known`: the truth about
 * what the store has of each site, where somebody has looked it up already.
 */
export async function findingsOf(
  world: World,
  scenario: Scenario,
  store: FlowStore,
  known?: readonly JudgedSite[],
): Promise<Findings> {
  const judged: RouterDifferences[] = [];
  for (const site of world.sites) judged.push({ name: site.config.name, differences: await differencesOf(site, store) });
  const strays = await strayRecords(
    world.sites.flatMap((site) => (site.probe === undefined ? [site] : [site, site.probe])),
    store,
  );
  const named = nameAcrossRouters(judged);
  const found: SiteFindings[] = [];
  const timed = known ?? (await judgedSites(world.sites, store));
  for (const [index, site] of world.sites.entries()) {
    const { name, exporter } = site.config;
    const { router, probe: judgedProbe, events } = timed[index] as JudgedSite;
    const damage = damageOf([router], world, scenario);
    const findings = await siteFindings(site, world, scenario, store, {
      differences: named[index]?.differences ?? [],
      damage,
      events,
    });
    const { observationDomainId } = exporter;
    const probe =
      site.probe && judgedProbe && (await probeFindings(site.probe, { router, judged: judgedProbe }, world, scenario, store));
    const seenTwice = probe === undefined ? {} : { probe };
    found.push({ name, exporter: formatIPv4(exporter.address), observationDomainId, ...findings, ...seenTwice });
  }
  const [headquarters, ...others] = found as [SiteFindings, ...SiteFindings[]];
  if (others.length > 0) {
    const all = named.flatMap(({ name, differences }) =>
      differences.map((difference) => ({ ...difference, sentence: `${name}: ${difference.sentence}` })),
    );
    return together(
      found,
      [...all, ...strays],
      damageOf(
        timed.map(({ router }) => router),
        world,
        scenario,
      ),
    );
  }
  const { name: _name, exporter: _exporter, observationDomainId: _domain, ...alone } = headquarters;
  return { ...alone, ...told([...(named[0]?.differences ?? []), ...strays]) };
}
