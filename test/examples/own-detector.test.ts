/** How somebody who writes a detector sees how good it is, and keeps it so. */
import { scoreDetector } from 'flowlab';
import { expect, test } from 'vitest';
import portScans from './port-scan-detector.ts';

test('port scans are found, and nothing is taken for one', async () => {
  const { conditions } = await scoreDetector({
    detector: portScans,
    seeds: [60],
    quietSeeds: [191],
    conditions: ['plain'],
  });

  const [plain] = conditions;
  expect(plain?.kinds.find(({ kind }) => kind === 'port-scan')).toMatchObject({ events: 1, hits: 1, falseAlarms: 0 });
  expect(plain?.quiet.alerts).toBe(0);
});
