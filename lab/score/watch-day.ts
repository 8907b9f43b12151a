import { NS_PER_MS, NS_PER_S, unixUs, type TrueNs } from '../../core/time/instant.ts';
import type { CollectedBatch } from '../../collector/collecting/collected-batch.ts';
import type { NatEventBatch } from '../../collector/collecting/nat-event-batch.ts';
import type { FlowStore } from '../../collector/store/flow-store.ts';
import { storeCollected } from '../../collector/store/store-collected.ts';
import { publicPool } from '../../exporter/nat/config.ts';
import type { Pace } from '../kernel/kernel.ts';
import { parseDuration } from '../scenario/duration.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { ToldAlert } from '../verify/detection/match.ts';
import type { TrueEvent } from '../verify/detection/true-event.ts';
import { Records } from '../verify/records.ts';
import { WallTime } from '../verify/wall-time.ts';
import { inventoryOf } from '../world/inventory.ts';
import { World } from '../world/world.ts';
import type { CreateDayDetector } from './day-detector.ts';
import { eventRecordsOf, eventsOf, EXHAUSTED, largestErrorMs, scriptOf } from './script.ts';

/** Virtual seconds between two batches that a detector is given. */
const BATCH_EVERY_S = 10;
const EVENTS_PER_BREATH = 200;
const US_PER_MS = 1_000;

export interface WatchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told the part of the day that is over. */
  readonly onProgress?: ((part: number) => void) | undefined;
}

/** A day as it was, and what a detector said of it. */
export interface WatchedDay {
  readonly events: readonly TrueEvent[];
  readonly alerts: readonly ToldAlert[];
  /** Largest true error of the router's clock, without sign. */
  readonly clockErrorMs: number;
}

/** Runs a scenario of one site and shows a detector all that the collector gets. Rejects with the signal's reason when it is aborted. */
export async function watchDay(scenario: Scenario, create: CreateDayDetector, options: WatchOptions = {}): Promise<WatchedDay> {
  const batches = new PassingBatches();
  const world = new World(scenario, parseDuration(scenario.duration), batches);
  const { headquarters: site, collecting, collectorClock, epoch, end } = world;
  const script = scriptOf(site);
  const records = eventRecordsOf(site.ledger, script);
  const detector = create({
    inside: site.config.inside,
    exporter: site.exporter,
    inventory: inventoryOf(site),
    publicAddresses: publicPool(site.nat),
    forbidden: scenario.collector.policy.forbidden,
    given: collecting,
  });
  let exhaustions = 0;
  batches.onFlows = (batch) => {
    const flows = new Records();
    flows.addFlows(batch, batch.length, undefined);
    records.add(flows);
    detector.flows(batch, lastReceivedMs(batch));
  };
  batches.onNatEvents = (batch) => {
    exhaustions += batch.kind.subarray(0, batch.length).filter((kind) => EXHAUSTED.includes(kind)).length;
    detector.natEvents(batch, lastReceivedMs(batch));
  };
  await world.run(paceOf(world, batches, options));
  detector.end(unixUs(epoch, collectorClock.clock.read(end)) / US_PER_MS);
  const trulyMs = trueTimes(world, end);
  return {
    events: eventsOf(site, { script, records, exhaustions }),
    alerts: detector.alerts.map((alert) => ({ ...alert, raisedTrulyMs: trulyMs(alert.raisedAtMs) })),
    clockErrorMs: largestErrorMs(site.clock.clock.historyUntil(end)),
  };
}

/** When it was truly, that the collector's clock showed a time before `until`; milliseconds since 1970. */
export function trueTimes({ collectorClock, epoch }: World, until: TrueNs): (collectorMs: number) => number {
  const wallTime = new WallTime(collectorClock.clock.historyUntil(until), until);
  return (collectorMs) => {
    const wallNs = (collectorMs - epoch.unixMs) * NS_PER_MS;
    const [span] = wallTime.spans(wallNs, wallNs + 1);
    return epoch.unixMs + (span?.from ?? wallNs) / NS_PER_MS;
  };
}

const lastReceivedMs = ({ receivedAtUs, length }: CollectedBatch | NatEventBatch): number =>
  (receivedAtUs[length - 1] as number) / US_PER_MS;

/** Hands over what was collected every few virtual seconds, and lets signals be heard. */
function paceOf({ collecting, end }: World, batches: FlowStore, { signal, onProgress }: WatchOptions): Pace {
  let dueNs = 0;
  return {
    everyEvents: EVENTS_PER_BREATH,
    async breathe(now) {
      if (now < dueNs) return;
      dueNs = now + BATCH_EVERY_S * NS_PER_S;
      collecting.flush();
      await storeCollected(collecting, batches);
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      onProgress?.(now / end);
    },
  };
}

/** What stands in place of a store: batches pass through it, and nothing is kept. */
class PassingBatches implements FlowStore {
  onFlows: (batch: CollectedBatch) => void = () => undefined;
  onNatEvents: (batch: NatEventBatch) => void = () => undefined;

  append(batch: CollectedBatch): Promise<void> {
    this.onFlows(batch);
    return Promise.resolve();
  }

  appendNatEvents(batch: NatEventBatch): Promise<void> {
    this.onNatEvents(batch);
    return Promise.resolve();
  }

  appendLabels(): Promise<void> {
    return Promise.resolve();
  }

  query(): Promise<never> {
    return Promise.reject(new Error('of a day that is only watched nothing is stored'));
  }

  scan(): Promise<never> {
    return this.query();
  }

  close(): void {}
}
