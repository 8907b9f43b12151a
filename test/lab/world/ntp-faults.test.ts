import { expect, test } from 'vitest';
import { runWorld, SMALL } from '../../support/small-world.ts';

const QUIET = { ...SMALL, duration: '10m', people: [], office: { employees: 1 } };

/** How fast each clock is at the end, as measured by nobody but the truth. */
async function errorsAtEndMs(ntpServer: NonNullable<typeof SMALL.ntpServer>): Promise<{ router: number; collector: number }> {
  const { world, site, store } = await runWorld({ ...QUIET, ntpServer });
  store.close();
  return {
    router: site.routerClock.clock.errorNs(world.end) / 1e6,
    collector: world.collectorClock.clock.errorNs(world.end) / 1e6,
  };
}

test('both clocks follow a falseticker, for there is no other server to doubt it', async () => {
  const { router, collector } = await errorsAtEndMs({ faults: [{ kind: 'falseticker', offsetMs: 60_000, fromS: 120 }] });
  expect(Math.abs(router - 60_000)).toBeLessThan(5);
  expect(Math.abs(collector - 60_000)).toBeLessThan(5);
});

test('who is denied, or is told DENY, keeps the clock it had', async () => {
  const left = { router: 250 + 600 * 20e-3, collector: -40 - 600 * 5e-3 };
  for (const ntpServer of [{ deny: ['0.0.0.0/0'] }, { faults: [{ kind: 'kiss', code: 'DENY' } as const] }, { stratum: 16 }]) {
    const errors = await errorsAtEndMs(ntpServer);
    expect(errors.router).toBeCloseTo(left.router, 6);
    expect(errors.collector).toBeCloseTo(left.collector, 6);
  }
});

test('access is by the address each client has in the scenario', async () => {
  const { router, collector } = await errorsAtEndMs({ allow: ['10.0.0.5/32'] });
  expect(router).toBeCloseTo(262, 6);
  expect(Math.abs(collector)).toBeLessThan(1);
});
