import { describe, expect, test } from 'vitest';
import { Random } from '../../../core/random/random.ts';
import { trueNs } from '../../../core/time/instant.ts';
import { findingsOf } from '../../../lab/findings.ts';
import { scenarioSchema, type ScenarioInput } from '../../../lab/scenario/schema.ts';
import { NtpServers } from '../../../lab/world/ntp-servers.ts';
import { runWorld, SMALL } from '../../support/small-world.ts';

type Delay = NonNullable<NonNullable<ScenarioInput['links']>['ntp']>['delayMs'];
type Servers = NonNullable<ScenarioInput['ntpServers']>;

const QUIET = { ...SMALL, duration: '20m', people: [], office: { employees: 1 } };
/** How fast the clocks of `SMALL` are after twenty minutes in which nobody kept them. */
const LEFT_ALONE_MS = { router: 250 + 1_200 * 20e-3, collector: -40 - 1_200 * 5e-3 };

const liar = (offsetMs: number, times: { fromS?: number; untilS?: number } = {}): Servers[number] => ({
  faults: [{ kind: 'falseticker', offsetMs, ...times }],
});
const right = (count: number): Servers => Array.from({ length: count }, () => ({}));

async function run(ntpServers: Servers, more: Partial<ScenarioInput> = {}) {
  const { world, site, scenario, store } = await runWorld({ ...QUIET, ...more, ntpServers });
  const { clocks } = await findingsOf(world, scenario, store);
  store.close();
  return { world, site, clocks, errorMs: site.routerClock.clock.errorNs(world.end) / 1e6 };
}

describe('of four servers', () => {
  test('one that lies is outvoted, and the clients say so', async () => {
    const { clocks, errorMs } = await run([liar(90_000), ...right(3)]);
    expect(Math.abs(errorMs)).toBeLessThan(1);
    for (const { selection, errorBeforeMs, trueErrorBeforeMs, maxTrueErrorAfterSyncMs } of [clocks.router, clocks.collector]) {
      expect(maxTrueErrorAfterSyncMs).toBeLessThan(1);
      expect(errorBeforeMs).toBeCloseTo(trueErrorBeforeMs, 0);
      expect(selection?.withoutMajorityS).toBe(0);
      expect(selection?.servers.map(({ name, selected }) => [name, selected])).toEqual([
        ['server-1', false],
        ['server-2', true],
        ['server-3', true],
        ['server-4', true],
      ]);
      expect(selection?.servers.map(({ falsetickerS }) => Math.round(falsetickerS / 60))).toEqual([20, 0, 0, 0]);
    }
  });

  test('two that say the same lie are no majority: the clocks are left alone', async () => {
    const { clocks } = await run([...right(2), liar(90_000), liar(90_000)]);
    expect(clocks.router.trueErrorAfterMs).toBeCloseTo(LEFT_ALONE_MS.router, 6);
    expect(clocks.collector.trueErrorAfterMs).toBeCloseTo(LEFT_ALONE_MS.collector, 6);
    expect(clocks.router).toMatchObject({ synchronised: true, errorBeforeMs: null, errorAfterMs: null });
    expect(clocks.router.selection?.withoutMajorityS).toBeGreaterThan(1_190);
    expect(clocks.router.selection?.servers.some(({ selected, falsetickerS }) => selected || falsetickerS > 0)).toBe(false);
  });

  test('three that say the same lie are believed', async () => {
    const { clocks, errorMs } = await run([...right(1), liar(90_000), liar(90_000), liar(90_000)]);
    expect(Math.abs(errorMs - 90_000)).toBeLessThan(1);
    expect(clocks.router.selection?.servers.map(({ selected }) => selected)).toEqual([false, true, true, true]);
  });

  test('one that lies for a while is outvoted for as long as its samples last', async () => {
    const { clocks, errorMs } = await run([...right(3), liar(90_000, { fromS: 300, untilS: 600 })], { duration: '40m' });
    expect(Math.abs(errorMs)).toBeLessThan(1);
    const { falsetickerS = 0 } = clocks.router.selection?.servers[3] ?? {};
    expect(falsetickerS).toBeGreaterThan(200);
    expect(falsetickerS).toBeLessThan(1_000);
  });

  test('all are asked again after a reboot', async () => {
    const { clocks, errorMs } = await run([liar(90_000), ...right(3)], {
      router: { clock: { reboots: [{ after: '10m', wallClock: 'rtc' }], rtc: { offsetMs: 7_000 } } },
    });
    expect(Math.abs(errorMs)).toBeLessThan(1);
    expect(clocks.router.selection?.servers.map(({ selected }) => selected)).toEqual([false, true, true, true]);
  });
});

/** chrony's test 009: five servers, a path of 1 ms with exponential queues; one or two that are wrong pass, three or four must not. */
describe.each([1, 2, 3])('as in chrony 009, of five servers with seed %i', (seed) => {
  const lies = [60_000, -90_000, 150_000, -200_000];
  const links = { ntp: { delayMs: { plus: [1, { times: [0.1, 'exponential'] }] } } } as const;
  const some = (wrong: number) =>
    run([...lies.slice(0, wrong).map((offsetMs) => liar(offsetMs)), ...right(5 - wrong)], { seed, links });

  test.each([1, 2])('%i that lie are outvoted', async (wrong) => {
    const { clocks } = await some(wrong);
    expect(clocks.router.maxTrueErrorAfterSyncMs).toBeLessThan(1);
    expect(clocks.router.selection?.servers.map(({ falsetickerS }) => falsetickerS > 0)).toEqual(
      [0, 1, 2, 3, 4].map((index) => index < wrong),
    );
  });

  test.each([3, 4])('%i that lie leave no majority', async (wrong) => {
    const { clocks } = await some(wrong);
    expect(clocks.router.trueErrorAfterMs).toBeCloseTo(LEFT_ALONE_MS.router, 6);
    expect(clocks.router.selection?.withoutMajorityS).toBeGreaterThan(1_190);
  });
});

describe('chance', () => {
  const busy: Servers = [{ wanderPpm: 0.01, faults: [{ kind: 'jitter', deviationMs: 1 }] }, ...right(2), liar(5_000)];
  const links = { ntp: { delayMs: { gamma: [2, 1] }, lossPercent: 20 } } as const;

  test('is decided by the seed', async () => {
    const [first, second, other] = [await run(busy, { links }), await run(busy, { links }), await run(busy, { links, seed: 2 })];
    expect(second.clocks).toEqual(first.clocks);
    expect(second.site.routerClock.clock.history).toEqual(first.site.routerClock.clock.history);
    expect(other.site.routerClock.clock.history).not.toEqual(first.site.routerClock.clock.history);
  });

  /** When a hundred requests to each server arrive. */
  function arrivals(ntpServers: Servers, delayMs: Delay = { gamma: [2, 1] }) {
    const scenario = scenarioSchema.parse({ ...QUIET, ntpServers, links: { ntp: { delayMs } } });
    const random = new Random(7);
    const asked = new NtpServers(scenario, { unixMs: 0 }, random).askedBy(2, scenario.links.ntp, random, 'link');
    return asked.map(({ link }) =>
      Array.from({ length: 100 }, (_, second) => link.arrivals(trueNs(second * 1e9), { way: 'up', octets: 48 })[0]),
    );
  }

  test('of one server is not that of another, and does not change when there is one more', () => {
    const [first, second] = arrivals([{ name: 'a' }, { name: 'b' }]);
    expect(second).not.toEqual(first);
    expect(arrivals([{ name: 'c' }, { name: 'b' }, { name: 'a' }])).toEqual([expect.anything(), second, first]);
  });

  test('and path can be told apart by the number of a server', () => {
    const far = { plus: [1, { times: [30, { equal: [0.5, 'to', 101] }] }] };
    const delaysMs = arrivals(right(3), far).map(([first]) => Math.round((first ?? 0) / 1e6));
    expect(delaysMs).toEqual([1, 31, 1]);
  });
});

test('one server in a list is believed as one alone is', async () => {
  const { clocks, errorMs } = await run([liar(60_000)]);
  expect(Math.abs(errorMs - 60_000)).toBeLessThan(1);
  expect(clocks.router.selection).toBeUndefined();
});
