import { NS_PER_MS, trueNs, unixMs, type TrueNs } from '../../core/time/instant.ts';
import { QueryMistake } from '../../collector/api/query-request.ts';
import type { Control, StatusView } from '../../collector/api/view/status-view.ts';
import { MessageRing } from '../../collector/api/view/message-ring.ts';
import { wireTopic } from '../../collector/api/view/wire-topic.ts';
import type { Topic } from '../../collector/api/view/topic.ts';
import { BASES, type ViewContext } from '../../collector/api/view/view-request.ts';
import { viewTopics, type ViewSource } from '../../collector/io/page/view-topics.ts';
import type { ViewSubject } from '../../collector/io/page/views.ts';
import type { Exporter } from '../../collector/store/flow-store.ts';
import { eventsOfDay, eventsSoFar, type TrueEvents } from '../findings/true-events.ts';
import type { LookedAt, Onlooker } from '../run-scenario.ts';
import { HEADQUARTERS } from '../scenario/site-schema.ts';
import { inventoryOf } from '../world/inventory.ts';
import type { Site } from '../world/site.ts';
import { Tempo, type Speed } from '../world/tempo.ts';
import { trueSiteOf } from '../world/true-site.ts';
import type { World } from '../world/world.ts';
import type { JudgedDevice } from '../findings/damage.ts';
import { liveClocks } from '../view/run-clocks.ts';
import { timedRecords, type TimedRecords } from '../view/timed-records.ts';
import { clockTopics } from './clock-topics.ts';
import { LentStore } from './lent-store.ts';
import { RunTruth } from './run-truth.ts';
import { withTruth, type TruthSource } from './truth-topics.ts';

/** A run while it goes on and afterwards, as the page is shown it. Of several variants it is the one that runs, and the last in the end. */
export class LookedAtRun implements Onlooker, ViewSubject {
  readonly tempo: Tempo;
  #shown: LentStore | undefined;
  #sites: readonly Site[] = [];
  #now: TrueNs = trueNs(0);
  #revision = 0;
  #isOver = false;
  #messages = new MessageRing();
  /** By site, in all their times. */
  #records: ReadonlyMap<string, TimedRecords> = new Map();
  /** Of the sites whose day is over. */
  readonly #events = new Map<Site, Promise<TrueEvents>>();

  constructor(speed: Speed) {
    this.tempo = new Tempo(speed);
  }

  get topics(): ReadonlyMap<string, Topic> {
    return this.#shown?.topics ?? new Map<string, Topic>();
  }

  begin(run: LookedAt): void {
    // Whoever asks the run before this one still gets the answer.
    void this.#shown?.close();
    this.#sites = run.world.sites;
    this.#now = trueNs(0);
    this.#records = new Map();
    this.#messages = new MessageRing();
    this.#revision++;
    const source = {
      store: run.store,
      context: (exporter: string | undefined) => contextOf(run, exporter),
      nowMs: () => unixMs(run.world.epoch, run.world.collectorClock.clock.read(this.#now)),
      revision: () => this.#revision,
    };
    const truth = new RunTruth(run.world.sites.map(trueSiteOf), run.world.epoch.unixMs, () => ({
      nowNs: this.#now,
      isOver: this.#now >= run.world.end,
    }));
    const topics = withTruth(viewTopics(source), { ...source, ...this.#truthOf(run, truth) });
    const clocks = clockTopics({
      epochUnixMs: run.world.epoch.unixMs,
      clocks: liveClocks(run.world.clocks),
      nowNs: () => this.#now,
      records: (exporter) => this.#records.get(siteOf(run.world, exporter).name),
      revision: () => this.#revision,
    });
    for (const [name, topic] of clocks) topics.set(name, topic);
    topics.set(
      'wire',
      wireTopic(this.#messages, (exporter) => onlyOf(run, exporter)),
    );
    topics.set('status', { view: () => Promise.resolve(this.#status(run)) });
    const close = (): void => {
      truth.close();
      run.store.close();
    };
    this.#shown = new LentStore({ close }, topics);
  }

  stored(now: TrueNs): void {
    this.#now = now;
    // What has passed by now can be asked for; the end of the day is told by the site itself.
    for (const { ledger } of this.#sites) ledger.close(now);
    this.#revision++;
  }

  arrived(source: string, receivedAtUs: number, payload: Uint8Array): void {
    this.#messages.add(source, receivedAtUs, payload);
  }

  judged(devices: readonly JudgedDevice[]): void {
    this.#records = new Map(devices.map((judged) => [judged.device.name, timedRecords(judged)]));
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

  /** Resolves when the store is closed. */
  async close(): Promise<void> {
    const shown = this.#shown;
    this.#shown = undefined;
    await shown?.close();
  }

  #truthOf({ world, store }: LookedAt, truth: RunTruth): Omit<TruthSource, keyof ViewSource> {
    return {
      epochUnixMs: world.epoch.unixMs,
      flows: () => truth.flows(),
      activities: (names, exporter = HEADQUARTERS) => truth.activities(names, exporter),
      events: (exporter) => {
        const site = siteOf(world, exporter);
        return this.#now < world.end ? Promise.resolve(eventsSoFar(site, this.#now)) : this.#eventsOfDay(site, store);
      },
    };
  }

  #eventsOfDay(site: Site, store: LookedAt['store']): Promise<TrueEvents> {
    const known = this.#events.get(site) ?? eventsOfDay(site, store);
    this.#events.set(site, known);
    return known;
  }

  #status({ name, variant, scenario, world }: LookedAt): StatusView {
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
      speed: this.tempo.speed,
      paused: this.tempo.isPaused,
      isOver: this.#isOver,
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
const onlyOf = ({ world }: LookedAt, exporter: string | undefined): Exporter | undefined =>
  world.sites.length > 1 ? siteOf(world, exporter).config.exporter : undefined;

/** What the company knows of a site. */
function contextOf({ world }: LookedAt, exporter: string | undefined): ViewContext {
  const { collecting } = world;
  const site = siteOf(world, exporter);
  return {
    applications: collecting.applications,
    names: collecting.names,
    inside: site.config.inside,
    exporter: site.config.exporter,
    inventory: inventoryOf(site),
    alerts: world.alertsOf(site),
  };
}

/** Headquarters unless another is asked for. Throws a QueryMistake for one there is not. */
function siteOf(world: World, exporter: string | undefined): Site {
  const names = world.sites.map(({ name }) => name);
  const site = exporter === undefined ? world.headquarters : world.sites[names.indexOf(exporter)];
  if (site === undefined) throw new QueryMistake(`no router is called "${exporter}", only ${names.join(', ')}`);
  return site;
}
