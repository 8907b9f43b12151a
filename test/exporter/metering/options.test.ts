import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TCP_FIN } from '../../../core/net/packet-train.ts';
import { FLOW_KEYS, meteringSchema, type MeteringConfig } from '../../../exporter/metering/config.ts';
import { ReferenceMeter } from './reference-meter.ts';
import { END_MS, metered, packetsOf, sorted, trainOf, trains } from './small-traffic.ts';

/** All that decides when a record closes. */
const timing = {
  activeTimeoutMs: fc.constantFrom(60, 100, 250),
  activeGridMs: fc.constantFrom(0, 0, 80),
  inactiveTimeoutMs: fc.constantFrom(20, 33),
  tcpEnd: fc.constantFrom('at-once', 'linger', 'at-idle'),
  tcpLingerMs: fc.constantFrom(0, 3, 40),
  sweepMs: fc.constantFrom(0, 0, 30),
  octetLimit: fc.constantFrom(0, 0, 500),
};
const parsed = (input: unknown): MeteringConfig => meteringSchema.parse(input);
const normal = fc.record(timing).map(parsed);
const keys = fc.subarray([...FLOW_KEYS], { minLength: 1 });
const wakeEveryMs = fc.constantFrom(0, 7, 1_000);
const as = fc.constantFrom<'trains' | 'packets'>('trains', 'packets');

function reference(config: MeteringConfig, all: Parameters<typeof packetsOf>[0], onLan = false): ReferenceMeter {
  const meter = new ReferenceMeter(config);
  meter.run(packetsOf(all, config, onLan), END_MS);
  return meter;
}

/** Holds our meter, fed with trains or packets, against the one that looks at every packet. */
function holds(configs: fc.Arbitrary<MeteringConfig>, numRuns: number, views: fc.Arbitrary<boolean> = fc.constant(false)): void {
  fc.assert(
    fc.property(configs, trains, as, wakeEveryMs, views, (config, all, fed, wake, onLan) => {
      const points = onLan ? ['lan-ingress' as const, 'lan-egress' as const] : config.observationPoints;
      const set = { ...config, observationPoints: points };
      const ours = metered(set, all, { onLan, as: fed, wakeEveryMs: wake });
      const theirs = reference(set, all, onLan);
      expect(sorted(ours.records)).toEqual(sorted(theirs.records));
      expect(ours.ignored).toBe(theirs.ignored);
    }),
    { numRuns },
  );
}

describe('the records are those of a meter that looks at every packet', () => {
  test('with every policy of when a record closes (RFC 5470 section 5.1.1)', () => {
    holds(normal, 400);
  });

  test('with any choice of flow keys: of other fields a record has those of its first packet (RFC 7011 section 2)', () => {
    holds(fc.record({ ...timing, keys }).map(parsed), 250);
  });

  test('as biflows, whose source is who sent the first packet, on both sides of the NAT or on one (RFC 5103 section 2)', () => {
    holds(fc.record({ ...timing, biflow: fc.constant(true) }).map(parsed), 400, fc.boolean());
  });

  test('in a permanent cache, whose totals grow', () => {
    const cache = fc.constant('permanent');
    holds(fc.record({ ...timing, cache, maxEntries: fc.constantFrom(2, 100) }).map(parsed), 120);
  });

  test('in an immediate cache, a record for each packet (RFC 5470 section 5.1.1)', () => {
    holds(fc.record({ ...timing, cache: fc.constant('immediate') }).map(parsed), 100);
  });

  test('in a full cache that refuses new flows and counts what it ignores', () => {
    holds(fc.record({ ...timing, whenFull: fc.constant('refuse-new'), maxEntries: fc.constantFrom(1, 2, 3) }).map(parsed), 120);
  });

  test('with systematic count-based sampling over the packets of all flows (RFC 5475 section 5.1)', () => {
    const sampling = fc.constantFrom(
      { algorithm: 'count-based', size: 1, population: 3 },
      { algorithm: 'count-based', size: 2, population: 5 },
    );
    holds(fc.record({ ...timing, sampling }).map(parsed), 120);
  });

  test('in a full cache that evicts the oldest, packet by packet', () => {
    fc.assert(
      fc.property(fc.record({ ...timing, maxEntries: fc.constantFrom(1, 2, 3) }).map(parsed), trains, (config, all) => {
        const ours = metered(config, all, { onLan: false, as: 'packets', wakeEveryMs: 0 });
        expect(sorted(ours.records)).toEqual(sorted(reference(config, all).records));
      }),
      { numRuns: 120 },
    );
  });
});

test('a biflow that both sides have ended takes in what comes at the same instant', () => {
  const config = parsed({ biflow: true, tcpEnd: 'at-once' });
  const shape = { flow: 1, protocol: 6, startMs: 0, intervalMs: 1, packets: 1, extraOctets: 0, last: TCP_FIN };
  const all = [
    trainOf({ ...shape, direction: 'down' }),
    trainOf({ ...shape, direction: 'up' }),
    trainOf({ ...shape, direction: 'up', packets: 2, last: 0 }),
  ];
  const ours = metered(config, all, { onLan: false, as: 'trains', wakeEveryMs: 0 });
  expect(sorted(ours.records)).toEqual(sorted(reference(config, all).records));
});

test('random sampling selects n of each N packets, and other ones with another seed (RFC 5475 section 5.2.1)', () => {
  fc.assert(
    fc.property(trains, fc.integer({ min: 0, max: 9 }), (all, seed) => {
      const config = parsed({ cache: 'immediate', sampling: { algorithm: 'n-of-n', size: 2, population: 7, seed } });
      const { records } = metered(config, all, { onLan: false, as: 'trains', wakeEveryMs: 0 });
      const seen = packetsOf(all, config, false).filter(({ ms }) => ms <= END_MS).length;
      expect(records.length).toBeGreaterThanOrEqual(2 * Math.floor(seen / 7));
      expect(records.length).toBeLessThanOrEqual(2 * Math.ceil(seen / 7));
    }),
  );
});

test('records leave in the order they close', () => {
  fc.assert(
    fc.property(normal, trains, as, (config, all, fed) => {
      const { closedAtNs } = metered(config, all, { onLan: false, as: fed, wakeEveryMs: 0 });
      expect(closedAtNs).toEqual([...closedAtNs].sort((a, b) => a - b));
    }),
    { numRuns: 100 },
  );
});
