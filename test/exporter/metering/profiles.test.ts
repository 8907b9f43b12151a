import { expect, test } from 'vitest';
import { meteringSchema } from '../../../exporter/metering/config.ts';

test('a cache profile sets what is not written down, and gives way to what is', () => {
  expect(meteringSchema.parse({ profile: 'softflowd' })).toMatchObject({ sweepMs: 60_000, maxEntries: 8_192, biflow: false });
  expect(meteringSchema.parse({ profile: 'softflowd', sweepMs: 0 })).toMatchObject({ sweepMs: 0, maxEntries: 8_192 });
  expect(meteringSchema.parse({ profile: 'cisco-fnf', activeTimeoutMs: 60_000 }).activeTimeoutMs).toBe(60_000);
  expect(meteringSchema.parse({ profile: 'ipfixprobe' })).toMatchObject({ biflow: true, tcpEnd: 'at-idle' });
});

test('without a profile the timeouts are ours', () => {
  expect(meteringSchema.parse({})).toMatchObject({ activeTimeoutMs: 60_000, inactiveTimeoutMs: 15_000, tcpLingerMs: 2_000 });
});
