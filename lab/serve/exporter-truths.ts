import { formatIPv4 } from '../../core/net/address.ts';
import type { KeptMessage } from '../../collector/api/view/message-ring.ts';
import type { ExporterTruth } from '../view/message-truth.ts';
import type { RunClock } from '../view/run-clocks.ts';
import type { NamedLedger } from '../view/ledger-flows.ts';
import { EXPORT_PORT } from '../world/addresses.ts';
import { deviceName } from '../world/ntp-tap.ts';
import type { Site } from '../world/site.ts';
import type { ToldSite } from '../world/sites-file.ts';
import type { TrueSite } from '../world/true-site.ts';
import type { World } from '../world/world.ts';

type ExporterOf = (message: KeptMessage) => ExporterTruth | undefined;

const sourceOf = (address: number): string => `${formatIPv4(address)}:${EXPORT_PORT}`;

/** The source of a further export: one address sends several. */
export const monitorSource = (address: number, name: string): string => `${sourceOf(address)} (${name})`;

/** The source without which of its exports it is. */
const addressIn = ({ source }: KeptMessage): string => source.replace(/ \(.*\)$/, '');

/** Who sent a Message of a run in this process, with the truth about it. */
export function exportersOf({ sites }: World): ExporterOf {
  const known = new Map<string, ExporterTruth>();
  for (const site of sites) {
    const { config, routerClock, probe } = site;
    const nameOf = nameAt(site);
    known.set(sourceOf(config.exporter.address), {
      device: deviceName('router', site.name),
      errorNs: (at) => routerClock.clock.errorNs(at),
      ledger: () => ({ ledger: site.ledger, nameOf }),
    });
    if (probe === undefined) continue;
    known.set(sourceOf(probe.exporter.address), {
      device: deviceName('probe', site.name),
      errorNs: (at) => probe.clock.clock.errorNs(at),
      ledger: () => ({ ledger: probe.ledger, nameOf }),
    });
  }
  return (message) => known.get(addressIn(message));
}

/** A device with whose it is. */
const nameAt =
  ({ office }: Site) =>
  (index: number): string => {
    const device = office.devices[index];
    if (device === undefined) return '';
    return device.person === undefined ? device.name : `${device.person} (${device.name})`;
  };

/** The same of the routers of a run that was kept, as far as their clocks were written down: what a probe saw was not. */
export function savedExporters(
  sites: readonly Pick<ToldSite, 'name' | 'exporter'>[],
  ledgers: () => readonly TrueSite[],
  clocks: readonly RunClock[],
): ExporterOf {
  const known = new Map<string, ExporterTruth>();
  for (const { name, exporter } of sites) {
    const device = deviceName('router', name);
    const clock = clocks.find((one) => one.device === device);
    if (clock === undefined) continue;
    const ledger = (): NamedLedger | undefined => {
      const site = ledgers().find((one) => one.name === name);
      return site && { ledger: site.ledger, nameOf: (index) => site.nameOf(index) ?? '' };
    };
    known.set(sourceOf(exporter.address), { device, errorNs: (at) => clock.errorNs(at), ledger });
  }
  return (message) => known.get(addressIn(message));
}
