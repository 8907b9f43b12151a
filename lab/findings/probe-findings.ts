import { formatIPv4 } from '../../core/net/address.ts';
import { isFrom, type FlowStore } from '../../collector/store/flow-store.ts';
import type { Findings } from '../report/report.ts';
import type { Scenario } from '../scenario/schema.ts';
import { readingOf } from '../verify/damage/clock-reading.ts';
import type { Telling } from '../verify/damage/judged-records.ts';
import { orderAcross } from '../verify/damage/two-observers.ts';
import type { WanProbe } from '../world/wan-probe.ts';
import type { World } from '../world/world.ts';
import { corrected, damageOf, withoutNtp, type JudgedDevice } from './damage.ts';
import { differencesOf, told } from './differences.ts';
import { keptClock, volumes } from './site-findings.ts';

/** Holds a probe's records against what passed it, and reads its times together with those of the router it stands beside. */
export async function probeFindings(
  probe: WanProbe,
  { router, judged }: { readonly router: JudgedDevice; readonly judged: JudgedDevice },
  world: World,
  scenario: Scenario,
  store: FlowStore,
): Promise<NonNullable<Findings['probe']>> {
  const [totals = { records: 0, packets: 0, octets: 0 }] = await store.query<{
    records: number;
    packets: number;
    octets: number;
  }>(
    `SELECT count(*)::DOUBLE AS records, coalesce(sum(packets::DOUBLE), 0) AS packets, coalesce(sum(octets::DOUBLE), 0) AS octets
    FROM flows WHERE ${isFrom(probe.exporter)}`,
  );
  const alone = readingOf(world.collectorClock.untouched());
  const across = (tell: (device: JudgedDevice) => Telling) => orderAcross(observation(router, tell), observation(judged, tell));
  const asItWas = across(({ stored }) => stored);
  return {
    exporter: formatIPv4(probe.exporter.address),
    observationDomainId: probe.exporter.observationDomainId,
    ...volumes(probe, totals),
    clock: keptClock(probe.clock, world.end),
    estimatedSkewMs: probe.path.session?.clock.estimate?.usualOffsetMs ?? null,
    conversations: asItWas.conversations,
    inversions: {
      withoutNtp: across((device) => withoutNtp(device, alone)).inversions,
      asItWas: asItWas.inversions,
      corrected: across(corrected).inversions,
    },
    damage: damageOf([judged], world, scenario),
    ...told(await differencesOf(probe, store)),
  };
}

const observation = (judged: JudgedDevice, tell: (device: JudgedDevice) => Telling) => ({
  ...judged,
  ledger: judged.device.ledger,
  telling: tell(judged),
});
