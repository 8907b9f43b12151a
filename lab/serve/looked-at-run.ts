import { NS_PER_MS, NS_PER_US, trueNs, unixMs, type TrueNs } from '../../core/time/instant.ts';
import { QueryMistake } from '../../collector/api/query-request.ts';
import type { Control, StatusView } from '../../collector/api/view/status-view.ts';
import { MessageRing } from '../../collector/api/view/message-ring.ts';
import { wireTopic } from '../../collector/api/view/wire-topic.ts';
import type { Topic, Topics } from '../../collector/api/view/topic.ts';
import { BASES, type ViewContext } from '../../collector/api/view/view-request.ts';
import { viewTopics } from '../../collector/io/page/view-topics.ts';
import type { ViewSubject } from '../../collector/io/page/views.ts';
import type { LookedAt, Onlooker } from '../run-scenario.ts';
import { inventoryOf } from '../world/inventory.ts';
import type { Site } from '../world/site.ts';
import { Tempo, type Speed } from '../world/tempo.ts';
import type { JudgedDevice } from '../findings/damage.ts';
import { liveClocks } from '../view/run-clocks.ts';
import { timedRecords, type TimedRecords } from '../view/timed-records.ts';
import { messageTruth } from '../view/message-truth.ts';
import { NtpRing } from '../view/ntp-ring.ts';
import { deviceName, type ClientPacket } from '../world/ntp-tap.ts';
import type { Monitor } from '../world/world.ts';
import { exportersOf, monitorSource } from './exporter-truths.ts';
import { clockTopics } from './clock-topics.ts';
import { ntpTopic } from './ntp-topic.ts';

const US_PER_MS = 1_000;

/** A run while it goes on and afterwards, as the page is shown it. Of several variants it is the one that runs, and the last in the end. */
export class LookedAtRun implements Onlooker, ViewSubject {
  readonly tempo: Tempo;
  #run: LookedAt | undefined;
  #topics: Topics = new Map();
  #now: TrueNs = trueNs(0);
  #revision = 0;
  #isOver = false;
  #messages = new MessageRing();
  #ntpPackets = new NtpRing();
  /** Headquarters', in all their times. */
  #records: TimedRecords | undefined;

  constructor(speed: Speed) {
    this.tempo = new Tempo(speed);
  }

  get topics(): Topics {
    return this.#topics;
  }

  begin(run: LookedAt): void {
    this.#run?.store.close();
    this.#run = run;
    this.#now = trueNs(0);
    this.#records = undefined;
    this.#messages = new MessageRing();
    this.#ntpPackets = new NtpRing();
    this.#revision++;
    const topics = new Map<string, Topic>(
      viewTopics({
        store: run.store,
        context: (exporter) => contextOf(run, exporter),
        nowMs: () => unixMs(run.world.epoch, run.world.collectorClock.clock.read(this.#now)),
        revision: () => this.#revision,
      }),
    );
    const clocks = clockTopics({
      epochUnixMs: run.world.epoch.unixMs,
      clocks: liveClocks(run.world.clocks),
      nowNs: () => this.#now,
      records: () => this.#records,
      revision: () => this.#revision,
    });
    for (const [name, topic] of clocks) topics.set(name, topic);
    const { unixMs: epochUnixMs } = run.world.epoch;
    topics.set('wire', wireTopic(this.#messages, messageTruth(epochUnixMs, exportersOf(run.world))));
    topics.set('ntp', ntpTopic({ epochUnixMs, ring: this.#ntpPackets, nowNs: () => this.#now }));
    topics.set('status', { view: () => Promise.resolve(this.#status(run)) });
    this.#topics = topics;
  }

  stored(now: TrueNs): void {
    this.#now = now;
    this.#revision++;
  }

  arrived(source: string, receivedAtUs: number, payload: Uint8Array): void {
    this.#messages.add(source, receivedAtUs, payload);
  }

  exported({ site, name }: Monitor, now: TrueNs, sourceAddress: number, payload: Uint8Array): void {
    const epoch = this.#run?.world.epoch ?? { unixMs: 0 };
    // No collector's clock has seen it: the true time it left.
    const leftUs = epoch.unixMs * US_PER_MS + Math.floor(now / NS_PER_US);
    this.#messages.add(monitorSource(sourceAddress, deviceName(name, site)), leftUs, payload);
  }

  ntpPacket(packet: ClientPacket): void {
    this.#ntpPackets.add(packet);
  }

  judged([headquarters]: readonly JudgedDevice[]): void {
    this.#records = headquarters && timedRecords(headquarters);
    this.#revision++;
  }

  /** Nothing more will come. */
  end(): void {
    this.#isOver = true;
  }

  control(control: Control): void {
    if (this.#isOver) throw new QueryMistake('the run is over: there is nothing to pause');
    this.tempo.change(control);
  }

  close(): void {
    this.#topics = new Map();
    this.#run?.store.close();
    this.#run = undefined;
  }

  #status({ name, variant, scenario, world }: LookedAt): StatusView {
    const { epoch, end, headquarters, collecting } = world;
    const { flows, messages } = collecting.counters;
    return {
      kind: 'live',
      name: variant === undefined ? name : `${name}, ${variant}`,
      title: scenario.title,
      seed: scenario.seed,
      nowMs: epoch.unixMs + this.#now / NS_PER_MS,
      startMs: epoch.unixMs,
      endMs: epoch.unixMs + end / NS_PER_MS,
      speed: this.tempo.speed,
      paused: this.tempo.isPaused,
      isOver: this.#isOver,
      topics: [...this.#topics.keys()],
      bases: BASES,
      exporters: world.sites.length > 1 ? world.sites.map((site) => site.name) : [],
      records: flows,
      messages,
      clockErrorMs: headquarters.routerClock.clock.errorNs(this.#now) / NS_PER_MS,
    };
  }
}

/** What the company knows of a site: that of headquarters unless another is asked for. Throws a RangeError for one there is not. */
function contextOf({ world }: LookedAt, exporter: string | undefined): ViewContext {
  const names = world.sites.map(({ name }) => name);
  const site: Site | undefined = exporter === undefined ? world.headquarters : world.sites[names.indexOf(exporter)];
  if (site === undefined) throw new RangeError(`no router is called "${exporter}", only ${names.join(', ')}`);
  return {
    applications: world.collecting.applications,
    names: world.collecting.names,
    inside: site.config.inside,
    exporter: site.config.exporter,
    inventory: inventoryOf(site),
    alerts: world.alertsOf(site),
  };
}
