import { formatAddress } from '../../core/net/address-book.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';
import { isMalicious } from '../../exporter/office/malicious.ts';
import type { ScriptedActivity } from '../../exporter/office/office.ts';
import type { EventKind } from '../verify/detection/true-event.ts';
import type { ScriptedEvent } from '../verify/detection/truth.ts';
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
export function scriptOf({ office, epoch }: Pick<Site, 'office' | 'epoch'>): ScriptedEvent[] {
  const { devices, activities, leases } = office;
  const addressesOf = (index: number): string[] => {
    const device = devices[index];
    const lent = leases.filter((lease) => lease.device === index).map(({ address }) => address);
    return [device?.address ?? 0, device?.ipv6Address ?? 0, ...lent].filter((address) => address !== 0).map(formatAddress);
  };
  const misbehaviour = activities.flatMap((activity, index): ScriptedEvent[] => {
    const kind = KINDS[activity.config.do];
    if (!isMalicious(activity) || kind === undefined) return [];
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
