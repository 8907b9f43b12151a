import { NS_PER_MS, type TrueNs } from '../core/time/instant.ts';
import { VirtualClock } from '../core/time/virtual-clock.ts';
import { formatAddress } from '../core/net/address-book.ts';
import { wrongBucketOctets as storedWrongBucketOctets } from '../collector/clock-audit/wrong-bucket.ts';
import { answer, type Answers } from '../collector/query/answers.ts';
import type { FlowStore } from '../collector/store/flow-store.ts';
import { publicPool } from '../exporter/nat/config.ts';
import { attributionOf } from './attribution.ts';
import { type Findings } from './report/report.ts';
import type { Scenario } from './scenario/schema.ts';
import { DIFFERENCE_KINDS, type Difference } from './verify/difference.ts';
import { judge, type Case } from './verify/judge.ts';
import { judgeSampled } from './verify/judge-sampled.ts';
import { Records } from './verify/records.ts';
import { trueTotals } from './verify/truth.ts';
import { wrongBucketOctets } from './verify/wrong-bucket.ts';
import type { KeptClock } from './world/kept-clock.ts';
import type { World } from './world/world.ts';

const BUCKET_S = 300;
const BUCKET_NS = BUCKET_S * 1e9;
const MAX_DIFFERENCES = 100;

/** Asks the collector, then lets the judge compare its answers with the ledger. */
export async function findingsOf(world: World, scenario: Scenario, store: FlowStore): Promise<Findings> {
  const answers = await answer(store, {
    applications: world.collecting.applications,
    names: world.collecting.names,
    inside: scenario.collector.inside,
    inventory: world.office.devices
      .filter(({ inventoried }) => inventoried)
      .map(({ address, ipv6Address, person, name, department }) => ({
        address: formatAddress(address),
        otherAddresses: ipv6Address === 0 ? [] : [formatAddress(ipv6Address)],
        name: person ?? name,
        department: department ?? '',
      })),
    policy: scenario.collector.policy,
  });
  const differences = differencesOf(world, scenario, await recordsOf(world, store));
  return {
    ...volumes(world, answers),
    ...beside(world, scenario, answers),
    unusual: answers.unusual,
    attribution: await attributionOf(world, scenario, store),
    clocks: await clocks(world, scenario, store),
    differenceCounts: countByKind(differences),
    differences: differences.slice(0, MAX_DIFFERENCES).map((difference) => ({ ...difference, records: [...difference.records] })),
  };
}

/** The records of the store, and those known to be lost. */
export async function recordsOf(world: World, store: FlowStore): Promise<Records> {
  const records = new Records();
  records.add(world.lostRecords.columns, world.lostRecords.length, undefined);
  await store.scan((rows) => records.addFlows(rows, rows.length, rows.id));
  return records;
}

function differencesOf(world: World, scenario: Scenario, records: Records): Difference[] {
  const { algorithm, size, population } = scenario.router.metering.sampling;
  if (algorithm === 'none') return judge(caseOf(world, scenario, records));
  const { flows, packets, octets } = world.router.exported;
  const sampling = { isUniform: algorithm === 'uniform', size, population };
  return judgeSampled(world.ledger, records, { records: flows, packets, octets }, sampling);
}

/** What the judge has to go by. */
export const caseOf = (world: World, { router }: Scenario, records: Records): Case => ({
  ledger: world.ledger,
  records,
  routerClock: world.routerClock.clock,
  epochUnixMs: world.epoch.unixMs,
  publicAddresses: new Set(publicPool(router.nat)),
  timeouts: timeoutsOf(router.metering),
});

/** What may end a record. In an immediate cache each packet does, and where the end of a connection only gives a reason, it never does. */
function timeoutsOf(metering: Scenario['router']['metering']): Case['timeouts'] {
  const lingerMs = { 'at-once': 0, linger: metering.tcpLingerMs, 'at-idle': Infinity }[metering.tcpEnd];
  return {
    activeNs: metering.cache === 'immediate' ? 0 : metering.activeTimeoutMs * NS_PER_MS,
    inactiveNs: metering.inactiveTimeoutMs * NS_PER_MS,
    lingerNs: lingerMs * NS_PER_MS,
    octetLimit: metering.octetLimit === 0 ? Infinity : metering.octetLimit,
  };
}

function volumes(world: World, { totals }: Answers): Pick<Findings, 'exported' | 'exports' | 'collected' | 'lost'> {
  const { exported, monitors } = world.router;
  const { counters } = world.collecting;
  const { lost } = world.path;
  return {
    exported: volumeOf(exported),
    exports: [...monitors].map(([name, { exporting }]) => ({ name, ...volumeOf(exporting.exported) })),
    collected: {
      messages: counters.messages,
      records: totals.records,
      packets: totals.packets,
      octets: totals.octets,
      ipv6Octets: totals.ipv6Octets,
    },
    lost: {
      records: counters.lost,
      trueRecords: lost.dataRecords,
      trueMessages: lost.messages,
      duplicatedMessages: counters.duplicatedMessages,
      reorderedMessages: counters.reorderedMessages,
      trailingRecords: lost.trailingRecords,
      unaccountedRecords: exported.dataRecords - counters.dataRecords - counters.lost - lost.trailingRecords,
    },
  };
}

const volumeOf = ({ messages, flows, packets, octets }: World['router']['exported']): Findings['exported'] => ({
  messages,
  records: flows,
  packets,
  octets,
});

/** The collector's totals with the truth beside each. */
function beside(world: World, scenario: Scenario, answers: Answers): Pick<Findings, 'people' | 'categories'> {
  const truth = trueTotals(world.ledger);
  const scripted = new Set(scenario.people.map(({ name }) => name));
  const deviceOf = new Map(world.office.devices.map(({ address }, device) => [formatAddress(address), device]));
  const categories = new Map(answers.categories.map((row) => [row.category, row]));
  for (const category of truth.byCategory.keys()) {
    if (!categories.has(category)) categories.set(category, { category, octets: 0, sharePercent: 0 });
  }
  return {
    people: answers.people.map((person) => ({
      ...person,
      otherAddresses: [...person.otherAddresses],
      sharePercent: toThousandths(person.sharePercent),
      scripted: scripted.has(person.name),
      trueOctets: truth.byDevice.get(deviceOf.get(person.address) ?? -1) ?? 0,
    })),
    categories: [...categories.values()].map((row) => ({
      ...row,
      sharePercent: toThousandths(row.sharePercent),
      trueOctets: truth.byCategory.get(row.category) ?? 0,
    })),
  };
}

const toThousandths = (value: number): number => Math.round(value * 1_000) / 1_000;

async function clocks(world: World, scenario: Scenario, store: FlowStore): Promise<Findings['clocks']> {
  const phaseNs = (world.epoch.unixMs % (BUCKET_S * 1_000)) * NS_PER_MS;
  const { routerClock } = world;
  const untouched = new VirtualClock({
    offsetNs: Math.round(scenario.router.clock.offsetMs * NS_PER_MS),
    driftPpm: scenario.router.clock.driftPpm,
  });
  const skewMs = world.collecting.exportSkew?.skewMs;
  const { firstErrorMs } = routerClock.measured;
  return {
    router: clockOf(routerClock, world.end),
    collector: clockOf(world.collectorClock, world.end),
    bucketS: BUCKET_S,
    wrongBucketOctets: skewMs === undefined ? 0 : await storedWrongBucketOctets(store, skewMs, BUCKET_S),
    trueWrongBucketOctets: wrongBucketOctets(world.ledger, routerClock.clock, BUCKET_NS, phaseNs),
    wrongBucketOctetsWithoutNtp: await storedWrongBucketOctets(
      store,
      firstErrorMs === undefined ? (skewMs ?? 0) : -firstErrorMs,
      BUCKET_S,
    ),
    trueWrongBucketOctetsWithoutNtp: wrongBucketOctets(world.ledger, untouched, BUCKET_NS, phaseNs),
    estimatedSkewMs: skewMs ?? null,
  };
}

const clockOf = (kept: KeptClock, end: TrueNs): Findings['clocks']['router'] => ({
  synchronised: kept.isKept,
  errorBeforeMs: kept.measured.firstErrorMs ?? null,
  errorAfterMs: kept.measured.lastErrorMs ?? null,
  trueErrorBeforeMs: (kept.clock.history[0]?.wallAt ?? 0) / NS_PER_MS,
  trueErrorAfterMs: kept.clock.errorNs(end) / NS_PER_MS,
  maxTrueErrorAfterSyncMs: kept.maxErrorMs(end),
});

function countByKind(differences: readonly Difference[]): Findings['differenceCounts'] {
  const counts = Object.fromEntries(DIFFERENCE_KINDS.map((kind) => [kind, 0])) as Findings['differenceCounts'];
  for (const { kind } of differences) counts[kind]++;
  return counts;
}
