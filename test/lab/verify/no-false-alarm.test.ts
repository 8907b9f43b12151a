import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findingsOf } from '../../../lab/findings.ts';
import { runWorld, SMALL } from '../../support/small-world.ts';

/** Everything a scenario can turn, within what real routers and links do. */
const settings = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  activeTimeoutMs: fc.integer({ min: 1_500, max: 120_000 }),
  inactiveTimeoutMs: fc.integer({ min: 1_200, max: 60_000 }),
  tcpLingerMs: fc.integer({ min: 0, max: 5_000 }),
  tcpEnd: fc.constantFrom('linger', 'at-once', 'at-idle'),
  sweepMs: fc.constantFrom(0, 0, 5_000),
  activeGridMs: fc.constantFrom(0, 0, 30_000),
  octetLimit: fc.constantFrom(0, 0, 100_000),
  maxEntries: fc.constantFrom(20, 65_536),
  maxMessageLength: fc.integer({ min: 512, max: 9_000 }),
  offsetMs: fc.integer({ min: -400_000, max: 400_000 }),
  driftPpm: fc.integer({ min: -300, max: 300 }),
  ntp: fc.boolean(),
  lossPercent: fc.constantFrom(0, 0, 3, 30),
  duplicatePercent: fc.constantFrom(0, 5),
  reorderPercent: fc.constantFrom(0, 5),
  jitterMs: fc.constantFrom(0, 2, 40),
  udpTimeoutS: fc.constantFrom(30, 300),
  applicationIds: fc.boolean(),
});

test('an honest chain has no differences and the right loss count, whatever the settings', async () => {
  await fc.assert(
    fc.asyncProperty(settings, async (chosen) => {
      const { seed, activeTimeoutMs, inactiveTimeoutMs, tcpLingerMs, maxEntries, offsetMs, driftPpm, ntp } = chosen;
      const { tcpEnd, sweepMs, activeGridMs, octetLimit } = chosen;
      const { lossPercent, duplicatePercent, reorderPercent, jitterMs } = chosen;
      const run = await runWorld({
        ...SMALL,
        seed,
        duration: '12m',
        router: {
          clock: { offsetMs, driftPpm, ntp },
          metering: {
            activeTimeoutMs,
            activeGridMs,
            inactiveTimeoutMs,
            tcpEnd,
            tcpLingerMs,
            sweepMs,
            octetLimit,
            maxEntries,
          },
          exporting: {
            maxMessageLength: chosen.maxMessageLength,
            applicationIds: chosen.applicationIds,
            dnsNames: !chosen.applicationIds,
          },
          nat: { udpTimeoutS: chosen.udpTimeoutS },
        },
        links: {
          export: { lossPercent, duplicatePercent, reorderPercent, jitterMs },
          ntp: { jitterMs, lossPercent: lossPercent / 2 },
        },
      });
      try {
        const { differences, lost, exported, collected } = await findingsOf(run.world, run.scenario, run.store);
        expect(exported.records).toBeGreaterThan(0);
        // Where so much is lost, a Template may never come; then what arrived cannot be read.
        if (lossPercent === 30) return;
        expect(differences).toEqual([]);
        expect(lost.unaccountedRecords).toBe(0);
        expect(lost.records + lost.trailingRecords).toBe(lost.trueRecords);
        if (lossPercent === 0) expect(collected).toEqual(exported);
      } finally {
        run.store.close();
      }
    }),
    { numRuns: 100, seed: 20_260_302 },
  );
}, 240_000);
