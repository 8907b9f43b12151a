import { NS_PER_MS, trueNs, unixMs, type TrueNs } from '../../core/time/instant.ts';
import { QueryMistake } from '../../collector/api/query-request.ts';
import type { Control, StatusView } from '../../collector/api/view/status-view.ts';
import { MessageRing } from '../../collector/api/view/message-ring.ts';
import { wireTopic } from '../../collector/api/view/wire-topic.ts';
import type { Topics } from '../../collector/api/view/topic.ts';
import { BASES, type ViewContext } from '../../collector/api/view/view-request.ts';
import { viewTopics, type ViewSource } from '../../collector/io/page/view-topics.ts';
import type { ViewSubject } from '../../collector/io/page/views.ts';
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
import { RunTruth } from './run-truth.ts';
import { withTruth, type TruthSource } from './truth-topics.ts';

/** A run while it goes on and afterwards, as the page is shown it. Of several variants it is the one that runs, and the last in the end. */
export class LookedAtRun implements Onlooker, ViewSubject {
  readonly tempo: Tempo;
  #run: LookedAt | undefined;
  #topics: Topics = new Map();
  #now: TrueNs = trueNs(0);
  #revision = 0;
  #isOver = false;
  #messages = new MessageRing();
  /** Headquarters', in all their times. */
  #records: TimedRecords | undefined;
  #truth: RunTruth | undefined;
  /** Of the sites whose day is over. */
  readonly #events = new Map<Site, Promise<TrueEvents>>();

  constructor(speed: Speed) {
    this.tempo = new Tempo(speed);
  }

  get topics(): Topics {
    return this.#topics;
  }

  begin(run: LookedAt): void {
    this.#run?.store.close();
    this.#truth?.close();
    this.#run = run;
    this.#now = trueNs(0);
    this.#records = undefined;
    this.#messages = new MessageRing();
    this.#revision++;
    const source = {
      store: run.store,
      context: (exporter: string | undefined) => contextOf(run, exporter),
      nowMs: () => unixMs(run.world.epoch, run.world.collectorClock.clock.read(this.#now)),
      revision: () => this.#revision,
    };
    const truth = this.#truthOf(run);
    const topics = withTruth(viewTopics(source), { ...source, ...truth });
    const clocks = clockTopics({
      epochUnixMs: run.world.epoch.unixMs,
      clocks: liveClocks(run.world.clocks),
      nowNs: () => this.#now,
      records: () => this.#records,
      revision: () => this.#revision,
    });
    for (const [name, topic] of clocks) topics.set(name, topic);
    topics.set('wire', wireTopic(this.#messages));
    topics.set('status', { view: () => Promise.resolve(this.#status(run)) });
    this.#topics = topics;
  }

  stored(now: TrueNs): void {
    this.#now = now;
    // What has passed by now can be asked for; the end of the day is told by the site itself.
    for (const { ledger } of this.#run?.world.sites ?? []) ledger.close(now);
    this.#revision++;
  }

  arrived(source: string, receivedAtUs: number, payload: Uint8Array): void {
    this.#messages.add(source, receivedAtUs, payload);
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
    this.#truth?.close();
    this.#run?.store.close();
    this.#run = undefined;
  }

  #truthOf({ world, store }: LookedAt): Omit<TruthSource, keyof ViewSource> {
    const truth = new RunTruth(world.sites.map(trueSiteOf), world.epoch.unixMs, () => ({
      nowNs: this.#now,
      isOver: this.#now >= world.end,
    }));
    this.#truth = truth;
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
      bases: [...BASES, 'truth'],
      exporters: world.sites.length > 1 ? world.sites.map((site) => site.name) : [],
      records: flows,
      messages,
      clockErrorMs: headquarters.routerClock.clock.errorNs(this.#now) / NS_PER_MS,
    };
  }
}

/** What the company knows of a site. */
function contextOf({ world }: LookedAt, exporter: string | undefined): ViewContext {
  const site = siteOf(world, exporter);
  return {
    applications: world.collecting.applications,
    names: world.collecting.names,
    inside: site.config.inside,
    exporter: site.config.exporter,
    inventory: inventoryOf(site),
    alerts: world.alertsOf(site),
  };
}

/** Headquarters unless another is asked for. Throws a RangeError for one there is not. */
function siteOf(world: World, exporter: string | undefined): Site {
  const names = world.sites.map(({ name }) => name);
  const site = exporter === undefined ? world.headquarters : world.sites[names.indexOf(exporter)];
  if (site === undefined) throw new RangeError(`no router is called "${exporter}", only ${names.join(', ')}`);
  return site;
}
