import { DuckDbStore } from '../../collector/store/duckdb-store.ts';
import { parseDuration } from '../../lab/scenario/duration.ts';
import { scenarioSchema, type Scenario, type ScenarioInput } from '../../lab/scenario/schema.ts';
import type { Site } from '../../lab/world/site.ts';
import { World } from '../../lab/world/world.ts';
import { paceOf } from '../../lab/world/pace.ts';
import { Tempo } from '../../lab/world/tempo.ts';

/** A morning of five people, with enough of everything to be wrong about. */
export const SMALL: ScenarioInput = {
  title: 'A morning of five people',
  start: '2026-03-02T08:55:00Z',
  duration: '40m',
  office: { employees: 5 },
  people: [
    { name: 'John', activities: [{ do: 'watch', at: '09:00', application: 'youtube', minutes: 20, megabytes: 90 }] },
    { name: 'Sarah', activities: [{ do: 'sendMail', at: '09:00', count: 4, kilobytesEach: 40 }] },
    { name: 'Alex', activities: [{ do: 'download', at: '09:10', application: 'dropbox', megabytes: 200 }] },
  ],
  router: { clock: { offsetMs: 250, driftPpm: 20 } },
  collector: { clock: { offsetMs: -40, driftPpm: -5 } },
};

/** A world that has run, and its headquarters. */
export interface Ran {
  readonly world: World;
  readonly site: Site;
  readonly scenario: Scenario;
  readonly store: DuckDbStore;
}

/** Runs a scenario in a store in memory; the caller closes the store. */
export async function runWorld(input: ScenarioInput): Promise<Ran> {
  const scenario = scenarioSchema.parse(input);
  const store = await DuckDbStore.open(':memory:');
  const world = new World(scenario, parseDuration(scenario.duration), store);
  await world.run(paceOf(new Tempo('max'), undefined, () => undefined));
  return { world, site: world.headquarters, scenario, store };
}
