import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activitiesOf } from '../../../lab/findings/activities.ts';
import { scoreActivities, type DoneActivity, type TrueActivity } from '../../../lab/verify/activities.ts';
import { inventoryOf } from '../../../lab/world/inventory.ts';
import { type Ran, runWorld, SMALL } from '../../support/small-world.ts';

const S = 1e9;
const film: TrueActivity = {
  who: 'John',
  service: 'youtube',
  category: 'streaming',
  startNs: 0,
  endNs: 1_800 * S,
  octets: 500e6,
  script: 0,
  upOctets: 9e6,
};
const page: TrueActivity = {
  who: 'John',
  service: 'web',
  category: 'web',
  startNs: 60 * S,
  endNs: 61 * S,
  octets: 900,
  script: -1,
  upOctets: 300,
};
const TRUTH = [film, page];
const score = (told: readonly DoneActivity[]) => scoreActivities(TRUTH, told);

describe('activities that were told', () => {
  it('as they were are found', () => {
    expect(score(TRUTH)).toMatchObject({
      truth: 2,
      found: 2,
      wrong: 0,
      missed: 0,
      scripted: { truth: 1, found: 1 },
      maxErrorMs: 0,
    });
  });

  it.each([
    ['of somebody else', { who: 'Sarah' }],
    ['of another service', { service: 'netflix' }],
    ['of another category', { category: 'web' }],
    ['at another time', { startNs: 1_000 * S, endNs: 2_800 * S }],
    ['much too long', { endNs: 3_700 * S }],
  ])('%s are wrong, and what was is missed', (_, change) => {
    expect(score([{ ...film, ...change }, page])).toMatchObject({
      found: 1,
      wrong: 1,
      missed: 1,
      scripted: { truth: 1, found: 0 },
    });
  });

  it('not at all are missed, in two pieces found once', () => {
    expect(score([page])).toMatchObject({ found: 1, wrong: 0, missed: 1 });
    expect(score([{ ...film, endNs: 1_000 * S }, { ...film, startNs: 1_000 * S }, page])).toMatchObject({
      found: 2,
      wrong: 1,
      missed: 0,
    });
  });

  it('are as far off as their beginnings and ends, and have what was told and true', () => {
    const { meanErrorMs, maxErrorMs, categories } = score([{ ...film, startNs: 4 * S, endNs: 1_802 * S, octets: 600e6 }]);
    expect({ meanErrorMs, maxErrorMs }).toEqual({ meanErrorMs: 3_000, maxErrorMs: 4_000 });
    expect(categories).toEqual([
      { category: 'streaming', octets: 600e6, trueOctets: 500e6, rightOctets: 500e6 },
      { category: 'web', octets: 0, trueOctets: 900, rightOctets: 0 },
    ]);
  });
});

describe('a morning of five people', () => {
  let ran: Ran;
  beforeAll(async () => void (ran = await runWorld(SMALL)));
  afterAll(() => ran.store.close());
  const ask = (applications: Ran['world']['collecting']['applications']) =>
    activitiesOf(ran.site, ran.store, {
      applications,
      names: ran.world.collecting.names,
      inside: ran.site.config.inside,
      exporter: ran.site.config.exporter,
      inventory: inventoryOf(ran.site),
    });

  it.each(['with', 'without'])('is told as it was %s the names the exporter gives applications', async (what) => {
    const found = await ask(what === 'with' ? ran.world.collecting.applications : []);
    expect(found).toMatchObject({ wrong: 0, missed: 0, scripted: { truth: 3, found: 3 } });
    expect(found.found).toBe(found.truth);
    expect(found.truth).toBeGreaterThan(20);
    for (const { octets, trueOctets } of found.categories) expect(octets).toBe(trueOctets);
  });
});
