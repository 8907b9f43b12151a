import { taken, type Amounts, type Branch, type Funnel, type Stage } from '../../collector/counting/funnel.ts';
import { isFrom, type AskedStore } from '../../collector/store/flow-store.ts';
import type { MessageContent } from '../verify/sent-messages.ts';
import { passedBefore } from '../verify/truth.ts';
import type { Site } from '../world/site.ts';
import type { World } from '../world/world.ts';
import type { SiteFunnel } from './way-files.ts';

/** The ways of all sites, as far as the run has come. */
export async function siteFunnels(world: World, store: AskedStore): Promise<SiteFunnel[]> {
  const { now, collecting, sites } = world;
  const { flows, natEvents } = collecting.counters;
  // All are looked at before the first is waited for.
  const funnels = await Promise.all(sites.map((site) => siteFunnel(site, store, { now, flows, natEvents })));
  return sites.map(({ name }, index) => ({ name, funnel: funnels[index] as Funnel }));
}

/** What is asked of the store, and when: rows with an id below `flows` were decoded by then. */
interface Moment {
  /** True nanoseconds since the scenario's epoch. */
  readonly now: number;
  /** Flow Records decoded by the collector, from everybody. */
  readonly flows: number;
  readonly natEvents: number;
}

interface Counted {
  readonly rows: number;
  readonly packets: number;
  readonly octets: number;
}

/** The way of what passed a site's router into the store; a probe's records are not in it. */
async function siteFunnel(site: Site, store: AskedStore, { now, flows, natEvents }: Moment): Promise<Funnel> {
  // What is asked of the store takes a while, in which a run goes on: everything else is looked at before.
  const before = stagesBefore(site, now);
  const branches = taken(branchesOf(site));
  const { session } = site.path;
  const decoded = decodedOf(session);
  const from = isFrom(site.config.exporter);
  const [kept] = await store.query<Counted>(
    `SELECT count(*)::DOUBLE AS rows, coalesce(sum(packets), 0)::DOUBLE AS packets, coalesce(sum(octets), 0)::DOUBLE AS octets
    FROM flows WHERE ${from} AND id < ${flows}`,
  );
  const [events] = await store.query<{ rows: number }>(
    `SELECT count(*)::DOUBLE AS rows FROM nat_events WHERE ${from} AND id < ${natEvents}`,
  );
  const { rows = 0, packets = 0, octets = 0 } = kept ?? {};
  const eventRows = events?.rows ?? 0;
  const stored: Amounts = { records: rows + eventRows, flows: rows, natEvents: eventRows, packets, octets };
  const options = decoded.options ?? 0;
  return {
    stages: [...before, { name: 'decoded', sure: 'exact', amounts: decoded }, { name: 'stored', sure: 'exact', amounts: stored }],
    branches:
      options === 0
        ? branches
        : [...branches, { name: 'options', after: 'decoded', way: 'out', sure: 'exact', amounts: { records: options, options } }],
    faults: session?.malformed ?? {},
    sets: { waiting: session?.waitingSets ?? 0, givenUp: session?.droppedSets ?? 0 },
  };
}

/** Up to the collector all is known from the simulation. */
function stagesBefore({ ledger, router, path }: Site, now: number): Stage[] {
  const { recordedPackets: packets, recordedOctets: octets } = router.metered;
  const { messages, dataRecords, flows, ...told } = router.exported;
  return [
    { name: 'passed', sure: 'truth', amounts: { ...passedBefore(ledger, now + 1) } },
    { name: 'metered', sure: 'truth', amounts: { packets, octets } },
    {
      name: 'exported',
      sure: 'truth',
      amounts: { packets: told.packets, octets: told.octets, messages, records: dataRecords, flows },
    },
    { name: 'sent', sure: 'truth', amounts: { ...path.messages.sent } },
    { name: 'received', sure: 'truth', amounts: { ...path.received } },
  ];
}

function branchesOf({ router, path }: Site): Branch[] {
  const { observedPackets, selectedPackets, unselectedOctets, ignoredPackets, ignoredOctets } = router.metered;
  const { packets, octets } = router.notSent;
  const out = (name: Branch['name'], after: Branch['after'], amounts: Amounts | MessageContent): Branch => ({
    name,
    after,
    way: 'out',
    sure: 'truth',
    amounts: { ...amounts },
  });
  return [
    out('unselected', 'passed', { packets: observedPackets - selectedPackets, octets: unselectedOctets }),
    out('cache-full', 'passed', { packets: ignoredPackets, octets: ignoredOctets }),
    out('not-sent', 'metered', { packets, octets }),
    out('lost', 'sent', path.messages.lost),
    { ...out('copied', 'sent', path.copied), way: 'in' },
    out('copies', 'received', path.receivedAgain),
  ];
}

function decodedOf(session: Site['path']['session']): Amounts {
  const { messages, dataRecords: records, flowRecords: flows, natEvents } = session ?? NONE;
  return { messages, records, flows, options: records - flows - natEvents, natEvents };
}

const NONE = { messages: 0, dataRecords: 0, flowRecords: 0, natEvents: 0 };
