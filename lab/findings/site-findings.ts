import { formatAddress } from '../../core/net/address-book.ts';
import { NS_PER_MS, type TrueNs } from '../../core/time/instant.ts';
import { wrongBucketOctets } from '../../collector/clock-audit/wrong-bucket.ts';
import { answer, type Answers } from '../../collector/query/answers.ts';
import type { FlowStore } from '../../collector/store/flow-store.ts';
import type { Findings } from '../report/report.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Difference } from '../verify/difference.ts';
import { trueTotals } from '../verify/truth.ts';
import type { KeptClock } from '../world/kept-clock.ts';
import type { MeteringDevice } from '../world/metering-device.ts';
import type { Site } from '../world/site.ts';
import type { World } from '../world/world.ts';
import { activitiesOf } from './activities.ts';
import { attributionOf } from './attribution.ts';
import { BUCKET_S } from './damage.ts';
import { detectionOf } from './detection.ts';
import { told } from './differences.ts';
import type { TrueEvents } from './true-events.ts';
import { viewContextOf } from './view-context.ts';

/** Asks the collector about one site, and puts what the ledger says beside its answers. */
export async function siteFindings(
  site: Site,
  world: World,
  scenario: Scenario,
  store: FlowStore,
  { differences, damage, events }: { differences: readonly Difference[]; damage: Findings['damage']; events: TrueEvents },
): Promise<Findings> {
  const context = viewContextOf(site, world);
  const answers = await answer(store, context);
  const { exported, collected, lost } = volumes(site, answers.totals);
  return {
    exported,
    exports: [...site.router.monitors].map(([name, { exporting }]) => ({ name, ...volumeOf(exporting.exported) })),
    collected,
    lost,
    ipv6Octets: answers.totals.ipv6Octets,
    ...beside(site, answers),
    ...detectionOf(site, world, events),
    activities: await activitiesOf(site, store, context),
    attribution: await attributionOf(site, scenario, store),
    clocks: await clocks(site, world, store, damage),
    damage,
    ...told(differences),
  };
}

type Volumes = Pick<Findings, 'exported' | 'collected' | 'lost'>;

/** What a device exported, what of it is stored, and what the collector says of the rest. */
export function volumes({ exported, path }: MeteringDevice, totals: Omit<Findings['collected'], 'messages'>): Volumes {
  const { lost, trailingRecords } = path.messages;
  const { records, packets, octets } = totals;
  const collected = path.session ?? { messages: 0, dataRecords: 0, duplicatedMessages: 0, reorderedMessages: 0, lost: 0 };
  return {
    exported: volumeOf(exported),
    collected: { messages: collected.messages, records, packets, octets },
    lost: {
      records: collected.lost,
      trueRecords: lost.records,
      trueMessages: lost.messages,
      duplicatedMessages: collected.duplicatedMessages,
      reorderedMessages: collected.reorderedMessages,
      trailingRecords,
      unaccountedRecords: exported.dataRecords - collected.dataRecords - collected.lost - trailingRecords,
    },
  };
}

const volumeOf = ({ messages, flows, packets, octets }: MeteringDevice['exported']): Findings['exported'] => ({
  messages,
  records: flows,
  packets,
  octets,
});

/** The collector's totals with the truth beside each. */
function beside({ ledger, office, config }: Site, answers: Answers): Pick<Findings, 'people' | 'categories'> {
  const truth = trueTotals(ledger);
  const scripted = new Set(config.people.map(({ name }) => name));
  const deviceOf = new Map(office.devices.map(({ address }, device) => [formatAddress(address), device]));
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

/** Shares are reported to a thousandth of a per cent. */
export const toThousandths = (value: number): number => Math.round(value * 1_000) / 1_000;

/** What the collector says landed in a wrong bucket, and what the damage says beside it: one truth of one run. */
async function clocks(
  site: Site,
  world: World,
  store: FlowStore,
  { asItWas, withoutNtp }: Findings['damage'],
): Promise<Findings['clocks']> {
  const { routerClock } = site;
  const { exporter } = site.config;
  const skewMs = site.path.session?.clock.estimate?.usualOffsetMs;
  const { firstErrorMs } = routerClock.measured;
  const withoutNtpMs = firstErrorMs === undefined ? (skewMs ?? 0) : -firstErrorMs;
  return {
    router: keptClock(routerClock, world.end),
    collector: keptClock(world.collectorClock, world.end),
    bucketS: BUCKET_S,
    wrongBucketOctets: skewMs === undefined ? 0 : await wrongBucketOctets(store, skewMs, BUCKET_S, exporter),
    trueWrongBucketOctets: asItWas.wrongBucketOctets,
    wrongBucketOctetsWithoutNtp: await wrongBucketOctets(store, withoutNtpMs, BUCKET_S, exporter),
    trueWrongBucketOctetsWithoutNtp: withoutNtp.wrongBucketOctets,
    estimatedSkewMs: skewMs ?? null,
  };
}

/** What the SNTP client of a clock measured, and the truth. */
export function keptClock(kept: KeptClock, end: TrueNs): Findings['clocks']['router'] {
  const selection = kept.selection(end);
  return {
    synchronised: kept.isKept,
    errorBeforeMs: kept.measured.firstErrorMs ?? null,
    errorAfterMs: kept.measured.lastErrorMs ?? null,
    trueErrorBeforeMs: (kept.clock.history[0]?.wallAt ?? 0) / NS_PER_MS,
    trueErrorAfterMs: kept.clock.errorNs(end) / NS_PER_MS,
    maxTrueErrorAfterSyncMs: kept.maxErrorMs(end),
    ...(selection === undefined ? {} : { selection }),
  };
}
