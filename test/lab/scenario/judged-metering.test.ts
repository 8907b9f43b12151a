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
  expect(scenarioSchema.safeParse({ ...SMALL, router: { monitors: [{ name: 'other', metering }] } }).success).toBe(true);
});
