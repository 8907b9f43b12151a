import { overviewView } from '../../collector/api/view/overview-view.ts';
import type { ViewRequest } from '../../collector/api/view/view-request.ts';
import { activitiesOf } from '../../collector/query/activities/find-activities.ts';
import { SeenFlows } from '../../collector/query/people/seen-flows.ts';
import type { FlowStore } from '../../collector/store/flow-store.ts';
import { unixMs, trueNs } from '../../core/time/instant.ts';
import type { ClockIllustration, Illustrations, PersonDay, SiteIllustrations } from '../report/page/illustrations.ts';
import type { Findings, Person } from '../report/report.ts';
import { clocksView } from '../view/clocks-view.ts';
import { liveClocks } from '../view/run-clocks.ts';
import type { Site } from '../world/site.ts';
import type { World } from '../world/world.ts';
import { BUCKET_S } from './damage.ts';
import { viewContextOf } from './view-context.ts';

/** Whose days are shown: those who used most, and those whose day the scenario writes down. */
const MOST_USED = 5;
const MOST_DAYS = 10;

/** Asks the collector what its page would show at the end, and reads the clocks. */
export async function illustrationsOf(
  world: World,
  store: FlowStore,
  { people }: Pick<Findings, 'people'>,
  variant: string | undefined,
): Promise<Illustrations> {
  const shown = people.filter(({ scripted }, rank) => rank < MOST_USED || scripted).slice(0, MOST_DAYS);
  const sites: SiteIllustrations[] = [];
  for (const site of world.sites) {
    const own = shown.filter((person) => person.site === undefined || person.site === site.name);
    sites.push(await siteIllustrations(site, world, store, own));
  }
  return { variant, sites, clocks: clocksOf(world) };
}

async function siteIllustrations(
  site: Site,
  world: World,
  store: FlowStore,
  people: readonly Person[],
): Promise<SiteIllustrations> {
  const nowMs = unixMs(world.epoch, world.collectorClock.clock.read(world.end));
  const request: ViewRequest = { basis: 'flow', zone: 'UTC', nowMs };
  const context = viewContextOf(site, world);
  const { sentences, series } = await overviewView(store, context, request);
  const seen = await SeenFlows.of(store, context, request);
  const days: PersonDay[] = [];
  for (const { name, address } of people) {
    const id = seen.known.find(({ addresses }) => addresses.includes(address))?.id ?? address;
    const { activities } = await activitiesOf(store, seen, id);
    days.push({
      name,
      activities: activities.map(({ label, category, startMs, endMs, upOctets, downOctets, confidence, why }) => ({
        ...{ label, category, startMs, endMs, confidence, why },
        octets: upOctets + downOctets,
      })),
    });
  }
  return { name: site.name, sentences, series, days };
}

function clocksOf(world: World): ClockIllustration[] {
  const clocks = liveClocks(world.clocks);
  const request = { epochUnixMs: world.epoch.unixMs, fromNs: trueNs(0), nowNs: world.end, bucketS: BUCKET_S };
  return clocksView(clocks, undefined, request).series.map(({ untouchedErrorMs = [], ...series }, index) => {
    const outcomes: Record<string, number> = {};
    for (const { outcome } of clocks[index]?.exchanges ?? []) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    return { ...series, untouchedErrorMs, outcomes };
  });
}
