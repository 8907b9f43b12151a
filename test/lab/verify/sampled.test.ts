import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../../lab/findings.ts';
import { recordsOf } from '../../../lab/findings/case.ts';
import { judgeSampled } from '../../../lab/verify/judge-sampled.ts';
import { runWorld, SMALL } from '../../support/small-world.ts';

const run = (sampling: Record<string, unknown>, links = {}): ReturnType<typeof runWorld> =>
  runWorld({ ...SMALL, duration: '12m', router: { metering: { sampling } }, links: { export: links } });

describe('the judge of a router that samples (RFC 5475 section 5)', () => {
  test.each(['count-based', 'n-of-n', 'uniform'])('finds nothing wrong with honest %s sampling', async (algorithm) => {
    const { world, scenario, store } = await run({ algorithm, population: 20 });
    const { differences, exported } = await findingsOf(world, scenario, store);
    expect(exported.packets).toBeGreaterThan(1_000);
    expect(differences).toEqual([]);
    store.close();
  });

  test('knows what was lost on the way', async () => {
    const { world, scenario, store } = await run({ algorithm: 'uniform', population: 20 }, { lossPercent: 5 });
    const { differences, lost } = await findingsOf(world, scenario, store);
    expect(lost.trueRecords).toBeGreaterThan(0);
    expect(differences).toEqual([]);
    store.close();
  });

  test('sees a record that is not stored, and a share that is not the one told', async () => {
    const { site, store } = await run({ algorithm: 'count-based', population: 20 });
    const records = await recordsOf(site, store);
    const { flows, packets, octets } = site.router.exported;
    const exported = { records: flows, packets, octets };
    const judged = (population: number, all = exported): string[] =>
      judgeSampled(site.ledger, records, all, { isUniform: false, size: 1, population }).map(({ sentence }) => sentence);
    expect(judged(20)).toEqual([]);
    expect(judged(20, { ...exported, records: flows + 1 })).toEqual([
      `the router exported ${flows + 1} records; ${flows} are stored or known to be lost`,
    ]);
    expect(judged(10)[0]).toMatch(/sampled packets stand for/);
    store.close();
  });
});
