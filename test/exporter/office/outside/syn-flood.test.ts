import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../../../core/time/instant.ts';
import { trainEnd } from '../../../../core/net/packet-train.ts';
import { outsideSchema, type SynFlood } from '../../../../exporter/office/outside/config.ts';
import { flood } from '../../../../exporter/office/outside/syn-flood.ts';
import { Wire } from '../../../../exporter/office/wire.ts';

test('a flood has as many SYNs as its rate says, however many sources, and lasts no longer than it says', () => {
  const rates = fc.integer({ min: 1, max: 2_000 });
  const sources = fc.integer({ min: 1, max: 4_000 });
  fc.assert(
    fc.property(rates, sources, fc.integer({ min: 1, max: 60 }), (perSecond, sources, seconds) => {
      const [attack] = outsideSchema.parse([{ do: 'synFlood', at: '09:00', perSecond, seconds, sources }]);
      const end = trueNs(1_000 * NS_PER_S);
      const wire = new Wire(end);
      const call = { activity: 0, publicAddress: 1, listeners: new Map() };
      wire.begin(trueNs(0), flood(wire, trueNs(0), attack as SynFlood, call, new Random(1)));
      wire.advance(end);
      let [packets, last] = [0, 0];
      for (let train = wire.take(end); train !== undefined; train = wire.take(end)) {
        packets += train.packets;
        last = Math.max(last, trainEnd(train));
      }
      expect(packets).toBe(perSecond * seconds);
      expect(last).toBeLessThan(seconds * NS_PER_S);
    }),
    { numRuns: 50 },
  );
});
