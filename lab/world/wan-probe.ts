import type { PacketTrain } from '../../core/net/packet-train.ts';
import { trueNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { TrafficObserver } from '../../exporter/branch-office.ts';
import type { RouterConfig } from '../../exporter/config.ts';
import { Probe } from '../../exporter/probe.ts';
import { Link } from '../faults/link.ts';
import type { Actor, Kernel } from '../kernel/kernel.ts';
import type { ProbeConfig } from '../scenario/sites.ts';
import { Ledger } from '../verify/ledger.ts';
import { DEVICE_NUMBERS, SERVICE_PORTS } from './addresses.ts';
import { ExportPath } from './export-path.ts';
import { KeptClock } from './kept-clock.ts';
import { LeaseLog } from './lease-log.ts';
import type { MeteringDevice } from './metering-device.ts';
import { deviceName, tapOf } from './ntp-tap.ts';
import type { Surroundings } from './site.ts';

/** A probe on the wire outside a router, its clock, the way of what it exports, and the truth as it is seen from there. */
export class WanProbe implements Actor, MeteringDevice, TrafficObserver {
  readonly name = 'probe';
  readonly exporter: MeteringDevice['exporter'];
  readonly nat: MeteringDevice['nat'];
  readonly metering: MeteringDevice['metering'];
  readonly exporting: MeteringDevice['exporting'];
  readonly clock: KeptClock;
  readonly epoch: Epoch;
  readonly end: TrueNs;
  readonly ledger = new Ledger();
  readonly translator: Ledger;
  /** It sees no inside address. */
  readonly leases = new LeaseLog({ leases: [] });
  readonly path: ExportPath;
  readonly #probe: Probe;

  /** `router`: behind which it is at the site, with its ledger; all chance is forked by names of the probe's own, so that it changes nothing for others. */
  constructor(config: ProbeConfig, site: string, router: RouterConfig, translator: Ledger, around: Surroundings) {
    const { exporter, clock, links, metering, exporting } = config;
    const { epoch, end, random, ntpServers, collection } = around;
    this.exporter = exporter;
    this.nat = router.nat;
    this.translator = translator;
    this.metering = metering;
    this.exporting = exporting;
    this.epoch = epoch;
    this.end = end;
    const down = around.number + DEVICE_NUMBERS.probeAfterRouter;
    const exportEnds = { down, up: DEVICE_NUMBERS.collector, port: SERVICE_PORTS.ipfix };
    const exportLink = new Link(links.export, random.fork('link:export:probe'), exportEnds);
    const servers = ntpServers.askedBy(down, links.ntp, random, 'link:ntp:probe', exportLink.queueUp);
    const tap = tapOf(around.ntpTap, deviceName('probe', site), exporter.address);
    this.clock = new KeptClock(clock, epoch, random.fork('sntp:probe'), exporter.address, servers, tap);
    this.path = new ExportPath(exporter, epoch, exportLink, collection);
    this.#probe = new Probe(config, router, this.clock.clock, epoch, trueNs(0));
  }

  get exported(): MeteringDevice['exported'] {
    return this.#probe.monitor.exporting.exported;
  }

  async open(kernel: Kernel): Promise<void> {
    await this.path.open(kernel);
    await this.clock.open(kernel);
  }

  async close(): Promise<void> {
    await this.path.close();
    await this.clock.close();
  }

  passed(train: PacketTrain, publicAddress: number, publicPort: number): void {
    this.ledger.passedOutside(train, publicAddress, publicPort);
    this.#probe.observe(train, publicAddress, publicPort);
  }

  /** What the router drops has passed here. */
  dropped(train: PacketTrain, publicAddress: number, publicPort: number): void {
    this.passed(train, publicAddress, publicPort);
  }

  /** What never left was not seen here. */
  refused(train: PacketTrain): void {
    this.ledger.refused(train);
  }

  nextTimeout(): TrueNs {
    return this.#probe.monitor.nextTimeout();
  }

  wake(now: TrueNs): void {
    this.#probe.monitor.handleTimeout(now);
    this.#export(now);
  }

  /** The day is over: what is metered is exported. */
  finish(): void {
    this.ledger.close(this.end);
    this.#probe.monitor.flush(this.end);
    this.#export(this.end);
  }

  #export(now: TrueNs): void {
    const { monitor } = this.#probe;
    for (let message = monitor.poll(); message !== undefined; message = monitor.poll()) this.path.send(now, message);
  }
}
