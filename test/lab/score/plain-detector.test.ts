import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRange, type AddressRange } from '../../../core/net/stored-address.ts';
import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { NatEventBatch } from '../../../collector/collecting/nat-event-batch.ts';
import type { DayOffice } from '../../../lab/score/day-detector.ts';
import type { Detector, DetectorAlert, DetectorFlow, DetectorOffice } from '../../../lab/score/detector.ts';
import { loadDetector } from '../../../lab/score/load-detector.ts';
import { DetectorMistake, plainDetector } from '../../../lab/score/plain-detector.ts';

const office = (written: Partial<DayOffice> = {}): DayOffice => ({
  inside: [parseRange('10.0.0.0/16') as AddressRange, parseRange('2001:db8:50::/64') as AddressRange],
  exporter: { address: 1, observationDomainId: 1 },
  inventory: [{ name: 'John', address: '10.0.0.21', otherAddresses: ['2001:db8:50::21'], department: '' }],
  publicAddresses: [0xcb007102],
  forbidden: ['bittorrent'],
  given: { applications: [], names: new Map() },
  ...written,
});

const ALERT: DetectorAlert = { kind: 'beacon', address: '10.0.0.21', firstSeenMs: 1, lastSeenMs: 2 };

/** What is kept of the alerts that the calls of `flows` return one after the other, at 1 s, 2 s and so on. */
function kept(...returned: unknown[]) {
  const given = [...returned];
  const detector = plainDetector(() => ({ flows: () => given.shift() }) as Detector)(office());
  returned.forEach((_, index) => detector.flows(new CollectedBatch(1), 1_000 * (index + 1)));
  return detector.alerts;
}

test('a detector is told of the office in plain words', () => {
  let told: DetectorOffice | undefined;
  plainDetector((given) => {
    told = given;
    return { flows: () => undefined };
  })(office());
  expect(told).toEqual({
    inside: ['10.0.0.0/16', '2001:db8:50::/64'],
    inventory: [{ name: 'John', addresses: ['10.0.0.21', '2001:db8:50::21'] }],
    publicAddresses: ['203.0.113.2'],
    forbidden: ['bittorrent'],
  });
});

describe('alerts', () => {
  test('are raised when they are said, unless they tell when', () => {
    expect(kept([ALERT], undefined, [{ ...ALERT, raisedAtMs: 7 }]).map(({ raisedAtMs }) => raisedAtMs)).toEqual([1_000, 7]);
  });

  test('with the same id are one, raised when it was said first and as it was told last', () => {
    expect(kept([{ ...ALERT, id: 'a' }], [ALERT], [{ ...ALERT, id: 'a', lastSeenMs: 9 }])).toMatchObject([
      { raisedAtMs: 1_000, lastSeenMs: 9 },
      { raisedAtMs: 2_000, lastSeenMs: 2 },
    ]);
  });

  test('may hold what is of no concern here, of any kind', () => {
    const cyclic: Record<string, unknown> = { ...ALERT, count: 5n };
    cyclic['itself'] = cyclic;
    expect(kept([cyclic])).toMatchObject([{ kind: 'beacon' }]);
    expect(() => kept([{ ...cyclic, kind: 3 }])).toThrow(DetectorMistake);
  });

  test.each<[object, string]>([
    [{ ...ALERT, kind: 3 }, 'has no kind'],
    [{ ...ALERT, address: 'John' }, 'has no address'],
    [{ ...ALERT, firstSeenMs: '1' }, 'has no firstSeenMs'],
    [{ ...ALERT, lastSeenMs: Infinity }, 'has no lastSeenMs'],
    [{ ...ALERT, raisedAtMs: NaN }, 'has a raisedAtMs'],
    [{ ...ALERT, targets: '198.18.0.1' }, 'has targets'],
  ])('that are wrong are a mistake of one sentence: %j', (alert, sentence) => {
    expect(() => kept([alert])).toThrow(DetectorMistake);
    expect(() => kept([alert])).toThrow(sentence);
  });

  test('whatever a detector returns is taken or a mistake', () => {
    const anything = fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true });
    fc.assert(
      fc.property(fc.oneof(anything, fc.array(anything)), (returned) => {
        try {
          expect(kept(returned)).toEqual([]);
        } catch (error) {
          expect(error).toBeInstanceOf(DetectorMistake);
        }
      }),
    );
  });
});

test('a module must make a detector', async () => {
  await expect(loadDetector('package.json')).rejects.toThrow(DetectorMistake);
  await expect(loadDetector('vitest.config.ts')).rejects.toThrow(
    /^vitest\.config\.ts has no default export that makes a detector/,
  );
  await expect(loadDetector('test/examples/port-scan-detector.ts')).resolves.toBeTypeOf('function');
});

describe('flows', () => {
  /** What a detector is shown of a batch. */
  function shown(batch: CollectedBatch, given: Partial<DayOffice> = {}): readonly DetectorFlow[] {
    let flows: readonly DetectorFlow[] = [];
    plainDetector(() => ({ flows: (each) => void (flows = each) }))(office(given)).flows(batch, 0);
    return flows;
  }

  test('have texts, numbers and names, and of translation only what changed', () => {
    const batch = new CollectedBatch(2);
    batch.length = 2;
    batch.ipVersion.set([4, 6]);
    batch.sourceAddress[0] = batch.postNatSourceAddress[0] = 0x0a000015;
    batch.sourcePort[0] = batch.postNaptSourcePort[0] = 50_000;
    batch.postNatSourceAddress[0] = 0xcb007102;
    batch.destinationAddress[0] = batch.postNatDestinationAddress[0] = 0xc6120107;
    batch.destinationPort[0] = batch.postNaptDestinationPort[0] = 443;
    batch.protocol.fill(6);
    batch.packetDeltaCount.fill(3);
    batch.octetDeltaCount.fill(300);
    batch.tcpControlBits.fill(18);
    batch.flowStartMs.fill(1_000);
    batch.flowEndMs.fill(2_000);
    batch.receivedAtUs.fill(3_000_500);
    batch.samplingInterval.set([0, 100]);
    batch.applicationId.set([5, 0]);
    batch.sourceIPv6.set([0x20010db8, 0x00500000, 0, 0x21], 4);
    batch.destinationIPv6.set([0x20010db8, 0, 0, 1], 4);
    const same = {
      protocol: 6,
      packets: 3,
      octets: 300,
      tcpFlags: 18,
      startMs: 1_000,
      endMs: 2_000,
      receivedMs: 3_000.5,
    };
    const applications = [{ exporter: 1, observationDomainId: 1, id: 5, name: 'web' }];
    const names = new Map([[0xc6120107, 'www.example']]);
    expect(shown(batch, { given: { applications, names } })).toEqual([
      {
        ...same,
        source: '10.0.0.21',
        sourcePort: 50_000,
        destination: '198.18.1.7',
        destinationPort: 443,
        samplingInterval: 1,
        translatedSource: '203.0.113.2',
        translatedSourcePort: 50_000,
        application: 'web',
        destinationName: 'www.example',
      },
      {
        ...same,
        source: '2001:db8:50::21',
        sourcePort: 0,
        destination: '2001:db8::1',
        destinationPort: 0,
        samplingInterval: 100,
      },
    ]);
  });
});

test('NAT events are shown to who takes them', () => {
  const batch = new NatEventBatch(1);
  batch.length = 1;
  batch.kind[0] = 12;
  batch.protocol[0] = 6;
  batch.publicAddress[0] = 0xcb007102;
  batch.observationTimeMs[0] = 1_000;
  batch.receivedAtUs[0] = 2_000_000;
  const seen: unknown[] = [];
  const create = plainDetector(() => ({ flows: () => undefined, natEvents: (events) => void seen.push(...events) }));
  create(office()).natEvents(batch, 2_000);
  expect(seen).toEqual([{ kind: 12, atMs: 1_000, receivedMs: 2_000, publicAddress: '203.0.113.2', protocol: 6 }]);
});
