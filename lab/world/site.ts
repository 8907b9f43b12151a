import type { Random } from '../../core/random/random.ts';
import { trueNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import { BranchOffice, type TrafficObserver } from '../../exporter/branch-office.ts';
import { nat64PrefixOf } from '../../exporter/config.ts';
import { Office } from '../../exporter/office/office.ts';
import { Router } from '../../exporter/router.ts';
import { Link } from '../faults/link.ts';
import type { Actor, Kernel } from '../kernel/kernel.ts';
import type { SiteConfig } from '../scenario/sites.ts';
import { Ledger } from '../verify/ledger.ts';
import { DEVICE_NUMBERS, SERVICE_PORTS } from './addresses.ts';
import type { MessageSink } from './capture.ts';
import { ExportPath, type Collection } from './export-path.ts';
import { KeptClock } from './kept-clock.ts';
import { LeaseLog } from './lease-log.ts';
import type { MeteringDevice } from './metering-device.ts';
import type { NtpServers } from './ntp-servers.ts';
import { CLIENT_PORT, deviceName, tapOf, type NtpTap } from './ntp-tap.ts';
import type { PacketFile } from './packet-file.ts';
import { WanProbe } from './wan-probe.ts';

/** What a site finds around it. */
export interface Surroundings {
  /** By which expressions of links know the router. */
  readonly number: number;
  readonly epoch: Epoch;
  readonly end: TrueNs;
  /** The site's own chance: adding another site changes nothing here. */
  readonly random: Random;
  /** What the internet is drawn from, for all sites alike. */
  readonly internet: Random;
  readonly ntpServers: NtpServers;
  readonly ntpTap: NtpTap | undefined;
  readonly collection: Collection;
  /** Files of the router's further exports, by name. */
  readonly captures: ReadonlyMap<string, MessageSink>;
  readonly packets: PacketFile | undefined;
}

/** An office and its router, the router's clock, the way of what it exports, and the truth about it all. */
export class Site implements Actor, MeteringDevice {
  readonly config: SiteConfig;
  readonly epoch: Epoch;
  readonly end: TrueNs;
  readonly office: Office;
  readonly router: Router;
  readonly routerClock: KeptClock;
  readonly ledger: Ledger;
  readonly path: ExportPath;
  readonly random: Random;
  /** The second device that sees what the router sends and gets. */
  readonly probe: WanProbe | undefined;
  readonly leases: LeaseLog;
  readonly #branch: BranchOffice;
  readonly #captures: ReadonlyMap<string, MessageSink>;
  readonly #packets: PacketFile | undefined;

  constructor(config: SiteConfig, around: Surroundings) {
    const { office, people, router, links, exporter } = config;
    const { number, epoch, end, random, internet, ntpServers, collection, captures, packets } = around;
    this.config = config;
    this.epoch = epoch;
    this.end = end;
    this.random = random;
    this.#captures = captures;
    this.#packets = packets;
    const exportEnds = { down: number, up: DEVICE_NUMBERS.collector, port: SERVICE_PORTS.ipfix };
    const exportLink = new Link(links.export, random.fork('link:export'), exportEnds);
    this.routerClock = new KeptClock(
      router.clock,
      epoch,
      random.fork('sntp:router'),
      router.nat.publicAddress,
      ntpServers.askedBy(number, links.ntp, random, 'link:ntp:router', exportLink.queueUp),
      tapOf(around.ntpTap, deviceName('router', config.name), router.nat.publicAddress),
    );
    this.office = new Office({
      office,
      people,
      random: random.fork('office'),
      internet: internet.fork('office'),
      epoch,
      duration: end,
      publicAddress: router.nat.publicAddress,
      nat64Prefix: nat64PrefixOf(router),
      portForwards: router.nat.portForwards,
    });
    this.leases = new LeaseLog(this.office, dhcpClock(config, around));
    this.router = new Router(router, this.routerClock.clock, epoch, trueNs(0), random.fork('nat'));
    this.ledger = new Ledger(router.metering.meterDropped);
    this.path = new ExportPath(exporter, epoch, exportLink, collection);
    this.probe = config.probe && new WanProbe(config.probe, config.name, router, this.ledger, around);
    const observers = [this.ledger, packets, this.probe].filter((observer) => observer !== undefined);
    this.#branch = new BranchOffice(this.office, this.router, all(observers));
  }

  /** What has timers of its own here. */
  get actors(): Actor[] {
    const { probe, leases } = this;
    return [this, this.routerClock, probe, probe?.clock, leases.clock].filter((actor) => actor !== undefined);
  }

  get name(): string {
    return this.config.name;
  }

  get exporter(): MeteringDevice['exporter'] {
    return this.config.exporter;
  }

  get nat(): MeteringDevice['nat'] {
    return this.config.router.nat;
  }

  get metering(): MeteringDevice['metering'] {
    return this.config.router.metering;
  }

  get exporting(): MeteringDevice['exporting'] {
    return this.config.router.exporting;
  }

  get exported(): MeteringDevice['exported'] {
    return this.router.exported;
  }

  get translator(): Ledger {
    return this.ledger;
  }

  get clock(): KeptClock {
    return this.routerClock;
  }

  async open(kernel: Kernel): Promise<void> {
    await this.path.open(kernel);
    await this.routerClock.open(kernel);
    await this.probe?.open(kernel);
    await this.leases.clock?.open(kernel);
  }

  async close(): Promise<void> {
    await this.path.close();
    await this.routerClock.close();
    await this.probe?.close();
    await this.leases.clock?.close();
  }

  nextTimeout(): TrueNs | undefined {
    return this.#branch.nextTimeout();
  }

  wake(now: TrueNs): void {
    this.#branch.handleTimeout(now);
    this.#export(now);
    // What it saw may have made a Message ready.
    this.probe?.wake(now);
  }

  /** The day is over: what is metered is exported, and the truth is told. */
  finish(): void {
    this.ledger.close(this.end);
    this.#packets?.finish(this.end);
    this.#branch.flush(this.end);
    this.#export(this.end);
    this.probe?.finish();
  }

  #export(now: TrueNs): void {
    for (let message = this.#branch.poll(); message !== undefined; message = this.#branch.poll()) this.path.send(now, message);
    const { address } = this.config.exporter;
    for (const [name, monitor] of this.router.monitors) {
      const capture = this.#captures.get(name);
      for (let message = monitor.poll(); message !== undefined; message = monitor.poll()) capture?.message(now, address, message);
    }
  }
}

/** It asks the time from behind the router; like the router's own, its requests are not metered. */
function dhcpClock({ name, office, router, links }: SiteConfig, around: Surroundings): KeptClock | undefined {
  const clock = office.dhcp?.clock;
  if (clock === undefined) return undefined;
  const { number, epoch, random, ntpServers, ntpTap } = around;
  const servers = ntpServers.askedBy(number + DEVICE_NUMBERS.dhcpAfterRouter, links.ntp, random, 'link:ntp:dhcp');
  // Another port of the address that it shares with the router.
  const tap = tapOf(ntpTap, deviceName('dhcp server', name), router.nat.publicAddress, CLIENT_PORT + 1);
  return new KeptClock(clock, epoch, random.fork('sntp:dhcp'), router.nat.publicAddress, servers, tap);
}

const all = (observers: readonly TrafficObserver[]): TrafficObserver => ({
  passed(...seen) {
    for (const observer of observers) observer.passed(...seen);
  },
  dropped(...seen) {
    for (const observer of observers) observer.dropped(...seen);
  },
  refused(train) {
    for (const observer of observers) observer.refused(train);
  },
});
