import { Random } from '../../core/random/random.ts';
import { NS_PER_MS, trueNs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { Alert } from '../../collector/detect/alert.ts';
import { CollectingProcess } from '../../collector/collecting/collecting-process.ts';
import { Detection } from '../../collector/detect/detection.ts';
import type { FlowStore } from '../../collector/store/flow-store.ts';
import { storeCollected } from '../../collector/store/store-collected.ts';
import { Kernel, type Pace } from '../kernel/kernel.ts';
import type { Scenario } from '../scenario/schema.ts';
import { sitesOf, type SiteConfig } from '../scenario/sites.ts';
import { COLLECTOR, DEVICE_NUMBERS } from './addresses.ts';
import { inventoryOf } from './inventory.ts';
import type { MessageSink } from './capture.ts';
import type { NamedClock } from './clock-files.ts';
import { KeptClock } from './kept-clock.ts';
import { NtpServers } from './ntp-servers.ts';
import { deviceName, tapOf, type NtpTap } from './ntp-tap.ts';
import type { PacketFile } from './packet-file.ts';
import type { SentMessage } from './export-path.ts';
import { Site } from './site.ts';

/** One of `router.monitors` of a site. */
export interface Monitor {
  readonly site: string;
  readonly name: string;
}

/** The files a run leaves of what passed; each is opened, or `undefined` is given when nobody wants it. */
export interface Recordings {
  /** Every Message of an export: `monitor` is one of `router.monitors`; without it, of all routers for the collector. */
  capture(epoch: Epoch, monitor?: Monitor): MessageSink | undefined;
  /** Is told each Message as it reaches the collector, by the collector's clock. */
  arrived?(source: string, receivedAtUs: number, payload: Uint8Array): void;
  /** Is told each NTP packet as it leaves its client or reaches it. */
  ntp?(epoch: Epoch): NtpTap | undefined;
  /** The packets of a site's office. */
  packets(epoch: Epoch, site: SiteConfig): PacketFile | undefined;
}

const NOTHING: Recordings = { capture: () => undefined, packets: () => undefined };

/** The composition root: the sites of one scenario, the collector all export to, and the NTP servers all ask. */
export class World {
  readonly epoch: Epoch;
  readonly end: TrueNs;
  readonly headquarters: Site;
  /** Headquarters first. */
  readonly sites: readonly Site[];
  readonly collectorClock: KeptClock;
  readonly collecting: CollectingProcess;
  /** Every Message that left for the collector, in their order. */
  readonly sent: SentMessage[] = [];
  readonly #store: FlowStore;
  readonly #detections = new Map<Site, Detection>();
  readonly #kernel: Kernel;

  /** `durationMs`: how long the scenario lasts in true time. */
  constructor(scenario: Scenario, durationMs: number, store: FlowStore, recordings: Recordings = NOTHING) {
    const random = new Random(scenario.seed);
    const epoch = (this.epoch = { unixMs: Date.parse(scenario.start) });
    const end = (this.end = trueNs(durationMs * NS_PER_MS));
    this.#store = store;
    const ntpServers = new NtpServers(scenario, epoch, random);
    const ntpTap = recordings.ntp?.(epoch);
    this.collectorClock = new KeptClock(
      scenario.collector.clock,
      epoch,
      random.fork('sntp:collector'),
      COLLECTOR.address,
      ntpServers.askedBy(DEVICE_NUMBERS.collector, scenario.links.ntp, random, 'link:ntp:collector'),
      tapOf(ntpTap, 'collector', COLLECTOR.address),
    );
    this.collecting = new CollectingProcess({ ...scenario.collector.collecting, sessionsBeginAtZero: true });
    const capture = recordings.capture(epoch);
    const detections: Detection[] = [];
    const collection = {
      collecting: this.collecting,
      store,
      clock: this.collectorClock.clock,
      capture,
      sent: this.sent,
      detections,
      arrived: recordings.arrived?.bind(recordings),
    };
    const siteOf = (config: SiteConfig, chance: Random, index: number): Site => {
      const captures = capturesOf(config, epoch, recordings);
      const packets = recordings.packets(epoch, config);
      const number = DEVICE_NUMBERS.firstRouter + index;
      return new Site(config, {
        number,
        epoch,
        end,
        random: chance,
        internet: random,
        ntpServers,
        ntpTap,
        collection,
        captures,
        packets,
      });
    };
    const [headquarters, ...others] = sitesOf(scenario);
    this.headquarters = siteOf(headquarters, random, 0);
    const further = others.map((config, index) =>
      placed(`sites[${index}]`, () => siteOf(config, random.fork(`site:${config.name}`), index + 1)),
    );
    this.sites = [this.headquarters, ...further];
    for (const site of this.sites) this.#detections.set(site, detectionAt(site, this.collecting, scenario));
    detections.push(...this.#detections.values());
    this.#kernel = new Kernel([...this.sites.flatMap((site) => site.actors), this.collectorClock]);
  }

  /** How far it has come. */
  get now(): TrueNs {
    return this.#kernel.now;
  }

  /** What the collector noticed at a site. */
  alertsOf(site: Site): Alert[] {
    return this.#detections.get(site)?.alerts ?? [];
  }

  /** All clocks of it, by what they are in: routers (a further site's with its name), probes and the collector. */
  get clocks(): NamedClock[] {
    const ofSites = this.sites.flatMap((site) => {
      const router = { device: deviceName('router', site.name), clock: site.routerClock };
      return site.probe === undefined ? [router] : [router, { device: deviceName('probe', site.name), clock: site.probe.clock }];
    });
    return [...ofSites, { device: 'collector', clock: this.collectorClock }];
  }

  /** Stores what was collected so far, for whoever asks before the end. */
  async storeCollected(): Promise<void> {
    this.collecting.flush();
    await storeCollected(this.collecting, this.#store, [...this.#detections.values()]);
  }

  /** Runs the scenario to its end: everything metered is exported, everything under way arrives and is stored. */
  async run(pace: Pace): Promise<void> {
    const parts = [...this.sites, this.collectorClock];
    try {
      for (const part of parts) await part.open(this.#kernel);
      await this.#kernel.run(this.end, pace);
      for (const site of this.sites) site.finish();
      await this.#kernel.drain();
      await this.storeCollected();
      for (const detection of this.#detections.values()) detection.settle();
      // Whoever asks the file later knows what the numbers in it are called.
      await this.#store.appendLabels(this.collecting.pollLabels());
    } finally {
      for (const part of parts) await part.close();
    }
  }
}

function detectionAt(site: Site, collecting: CollectingProcess, { collector }: Scenario): Detection {
  const { inside, exporter } = site.config;
  const watched = {
    inside,
    exporter,
    policy: collector.policy,
    // Leases come while it runs.
    get inventory() {
      return inventoryOf(site);
    },
  };
  return new Detection(watched, collecting, collector.detect);
}

function capturesOf({ name: site, router }: SiteConfig, epoch: Epoch, recordings: Recordings): Map<string, MessageSink> {
  const captures = new Map<string, MessageSink>();
  for (const { name } of router.monitors) {
    const capture = recordings.capture(epoch, { site, name });
    if (capture !== undefined) captures.set(name, capture);
  }
  return captures;
}

/** An office whose people, devices and network contradict each other is a RangeError: it says of which site. */
function placed(where: string, build: () => Site): Site {
  try {
    return build();
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`${where}: ${error.message}`) : error;
  }
}
