import { expect, test } from 'vitest';
import { scenarioSchema } from '../../../lab/scenario/schema.ts';
import { SMALL } from '../../support/small-world.ts';

test.each([
  [{ observationPoints: ['wan-egress', 'wan-ingress'] }, 'observationPoints'],
  [{ keys: ['sourceAddress', 'destinationAddress'] }, 'keys'],
  [{ biflow: true }, 'biflow'],
  [{ cache: 'permanent' }, 'cache'],
  [{ whenFull: 'refuse-new' }, 'whenFull'],
])('what the judge cannot follow is refused for the judged export, and taken for a further one: %j', (metering, key) => {
  const { error } = scenarioSchema.safeParse({ ...SMALL, router: { metering } });
  expect(error?.issues.map(({ path }) => path)).toEqual([['router', 'metering', key]]);
  // The one whose fields have a way back, if there is any.
  const monitor = { name: 'other', metering, exporting: { profile: 'ipfixprobe' } };
  expect(scenarioSchema.safeParse({ ...SMALL, router: { monitors: [monitor] } }).success).toBe(true);
});
