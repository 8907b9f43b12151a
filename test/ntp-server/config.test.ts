import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ntpServerSchema } from '../../ntp-server/config.ts';
import { formatEndpoint, parseEndpoint } from '../../core/net/endpoint.ts';

test('nothing told is the defaults, and every key is described', () => {
  expect(ntpServerSchema.parse({})).toEqual({ listen: '127.0.0.1:11123', offsetMs: 0, driftPpm: 0, stratum: 1 });
  for (const property of Object.values(z.toJSONSchema(ntpServerSchema).properties ?? {}))
    expect(property).toHaveProperty('description');
});

test('what cannot be is refused', () => {
  for (const config of [
    { listen: 'localhost' },
    { listen: '127.0.0.1:70000' },
    { stratum: 0 },
    { stratum: 17 },
    { offsetMS: 1 },
    { driftPpm: Number.NaN },
  ]) {
    expect(ntpServerSchema.safeParse(config).success).toBe(false);
  }
});

test('an endpoint survives formatting and parsing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.nat(65_535), (address, port) => {
      expect(parseEndpoint(formatEndpoint({ address, port }))).toEqual({ address, port });
    }),
  );
});
