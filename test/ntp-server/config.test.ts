import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ntpServerSchema } from '../../ntp-server/config.ts';
import { formatEndpoint, parseEndpoint } from '../../core/net/endpoint.ts';

const everyKey = (schema: z.core.JSONSchema.BaseSchema): [string, z.core.JSONSchema._JSONSchema][] => {
  const members = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), schema.items ?? []].flat() as z.core.JSONSchema.BaseSchema[];
  const own = Object.entries(schema.properties ?? {});
  const inner = [...members, ...own.map(([, each]) => each as z.core.JSONSchema.BaseSchema)];
  return [...own, ...inner.flatMap(everyKey)];
};

test("nothing told is a sound server of the machine's time, and every key is described", () => {
  expect(ntpServerSchema.parse({})).toEqual({
    listen: '127.0.0.1:11123',
    offsetMs: 0,
    driftPpm: 0,
    stratum: 1,
    leap: 'none',
    rootDelayMs: 0,
    precisionLog2S: -20,
    referenceIntervalS: 64,
    allow: [],
    deny: [],
    denyKiss: false,
    faults: [],
    seed: 1,
  });
  const keys = everyKey(z.toJSONSchema(ntpServerSchema, { io: 'input' }));
  expect(keys.length).toBeGreaterThan(40);
  for (const [key, property] of keys) expect(property, key).toHaveProperty('description');
});

test('what cannot be is refused', () => {
  for (const config of [
    { listen: 'localhost' },
    { listen: '127.0.0.1:70000' },
    { stratum: 0 },
    { stratum: 17 },
    { offsetMS: 1 },
    { driftPpm: Number.NaN },
    { referenceId: '192.0.2.1' },
    { stratum: 2, referenceId: 'GPS' },
    { allow: ['10.0.0.0/33'] },
    { time: '2036-02-07' },
    { rateLimit: { leakLog2: 5 } },
    { faults: [{ kind: 'jiter' }] },
    { faults: [{ kind: 'jitter', deviationMs: 1, fromS: 5, untilS: 5 }] },
    { faults: [{ kind: 'drift', driftPpm: 1, probability: 0.5 }] },
    { faults: [{ kind: 'silence', probability: 1.1 }] },
    { faults: [{ kind: 'kiss', code: 'TOO LONG' }] },
  ]) {
    expect(ntpServerSchema.safeParse(config).success, JSON.stringify(config)).toBe(false);
  }
});

test('an endpoint survives formatting and parsing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.nat(65_535), (address, port) => {
      expect(parseEndpoint(formatEndpoint({ address, port }))).toEqual({ address, port });
    }),
  );
});
