import { Random } from '../../core/random/random.ts';
import { NS_PER_MS, trueNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { CollectingProcess } from '../../collector/collecting/collecting-process.ts';
import type { FlowStore } from '../../collector/store/flow-store.ts';
import { BranchOffice, type TrafficObserver } from '../../exporter/branch-office.ts';
import { nat64PrefixOf } from '../../exporter/config.ts';
import { Office } from '../../exporter/office/office.ts';
import { Router } from '../../exporter/router.ts';
import { NtpServer } from '../../ntp-server/server.ts';
import { Link } from '../faults/link.ts';
import { Kernel, type Actor, type Pace } from '../kernel/kernel.ts';
import type { Scenario } from '../scenario/schema.ts';
import { Ledger } from '../verify/ledger.ts';
import { Records } from '../verify/records.ts';
import type { Capture } from './capture.ts';
import { ExportPath } from './export-path.ts';
import { KeptClock } from './kept-clock.ts';
import type { PacketFile } from './packet-file.ts';

/** Opens the file that gets every Message of an export, or gives `undefined` when nobody wants one. */
export type CaptureOf = (name: string, epoch: Epoch) => Capture | undefined;

/** Opens the file that gets the office's packets, or gives `undefined`. */
export type PacketsOf = (epoch: Epoch) => PacketFile | undefined;

/** The composition root: office, router, clocks, wires and collector of one scenario, with the ledger beside them. */
export class World {
  readonly epoch: Epoch;
  readonly office: Office;
  readonly router: Router;
  readonly branch: BranchOffice;
  readonly routerClock: KeptClock;
  readonly collectorClock: KeptClock;
  readonly collecting: CollectingProcess;
  readonly ledger: Ledger;
  /** Flow Records of Messages that never arrived. */
  readonly lostRecords = new Records();
  readonly path: ExportPath;
  readonly #kernel: Kernel;
  readonly #end: TrueNs;
  /** Of the router's further exports, by name. */
  readonly #captures: ReadonlyMap<string, Capture>;
  readonly #packets: PacketFile | undefined;

  /** `durationMs`: how long the scenario lasts in true time. `captureOf` opens what gets every Message of an export; '' is the collector's. */
  constructor(
    scenario: Scenario,
    durationMs: number,
    store: FlowStore,
    captureOf: CaptureOf,
    packetsOf: PacketsOf = () => undefined,
  ) {
    const random = new Random(scenario.seed);
    this.epoch = { unixMs: Date.parse(scenario.start) };
    this.#packets = packetsOf(this.epoch);
    this.#end = trueNs(durationMs * NS_PER_MS);
    const ntpServer = new NtpServer<string>({ clock: clockOf(scenario.ntpServer), epoch: this.epoch });
    const kept = (name: 'router' | 'collector'): KeptClock => {
      const link = new Link(scenario.links.ntp, random.fork(`link:ntp:${name}`));
      return new KeptClock(scenario[name].clock, this.epoch, random.fork(`sntp:${name}`), ntpServer, link);
    };
    this.ledger = new Ledger(scenario.router.metering.meterDropped);
    this.routerClock = kept('router');
    this.collectorClock = kept('collector');
    this.office = new Office({
      office: scenario.office,
      people: scenario.people,
      random: random.fork('office'),
      epoch: this.epoch,
      duration: this.#end,
      publicAddress: scenario.router.nat.publicAddress,
      nat64Prefix: nat64PrefixOf(scenario.router),
      portForwards: scenario.router.nat.portForwards,
    });
    this.router = new Router(scenario.router, this.routerClock.clock, this.epoch, trueNs(0), random.fork('nat'));
    this.collecting = new CollectingProcess({ ...scenario.collector.collecting, sessionsBeginAtZero: true });
    this.path = new ExportPath({
      epoch: this.epoch,
      link: new Link(scenario.links.export, random.fork('link:export')),
      collecting: this.collecting,
      store,
      collectorClock: this.collectorClock.clock,
      capture: captureOf('', this.epoch),
      lostRecords: this.lostRecords,
    });
    const captures = [...this.router.monitors.keys()].map((name) => [name, captureOf(name, this.epoch)] as const);
    this.#captures = new Map(captures.filter((entry): entry is readonly [string, Capture] => entry[1] !== undefined));
    const observer = this.#packets === undefined ? this.ledger : both(this.ledger, this.#packets);
    this.branch = new BranchOffice(this.office, this.router, observer);
    const branch: Actor = {
      nextTimeout: () => this.branch.nextTimeout(),
      wake: (now) => {
        this.branch.handleTimeout(now);
        this.#export(now);
      },
    };
    this.#kernel = new Kernel([branch, this.routerClock, this.collectorClock]);
  }

  get end(): TrueNs {
    return this.#end;
  }

  /** Runs the scenario to its end: everything metered is exported, everything under way arrives and is stored. */
  async run(pace: Pace): Promise<void> {
    const parts = [this.path, this.routerClock, this.collectorClock];
    try {
      for (const part of parts) await part.open(this.#kernel);
      await this.#kernel.run(this.#end, pace);
      this.ledger.close(this.#end);
      this.#packets?.finish(this.#end);
      this.branch.flush(this.#end);
      this.#export(this.#end);
      await this.#kernel.drain();
      await this.path.flush();
    } finally {
      for (const part of parts) await part.close();
    }
  }

  #export(now: TrueNs): void {
    for (let message = this.branch.poll(); message !== undefined; message = this.branch.poll()) this.path.send(now, message);
    for (const [name, monitor] of this.router.monitors) {
      const capture = this.#captures.get(name);
      for (let message = monitor.poll(); message !== undefined; message = monitor.poll()) capture?.message(now, message);
    }
  }
}

const clockOf = ({ offsetMs, driftPpm }: Scenario['ntpServer']): VirtualClock =>
  new VirtualClock({ offsetNs: Math.round(offsetMs * NS_PER_MS), driftPpm });

const both = (first: TrafficObserver, second: TrafficObserver): TrafficObserver => ({
  passed(...seen) {
    first.passed(...seen);
    second.passed(...seen);
  },
  dropped(...seen) {
    first.dropped(...seen);
    second.dropped(...seen);
  },
  refused(train) {
    first.refused(train);
    second.refused(train);
  },
});
