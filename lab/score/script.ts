import { formatIPv4 } from '../../core/net/address.ts';
import { formatAddress } from '../../core/net/address-book.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';
import type { ClockSegment } from '../../core/time/virtual-clock.ts';
import { publicPool } from '../../exporter/nat/config.ts';
import { isMalicious } from '../../exporter/office/malicious.ts';
import type { ScriptedActivity } from '../../exporter/office/office.ts';
import { EventRecords } from '../verify/detection/event-records.ts';
import type { EventKind, TrueEvent } from '../verify/detection/true-event.ts';
import { trueEvents, type ScriptedEvent } from '../verify/detection/truth.ts';
import type { Ledger } from '../verify/ledger.ts';
import type { Site } from '../world/site.ts';

/** What each misbehaviour of the office is to an administrator. */
const KINDS: Readonly<Partial<Record<ScriptedActivity['config']['do'], EventKind>>> = {
  portScan: 'port-scan',
  hostScan: 'host-scan',
  bruteForce: 'brute-force',
  beacon: 'beacon',
  dnsTunnel: 'dns-tunnel',
  exfiltrate: 'exfiltration',
  mine: 'mining',
  share: 'file-sharing',
  inboundScan: 'inbound-scan',
  synFlood: 'syn-flood',
};

/** What of a site's day a detector should tell of, as it was planned: the judge looks up what came of it. */
export function scriptOf({ office, epoch, end }: Pick<Site, 'office' | 'epoch' | 'end'>): ScriptedEvent[] {
  const { devices, activities, leases } = office;
  const addressesOf = (index: number): string[] => {
    const device = devices[index];
    const lent = leases.filter((lease) => lease.device === index).map(({ address }) => address);
    return [device?.address ?? 0, device?.ipv6Address ?? 0, ...lent].filter((address) => address !== 0).map(formatAddress);
  };
  const misbehaviour = activities.flatMap((activity, index): ScriptedEvent[] => {
    const kind = KINDS[activity.config.do];
    // What would begin after the end never does.
    if (!isMalicious(activity) || kind === undefined || activity.startNs >= end) return [];
    const isFromOutside = activity.device < 0;
    const device = devices[activity.device];
    return [
      {
        kind,
        who: isFromOutside ? 'somebody outside' : (device?.person ?? device?.name ?? ''),
        subjects: addressesOf(activity.device),
        isFromOutside,
        of: { activity: index },
        plannedMs: epoch.unixMs + activity.startNs / NS_PER_MS,
        hiddenBecause: isFromOutside ? 'not-metered' : 'stayed-inside',
      },
    ];
  });
  const unlisted = devices.flatMap((device, index): ScriptedEvent[] =>
    device.inventoried
      ? []
      : [
          {
            kind: 'unknown-device',
            who: device.name,
            subjects: addressesOf(index),
            isFromOutside: false,
            of: { device: index },
            plannedMs: epoch.unixMs,
            hiddenBecause: 'stayed-inside',
          },
        ],
  );
  return [...misbehaviour, ...unlisted];
}

/** Counts the records of what was scripted. */
export function eventRecordsOf(ledger: Ledger, script: readonly ScriptedEvent[]): EventRecords {
  const activities = script.flatMap(({ of }) => ('activity' in of ? [of.activity] : []));
  const devices = script.flatMap(({ of }) => ('device' in of ? [of.device] : []));
  return new EventRecords(ledger, new Set(activities), new Set(devices));
}

/** NAT events that tell of exhaustion: of addresses and of ports (RFC 8158 section 4.3). */
export const EXHAUSTED = [3, 12];

/** What of the script happened. `exhaustions`: NAT events that the collector got and that tell of any. */
export function eventsOf(
  site: Site,
  { script, records, exhaustions }: { script: readonly ScriptedEvent[]; records: EventRecords; exhaustions: number },
): TrueEvent[] {
  return trueEvents({
    ledger: site.ledger,
    epochUnixMs: site.epoch.unixMs,
    script,
    records,
    isSampled: site.metering.sampling.algorithm !== 'none',
    exhaustion: {
      subjects: [...publicPool(site.nat), site.exporter.address].map(formatIPv4),
      areExported: site.nat.natEvents !== 'off',
      received: exhaustions,
    },
  });
}

/** The largest error of a clock, without sign. Where segments begin it is largest: it drifts in between, by far less than a detection can tell. */
export const largestErrorMs = (history: readonly ClockSegment[]): number =>
  history.reduce((most, { since, wallAt }) => Math.max(most, Math.abs(wallAt - since)), 0) / NS_PER_MS;
