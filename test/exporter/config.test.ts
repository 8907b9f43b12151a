import { expect, test } from 'vitest';
import { contradictionOf, routerSchema } from '../../exporter/config.ts';

const DELTA = { timestamps: 'delta' };
const sentence = (settings: object): string | undefined => {
  const found = contradictionOf(routerSchema.parse(settings));
  return found && `${found.path.join('.')} ${found.message}`;
};

test.each<[object]>([
  [{ metering: { activeTimeoutMs: 4_300_000 } }],
  [{ metering: { activeTimeoutMs: 4_000_000, activeGridMs: 400_000 } }],
  [{ metering: { activeTimeoutMs: 4_000_000, sweepMs: 400_000 } }],
  [{ metering: { activeTimeoutMs: 4_240_000 }, exporting: { maxDelayMs: 60_000 } }],
  [{ metering: { cache: 'permanent' } }],
  [{ metering: { profile: 'softflowd' } }],
])('%o makes flows too old for times in 32 bits of microseconds', (settings) => {
  const withDelta = { ...settings, exporting: { ...DELTA, ...('exporting' in settings ? (settings.exporting as object) : {}) } };
  expect(sentence(withDelta)).toMatch(
    /^exporting\.timestamps reaches back 71 minutes as delta, but .* can have (any age|\d+ minutes)/,
  );
  expect(sentence(settings)).toBeUndefined();
});

test('4,292 s with all delays are young enough', () => {
  const metering = { activeTimeoutMs: 4_290_000 };
  expect(sentence({ metering, exporting: DELTA })).toBeUndefined();
  expect(sentence({ metering, exporting: { ...DELTA, maxDelayMs: 4_000 } })).toContain('72 minutes');
});

test.each(['::/96', '::ffff:0:0/96', '64:ff9b::/64', '64:ff9b::'])('%s is no prefix for NAT64', (prefix) => {
  expect(() => routerSchema.parse({ nat64: { prefix } })).toThrow('is not an IPv6 /96 such as 64:ff9b::/96');
});
