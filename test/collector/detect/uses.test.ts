import { describe, expect, test } from 'vitest';
import { NatEventBatch } from '../../../collector/collecting/nat-event-batch.ts';
import type { Alert } from '../../../collector/detect/alert.ts';
import { batchOf, ip, NINE, PUBLIC_ADDRESS, type HandMadeFlow } from '../support/flows.ts';
import { alertsOf, BUSY, host, kindsOf, many, MAX, newDetection } from './hand-made-office.ts';

describe('an unknown device', () => {
  const flow = (rest: Partial<HandMadeFlow>): HandMadeFlow[] =>
    many(3, () => ({ inside: '10.0.9.9', packets: 10, tcpControlBits: BUSY, ...rest }));

  test('is an inside address that sends and is in no inventory, told once', () => {
    expect(alertsOf(flow({}))).toMatchObject([
      { kind: 'unknown-device', who: '10.0.9.9', sentence: '10.0.9.9 is in no inventory and used 132 B' },
    ]);
  });

  test('is not one that is, nor one that was only called', () => {
    expect(kindsOf(flow({ inside: MAX }))).toEqual([]);
    expect(kindsOf(flow({ direction: 'down' }))).toEqual([]);
  });
});

describe('shared files', () => {
  const exchange = (peers: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow[] =>
    many(peers, (index) => ({
      server: host(index),
      serverPort: 51_413,
      packets: 20,
      octets: 20_000,
      tcpControlBits: BUSY,
      ...rest,
    }));
  const asks = (nodes: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow[] =>
    many(nodes, (index) => ({ server: host(index), serverPort: 50_001, insidePort: 50_002, protocol: 17, octets: 133, ...rest }));

  test('are data from 8 peers at high ports, or 40 asked from one port', () => {
    expect(kindsOf(exchange(7))).toEqual([]);
    expect(kindsOf(exchange(8))).toEqual(['file-sharing']);
    expect(kindsOf(asks(39))).toEqual([]);
    expect(kindsOf(asks(40))).toEqual(['file-sharing']);
    expect(kindsOf(many(100, (index) => ({ ...asks(1)[0], server: host(index), insidePort: 50_002 + index })))).toEqual([]);
  });

  test('are neither a known service, nor visitors of our own, nor little', () => {
    expect(kindsOf(exchange(50, { serverPort: 3_389 }))).toEqual([]);
    expect(kindsOf(exchange(50, { insidePort: 443 }))).toEqual([]);
    expect(kindsOf(exchange(50, { octets: 9_999 }))).toEqual([]);
  });

  test('that the policy forbids are told as that, once', () => {
    const torrent = exchange(30).map((flow, index) => ({ ...flow, server: `192.0.2.${index}`, serverPort: 6_881 }));
    expect(kindsOf(torrent, ['bittorrent'])).toEqual(['forbidden-service']);
    expect(kindsOf(torrent)).toEqual(['file-sharing']);
  });
});

describe('a forbidden service', () => {
  const use = (direction: 'up' | 'down'): HandMadeFlow[] =>
    many(2, () => ({ direction, server: '192.0.2.7', serverPort: 6_881, packets: 10, tcpControlBits: BUSY }));

  test('is one of the list, used and not only offered', () => {
    expect(alertsOf(use('up'), ['bittorrent'])).toMatchObject([
      { kind: 'forbidden-service', target: 'BitTorrent', address: MAX },
    ]);
    expect(kindsOf(use('down'), ['bittorrent'])).toEqual([]);
    const probe = use('up').map((flow) => ({ ...flow, packets: 1, tcpControlBits: 0x02 }));
    expect(kindsOf(probe, ['bittorrent'])).toEqual([]);
    expect(kindsOf(use('up'), ['youtube'])).toEqual([]);
  });
});

describe('a lack of public ports', () => {
  function eventsAt(seconds: readonly number[], kind = 12): NatEventBatch {
    const batch = new NatEventBatch(seconds.length);
    for (const second of seconds) {
      const row = batch.length++;
      batch.kind[row] = kind;
      batch.observationTimeMs[row] = NINE + second * 1_000;
      batch.receivedAtUs[row] = (NINE + second * 1_000) * 1_000;
      batch.publicAddress[row] = ip(PUBLIC_ADDRESS);
    }
    return batch;
  }
  const told = (events: NatEventBatch): Alert[] => {
    const detection = newDetection();
    detection.handle(batchOf(many(100, () => ({ packets: 4 }))));
    detection.handleNatEvents(events);
    return detection.alerts;
  };

  test("is told by the router's word, and who sent the most", () => {
    const [alert, ...others] = told(eventsAt([10, 70, 600]));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      kind: 'port-exhaustion',
      address: PUBLIC_ADDRESS,
      firstSeenMs: NINE + 10_000,
      lastSeenMs: NINE + 600_000,
    });
    expect(alert?.evidence[1]).toBe('most was sent meanwhile by Max (100 flows)');
  });

  test('of addresses and of ports is one of the pool, and of a host another', () => {
    const events = eventsAt([0, 1, 2, 3]);
    events.kind[1] = 3;
    events.publicAddress[1] = 0;
    events.publicAddress[2] = ip('203.0.113.99');
    events.insideAddress[3] = ip(MAX);
    expect(told(events).map(({ address }) => address)).toEqual([PUBLIC_ADDRESS, MAX]);
  });

  test('is over after an hour, and none of the other events', () => {
    expect(told(eventsAt([0, 3_601]))).toHaveLength(2);
    expect(told(eventsAt([0, 3_600, 5_000]))).toHaveLength(1);
    expect(told(eventsAt([0], 4))).toEqual([]);
  });
});
