import { NS_PER_MS, NS_PER_US } from '../../core/time/instant.ts';
import type { FlowStore } from '../../collector/store/flow-store.ts';
import type { Findings } from '../report/report.ts';
import { parseDuration } from '../scenario/duration.ts';
import type { Scenario } from '../scenario/schema.ts';
import { trueWindows } from '../verify/damage/alerts.ts';
import { bucketsOf } from '../verify/damage/buckets.ts';
import { readingOf, type ClockReading } from '../verify/damage/clock-reading.ts';
import { TIME_ENCODINGS, type TimeEncoding } from '../verify/damage/encodings.ts';
import { damageFigures, type DamageFigures, type Yardsticks } from '../verify/damage/figures.ts';
import { lendings } from '../verify/damage/holdings.ts';
import { judgeTimes, type JudgedTimes } from '../verify/damage/judge-times.ts';
import { tellingOf, type Telling } from '../verify/damage/judged-records.ts';
import { FLOW_COLUMNS, Records } from '../verify/records.ts';
import type { MeteringDevice } from '../world/metering-device.ts';
import type { Site } from '../world/site.ts';
import type { World } from '../world/world.ts';
import { caseOf } from './case.ts';
import { eventsOfDay, type TrueEvents } from './true-events.ts';

type Damage = Findings['damage'];

/** Of the charts. */
export const BUCKET_S = 300;
const US_PER_MS = 1_000;
const TARIFF_S = 3_600;
const OCTETS_PER_MEGABYTE = 1e6;
/** As they are stored. */
const MILLISECONDS = TIME_ENCODINGS.find(({ name }) => name === 'milliseconds') as TimeEncoding;
/** An alarm that rings twice as loud as usual. */
const USUAL_TIMES = 2;

/** What a device told, beside the truth. */
export interface JudgedDevice extends JudgedTimes {
  readonly device: MeteringDevice;
}

/** What the store has of a device: its records, and where each came from. */
interface Stored {
  readonly records: Records;
  readonly origins: Parameters<typeof judgeTimes>[1];
}

async function storedOf(device: MeteringDevice, store: FlowStore): Promise<Stored> {
  const records = new Records();
  const sequenceNumber: number[] = [];
  const exportTimeS: number[] = [];
  const receivedAtUs: number[] = [];
  await store.scan(
    [...FLOW_COLUMNS, 'sequenceNumber', 'exportTimeS', 'receivedAtUs'] as const,
    (rows) => {
      records.addFlows(rows, rows.length, rows.id);
      for (let row = 0; row < rows.length; row++) {
        sequenceNumber.push(rows.sequenceNumber[row] as number);
        exportTimeS.push(rows.exportTimeS[row] as number);
        receivedAtUs.push(rows.receivedAtUs[row] as number);
      }
    },
    device.exporter,
  );
  return { records, origins: { sequenceNumber, exportTimeS, receivedAtUs } };
}

/** Looks up the true times of what the store has of a device. */
export const judgedDevice = async (device: MeteringDevice, store: FlowStore): Promise<JudgedDevice> =>
  judgedAs(device, await storedOf(device, store));

function judgedAs(device: MeteringDevice, { records, origins }: Stored): JudgedDevice {
  const { path, leases, translator } = device;
  return { device, ...judgeTimes(caseOf(device, records), origins, path.log, leases.entries, translator) };
}

/** What the router of a site told, and the probe outside it where there is one, and what should have been noticed there. */
export interface JudgedSite {
  readonly events: TrueEvents;
  readonly router: JudgedDevice;
  readonly probe: JudgedDevice | undefined;
}

/** The same for the devices of each site, in their order. */
export async function judgedSites(sites: readonly Site[], store: FlowStore): Promise<JudgedSite[]> {
  const judged: JudgedSite[] = [];
  for (const site of sites) {
    const stored = await storedOf(site, store);
    const probe = site.probe && (await judgedDevice(site.probe, store));
    judged.push({ router: judgedAs(site, stored), probe, events: await eventsOfDay(site, store, stored.records) });
  }
  return judged;
}

/** What wrong times did to what was collected from these devices, would have done without NTP, and would do told otherwise. */
export function damageOf(devices: readonly JudgedDevice[], world: World, { damage }: Scenario): Damage {
  const all = devices.map(({ records }) => records);
  const epochUnixMs = world.epoch.unixMs;
  const buckets = bucketsOf(BUCKET_S, epochUnixMs);
  const trueOctets = trueWindows(all, buckets);
  const alertOctets = alertOctetsOf(damage.alertMegabytes, trueOctets);
  const yardsticks: Yardsticks = {
    buckets,
    tariff: bucketsOf(TARIFF_S, epochUnixMs),
    trueOctets,
    alertOctets,
    keepNs: parseDuration(damage.keep) * NS_PER_MS,
    nowNs: world.end,
  };
  const kept = readingOf(world.collectorClock.clock);
  const alone = readingOf(world.collectorClock.untouched());
  const figures = (tell: (device: JudgedDevice) => Telling, isKept: boolean): DamageFigures =>
    damageFigures(
      devices.map((device) => ({ records: isKept ? device.records : lentWithoutNtp(device), telling: tell(device) })),
      yardsticks,
      (isKept ? kept : alone).wall(world.end),
    );
  const asEncoded = (encoding: TimeEncoding, isKept: boolean): DamageFigures =>
    figures((device) => encoded(device, encoding, isKept, isKept ? kept : alone), isKept);
  return {
    bucketS: BUCKET_S,
    tariffS: TARIFF_S,
    alertOctets,
    keepS: parseDuration(damage.keep) / 1_000,
    flows: all.reduce((sum, { length }) => sum + length, 0),
    octets: all.reduce((sum, { octets }) => sum + octets.reduce((total, each) => total + each, 0), 0),
    withoutNtp: asEncoded(MILLISECONDS, false),
    asItWas: figures(({ stored }) => stored, true),
    corrected: figures(corrected, true),
    byEncoding: !damage.encodings
      ? []
      : TIME_ENCODINGS.map((encoding) => ({
          name: encoding.name,
          title: encoding.title,
          rule: encoding.rule,
          withoutNtp: asEncoded(encoding, false),
          asItWas: asEncoded(encoding, true),
        })),
  };
}

function alertOctetsOf(megabytes: number | undefined, windows: ReadonlyMap<number, number>): number {
  if (megabytes !== undefined) return megabytes * OCTETS_PER_MEGABYTE;
  const octets = [...windows.values()].reduce((sum, each) => sum + each, 0);
  return windows.size === 0 ? 0 : Math.round((USUAL_TIMES * octets) / windows.size);
}

/** The records beside the leases as they would have been written down had nobody corrected the DHCP server's clock. */
const lentWithoutNtp = ({ device, records }: JudgedDevice): JudgedDevice['records'] =>
  device.leases.clock === undefined ? records : { ...records, ...lendings(records.holder, device.leases.entriesWithoutNtp) };

/** The records as the device would have told them had nobody corrected its clock; received as they were. */
export const withoutNtp = (judged: JudgedDevice, collector: ClockReading): Telling =>
  encoded(judged, MILLISECONDS, false, collector);

/** The records as told by another encoding, by the device's clock as it was kept or had it been left alone. */
function encoded({ device, records }: JudgedDevice, encoding: TimeEncoding, isKept: boolean, collector: ClockReading): Telling {
  const { clock, exporting, epoch } = device;
  const exporter = {
    clock: readingOf(isKept ? clock.clock : clock.untouched()),
    epochUnixMs: epoch.unixMs,
    refreshS: exporting.templateRefreshS,
  };
  const receivedNs = records.arrivedNs.map((instant) => collector.wall(instant));
  return tellingOf(records, receivedNs, (row, instant) => encoding.read(exporter, instant, records.sentNs[row] as number));
}

/** What is stored, set right by what the collector estimates of the device's clock at the time each record came. */
export function corrected({ device, stored }: Pick<JudgedDevice, 'device' | 'stored'>): Telling {
  const segments = device.path.session?.clock.estimate?.segments ?? [];
  const epochUs = device.epoch.unixMs * US_PER_MS;
  const setRight = (toldNs: number, row: number): number => {
    const receivedUs = epochUs + (stored.receivedNs[row] as number) / NS_PER_US;
    const segment = segments.findLast(({ fromUs }) => fromUs <= receivedUs) ?? segments[0];
    // What may be right is left alone.
    if (segment === undefined || Math.abs(segment.offsetMs) <= segment.boundMs) return toldNs;
    const atNs = (segment.atUs - epochUs) * NS_PER_US;
    return atNs + (toldNs - segment.offsetMs * NS_PER_MS - atNs) / (1 + segment.driftPpm / 1e6);
  };
  return { ...stored, startNs: stored.startNs.map(setRight), endNs: stored.endNs.map(setRight) };
}
