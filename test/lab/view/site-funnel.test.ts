import { expect, test } from 'vitest';
import { remaindersOf } from '../../../collector/counting/funnel.ts';
import { siteFunnel } from '../../../lab/view/site-funnel.ts';
import { SMALL, runWorld } from '../../support/small-world.ts';
test('try', async () => {
  const ran = await runWorld({ ...SMALL, links: { export: { lossPercent: 5, duplicatePercent: 5, reorderPercent: 5 } } });
  const { flows, natEvents } = ran.world.collecting.counters;
  const funnel = await siteFunnel(ran.site, ran.store, { now: ran.world.end, flows, natEvents });
  console.log(JSON.stringify(funnel, null, 1).replace(/\n {4,}/g, ' '), remaindersOf(funnel));
  expect(1).toBe(1);
});
