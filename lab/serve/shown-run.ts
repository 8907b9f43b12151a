import { NS_PER_MS, NS_PER_US, trueNs, unixMs, type TrueNs } from '../../core/time/instant.ts';
import { MessageRing } from '../../collector/api/view/message-ring.ts';
import type { LostRecord } from '../../collector/api/view/record-truth.ts';
import type { StatusView } from '../../collector/api/view/status-view.ts';
import type { Topic, Topics } from '../../collector/api/view/topic.ts';
import { BASES } from '../../collector/api/view/view-request.ts';
import { wireTopic } from '../../collector/api/view/wire-topic.ts';
import type { ViewSource } from '../../collector/io/page/view-topics.ts';
import type { Exporter } from '../../collector/store/flow-store.ts';
import type { JudgedSite } from '../findings/damage.ts';
import { judgedAlerts } from '../findings/judged-alerts.ts';
import { eventsSoFar, type TrueEvents } from '../findings/true-events.ts';
import { viewContextOf } from '../findings/view-context.ts';
import type { LookedAt } from '../run-scenario.ts';
import { HEADQUARTERS } from '../scenario/site-schema.ts';
import { trueTimes } from '../score/watch-day.ts';
import { KnownRecords } from '../view/known-records.ts';
import { lostOfAll, timesOfLost, type TrueTimes } from '../view/lost-records.ts';
import { messageTruth } from '../view/message-truth.ts';
import { NtpRing } from '../view/ntp-ring.ts';
import { liveClocks } from '../view/run-clocks.ts';
import { siteFunnels } from '../view/site-funnel.ts';
import { timedRecords, type TimedRecords } from '../view/timed-records.ts';
import { deviceName, type ClientPacket } from '../world/ntp-tap.ts';
import type { Site } from '../world/site.ts';
import { trueSiteOf } from '../world/true-site.ts';
import type { Monitor, World } from '../world/world.ts';
import { clockTopics } from './clock-topics.ts';
import { exportersOf, monitorSource } from './exporter-truths.ts';
import { LentStore } from './lent-store.ts';
import { ntpTopic } from './ntp-topic.ts';
import { pipelineTopic } from './pipeline-topic.ts';
import { reportTopic } from './report-topic.ts';
import { RunTruth } from './run-truth.ts';
import { siteNamed } from './site-named.ts';
import { truthfulTopics, type TruthSource } from './truth-topics.ts';

const US_PER_MS = 1_000;

type RunState = Pick<StatusView, 'speed' | 'paused' | 'isOver'>;

/** What a page knows of a run besides the run itself. */
interface Around {
  /** Another one whenever something has changed. */
  revision(): number;
  state(): RunState;
  /** The run as one HTML document; `undefined` while it goes on. */
  report(): string | undefined;
}

/** One run as topics, from its first packet on. */
export class ShownRun {
  readonly #run: LookedAt;
  readonly #around: Around;
  readonly #truth: RunTruth;
  readonly #lent: LentStore;
  #now: TrueNs = trueNs(0);
  readonly #messages = new MessageRing();
  readonly #ntpPackets = new NtpRing();
  /** Of each site, headquarters' first, in all their times; none before the run is over. */
  #records: ReadonlyMap<string, TimedRecords> = new Map();
  #allRecords: readonly TimedRecords[] = [];
  /** And of what was lost, in the order of the sites. */
  #lostTimes: readonly TrueTimes[] = [];
  /** What should have been noticed at each site, when its day has been judged. */
  #events: ReadonlyMap<string, TrueEvents> = new Map();

  constructor(run: LookedAt, around: Around) {
    const { world, store } = run;
    this.#run = run;
    this.#around = around;
    this.#truth = new RunTruth(world.sites.map(trueSiteOf), world.epoch.unixMs, () => ({
      nowNs: this.#now,
      isOver: this.#isDayOver,
    }));
    const close = (): void => {
      this.#truth.close();
      store.close();
    };
    const topics = this.#topics();
    topics.set('status', { view: () => Promise.resolve({ ...this.#status(), ...around.state() } satisfies StatusView) });
    this.#lent = new LentStore({ close }, topics);
  }

  get topics(): Topics {
    return this.#lent.topics;
  }

  stored(now: TrueNs): void {
    this.#now = now;
    this.#reach(now);
  }

  arrived(source: string, receivedAtUs: number, payload: Uint8Array): void {
    this.#messages.add(source, receivedAtUs, payload);
  }

  /** A Message of a further export has left. */
  exported({ site, name }: Monitor, now: TrueNs, sourceAddress: number, payload: Uint8Array): void {
    // No collector's clock has seen it: the true time it left.
    const leftUs = this.#run.world.epoch.unixMs * US_PER_MS + Math.floor(now / NS_PER_US);
    this.#messages.add(monitorSource(sourceAddress, deviceName(name, site)), leftUs, payload);
  }

  ntpPacket(packet: ClientPacket): void {
    this.#ntpPackets.add(packet);
  }

  judged(sites: readonly JudgedSite[]): void {
    const nameOf = ({ router }: JudgedSite): string => router.device.name;
    this.#records = new Map(sites.map((site) => [nameOf(site), timedRecords(site.router)]));
    this.#allRecords = [...this.#records.values()];
    this.#lostTimes = sites.map(({ router }) => timesOfLost(router.device));
    this.#events = new Map(sites.map((site) => [nameOf(site), site.events]));
  }

  /** Resolves when the store is closed: whoever asks it still gets the answer. */
  close(): Promise<void> {
    return this.#lent.close();
  }

  /** What has passed by then can be asked for; the end of the day is told by the site itself. */
  #reach(now: TrueNs): void {
    for (const { ledger } of this.#run.world.sites) ledger.close(now);
  }

  get #isDayOver(): boolean {
    return this.#now >= this.#run.world.end;
  }

  #topics(): Map<string, Topic> {
    const { world, store } = this.#run;
    const source: ViewSource = {
      store,
      context: (exporter) => viewContextOf(siteNamed(world.sites, exporter), world),
      nowMs: () => unixMs(world.epoch, world.collectorClock.clock.read(this.#now)),
      revision: () => this.#around.revision(),
      truth: this.#knownRecords(),
    };
    const topics = truthfulTopics({ ...source, ...this.#truthSource() });
    const clocks = clockTopics({
      epochUnixMs: world.epoch.unixMs,
      clocks: liveClocks(world.clocks),
      nowNs: () => this.#now,
      records: (exporter) => this.#records.get(siteNamed(world.sites, exporter).name),
      revision: () => this.#around.revision(),
    });
    for (const [name, topic] of clocks) topics.set(name, topic);
    topics.set('pipeline', this.#pipeline());
    topics.set(
      'report',
      reportTopic(this.#run.name, this.#run.scenario.seed, () => this.#around.report()),
    );
    const { unixMs: epochUnixMs } = world.epoch;
    const tellTruth = messageTruth(epochUnixMs, exportersOf(world));
    topics.set('wire', wireTopic(this.#messages, { exporterOf: (id) => onlyOf(world, id), tellTruth }));
    topics.set('ntp', ntpTopic({ epochUnixMs, ring: this.#ntpPackets, nowNs: () => this.#now }));
    return topics;
  }

  #truthSource(): Omit<TruthSource, keyof ViewSource> {
    const { world } = this.#run;
    return {
      epochUnixMs: world.epoch.unixMs,
      flows: () => this.#truth.flows(),
      activities: (names, exporter = HEADQUARTERS) => this.#truth.activities(names, exporter),
      judged: (alerts, exporter) => {
        const site = siteNamed(world.sites, exporter);
        const trulyMs = trueTimes(world, this.#now);
        const events = this.#events.get(site.name) ?? eventsSoFar(site, this.#now);
        return judgedAlerts(alerts, events, ({ raisedAtMs }) => trulyMs(raisedAtMs));
      },
    };
  }

  #knownRecords(): KnownRecords {
    const { world } = this.#run;
    const records = (): readonly TimedRecords[] => this.#allRecords;
    const lost = (): LostRecord[] => lostOfAll(world.sites, world.sent, (_, index) => this.#lostTimes[index]);
    return new KnownRecords({
      epochUnixMs: world.epoch.unixMs,
      sent: world.sent,
      get records() {
        return records();
      },
      get lost() {
        return lost();
      },
      ring: this.#messages,
    });
  }

  #pipeline(): Topic {
    const { world, store } = this.#run;
    const isOver = (): boolean => this.#records.size > 0;
    return pipelineTopic({
      funnels: () => {
        // What was metered is counted until now, and so is what passed.
        if (!this.#isDayOver) this.#reach(world.now);
        return siteFunnels(world, store);
      },
      get isOver() {
        return isOver();
      },
      revision: () => this.#around.revision(),
    });
  }

  #status(): Omit<StatusView, keyof RunState> {
    const { name, variant, scenario, world } = this.#run;
    const { epoch, end, headquarters, collecting, sites } = world;
    const errorMs = ({ routerClock }: Site): number => routerClock.clock.errorNs(this.#now) / NS_PER_MS;
    const { flows, messages } = collecting.counters;
    return {
      kind: 'live',
      name: variant === undefined ? name : `${name}, ${variant}`,
      title: scenario.title,
      seed: scenario.seed,
      nowMs: epoch.unixMs + this.#now / NS_PER_MS,
      startMs: epoch.unixMs,
      endMs: epoch.unixMs + end / NS_PER_MS,
      topics: [...this.topics.keys()],
      bases: [...BASES, 'truth'],
      exporters: sites.length > 1 ? sites.map((site) => ({ id: site.name, name: site.name, clockErrorMs: errorMs(site) })) : [],
      records: flows,
      messages,
      clockErrorMs: errorMs(headquarters),
    };
  }
}

/** Whose Messages are shown: everybody's where there is one router, a probe's too. */
const onlyOf = (world: World, exporter: string | undefined): Exporter | undefined =>
  world.sites.length > 1 ? siteNamed(world.sites, exporter).config.exporter : undefined;
