import { describe, expect, test } from 'vitest';
import { NINE, PUBLIC_ADDRESS, type HandMadeFlow } from '../support/flows.ts';
import { alertsOf, BUSY, host, kindsOf, many, MAX, SYN } from './hand-made-office.ts';

const SYN_RST = 0x06;
const RST_ACK = 0x14;

describe('a port scan', () => {
  const probes = (ports: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow[] =>
    many(ports, (index) => ({ serverPort: 1 + index, tcpControlBits: index % 2 === 0 ? SYN : SYN_RST, ...rest }));

  test('is many ports of one host with next to no packets, told with its evidence', () => {
    const [alert, ...others] = alertsOf(probes(1_000));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      id: 'port-scan-1@0.0.0.0/0',
      kind: 'port-scan',
      who: 'Max',
      address: MAX,
      target: '198.18.20.5',
      sentence: 'Max scanned 1,000 ports of 198.18.20.5',
      evidence: [
        '1,000 ports from 1 to 1000 of 198.18.20.5, at most 3 packets each',
        '09:00:00 UTC to 09:01:39 UTC, 1,000 flows, 44 kB',
      ],
      firstSeenMs: NINE,
      lastSeenMs: NINE + 99_900,
      // The fiftieth settled it.
      raisedAtMs: NINE + 4_900,
    });
    expect(alert?.innocent.length).toBeGreaterThan(0);
    expect(alert?.next.length).toBeGreaterThan(0);
  });

  test('is 50 ports and not 49, however often asked', () => {
    expect(kindsOf([...probes(49), ...probes(49)])).toEqual([]);
    expect(kindsOf(probes(50))).toEqual(['port-scan']);
  });

  test('is told by the refusals alone', () => {
    expect(kindsOf(probes(50, { direction: 'down', tcpControlBits: RST_ACK, octets: 40 }))).toEqual(['port-scan']);
    expect(kindsOf(probes(50, { direction: 'down', tcpControlBits: BUSY, octets: 40 }))).toEqual([]);
  });

  test('is no connections that do something, no search for a way, no one port of many hosts', () => {
    expect(kindsOf(probes(500, { packets: 4 }))).toEqual([]);
    expect(kindsOf(probes(500, { octets: 200 }))).toEqual([]);
    expect(kindsOf(many(90, (index) => ({ protocol: 17, serverPort: 33_434 + index })))).toEqual([]);
    expect(kindsOf(many(90, (index) => ({ protocol: 17, serverPort: 33_300 + index })))).toEqual(['port-scan']);
  });

  test('is nothing that strangers ask of us, nor what a service of ours answers them', () => {
    const asked = many(60, (index) => ({ direction: 'down', insidePort: 443, serverPort: 50_000 + index }));
    expect(kindsOf(asked)).toEqual([]);
    expect(kindsOf(asked.slice(0, 2).map((flow) => ({ ...flow, samplingInterval: 100 })))).toEqual([]);
    expect(kindsOf(asked.map((flow) => ({ ...flow, tcpControlBits: RST_ACK })))).toEqual([]);
    const time = { protocol: 17, insidePort: 123, octets: 76 };
    expect(kindsOf(many(60, (index) => ({ ...time, serverPort: 50_000 + index })))).toEqual([]);
  });

  test('of a sampled export is two ports from one source port, which nobody uses twice', () => {
    const sampled = { samplingInterval: 100, insidePort: 51_000 };
    expect(kindsOf(probes(2, sampled))).toEqual(['port-scan']);
    expect(kindsOf(probes(2, { ...sampled, insidePort: undefined as never }))).toEqual(['port-scan']);
    expect(kindsOf(many(40, (index) => ({ serverPort: 1 + index, samplingInterval: 100 })))).toEqual([]);
    expect(kindsOf(many(2, (index) => ({ ...sampled, serverPort: 1 + index, startS: index * 601, endS: index * 601 })))).toEqual(
      [],
    );
  });
});

describe('a host scan', () => {
  const sweep = (hosts: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow[] =>
    many(hosts, (index) => ({ server: host(index), serverPort: 445, ...rest }));

  test('is one port of 50 hosts, named by their network', () => {
    expect(kindsOf(sweep(49))).toEqual([]);
    const [alert] = alertsOf(sweep(510));
    expect(alert).toMatchObject({
      kind: 'host-scan',
      target: '198.18.16.0/23',
      sentence: 'Max asked 510 hosts of 198.18.16.0/23 for port 445',
    });
  });

  test('is no browsing while nobody answers, and no connections that were made', () => {
    expect(kindsOf(sweep(199, { serverPort: 443 }))).toEqual([]);
    expect(kindsOf(sweep(200, { serverPort: 443 }))).toEqual(['host-scan']);
    expect(kindsOf(sweep(500, { packets: 10, tcpControlBits: BUSY }))).toEqual([]);
  });

  test('is nothing that strangers ask of us, though all from the same port', () => {
    expect(kindsOf(sweep(60, { direction: 'down', insidePort: 25, serverPort: 22_000 }))).toEqual([]);
  });

  test('of a sampled export is two hosts from one source port', () => {
    expect(kindsOf(sweep(2, { samplingInterval: 100, insidePort: 51_000 }))).toEqual(['host-scan']);
    expect(kindsOf(sweep(2, { samplingInterval: 100, insidePort: 51_000, serverPort: 443 }))).toEqual([]);
    expect(kindsOf(many(40, (index) => ({ server: host(index), serverPort: 22, samplingInterval: 100 })))).toEqual([]);
  });

  test('that comes again after a rest is another', () => {
    const later = (afterS: number): HandMadeFlow[] => sweep(60).map((flow) => ({ ...flow, startS: afterS, endS: afterS }));
    expect(kindsOf([...sweep(60), ...later(10 * 60)])).toEqual(['host-scan']);
    expect(kindsOf([...sweep(60), ...later(30 * 60)])).toEqual(['host-scan', 'host-scan']);
  });
});

describe('a scan from outside', () => {
  const knocks = (ports: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow[] =>
    many(ports, (index) => ({
      direction: 'down',
      isDropped: true,
      server: '192.0.2.66',
      serverPort: 40_000,
      insidePort: 1 + index,
      packets: 2,
      octets: 88,
      ...rest,
    }));

  test('is 20 ports that one stranger asks in vain', () => {
    expect(kindsOf(knocks(19))).toEqual([]);
    expect(alertsOf(knocks(20))).toMatchObject([
      { kind: 'inbound-scan', address: '192.0.2.66', target: PUBLIC_ADDRESS, who: '192.0.2.66' },
    ]);
  });

  test('is no late answer and nobody who wants one service', () => {
    expect(kindsOf(knocks(500, { tcpControlBits: 0x11 }))).toEqual([]);
    expect(kindsOf(knocks(500, { insidePort: 443 }))).toEqual([]);
  });

  test('of a sampled export is two ports from one source port', () => {
    expect(kindsOf(knocks(2, { samplingInterval: 100 }))).toEqual(['inbound-scan']);
    expect(kindsOf(knocks(2).map((flow, index) => ({ ...flow, samplingInterval: 100, serverPort: 40_000 + index })))).toEqual([]);
  });
});

describe('a flood of SYNs', () => {
  const syns = (sources: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow[] =>
    many(sources, (index) => ({
      direction: 'down',
      isDropped: true,
      server: host(index),
      serverPort: 40_000,
      insidePort: 443,
      packets: 10,
      octets: 400,
      startS: index / 1_000,
      endS: 60,
      ...rest,
    }));

  test('is very many senders that never acknowledge', () => {
    expect(kindsOf(syns(99, { packets: 100 }))).toEqual([]);
    expect(kindsOf(syns(100, { packets: 9 }))).toEqual([]);
    expect(alertsOf(syns(3_000))).toMatchObject([{ kind: 'syn-flood', target: `${PUBLIC_ADDRESS}:443` }]);
    expect(kindsOf(syns(3_000, { tcpControlBits: BUSY }))).toEqual([]);
  });

  test('is not what comes in the course of an hour', () => {
    const slow = syns(300).map((flow, index) => ({ ...flow, startS: index * 12, endS: index * 12 }));
    expect(kindsOf(slow)).toEqual([]);
  });

  test("is seen though the router's clock was set back before it", () => {
    const before = syns(20).map((flow, index) => ({ ...flow, packets: 1, startS: 7_200 + index * 60, endS: 7_200 + index * 60 }));
    expect(kindsOf([...before, ...syns(3_000)])).toEqual(['syn-flood']);
  });

  test('of a sampled export is a dozen senders of many SYNs, scaled up', () => {
    expect(kindsOf(syns(12, { samplingInterval: 100, packets: 1 }))).toEqual(['syn-flood']);
    expect(kindsOf(syns(11, { samplingInterval: 100, packets: 1 }))).toEqual([]);
  });
});

describe('guessed passwords', () => {
  const guesses = (count: number, rest: (index: number) => Partial<HandMadeFlow> = () => ({})): HandMadeFlow[] =>
    many(count, (index) => ({
      serverPort: 22,
      packets: 12,
      octets: 2_600,
      startS: index * 3,
      endS: index * 3 + 6,
      tcpControlBits: BUSY,
      ...rest(index),
    }));

  test('are 20 short and alike connections within 5 minutes', () => {
    expect(kindsOf(guesses(19))).toEqual([]);
    expect(alertsOf(guesses(300))).toMatchObject([
      {
        kind: 'brute-force',
        address: MAX,
        target: '198.18.20.5:22',
        sentence: 'Max guessed passwords of 198.18.20.5, port 22: 300 connections',
      },
    ]);
    // So slow they are no guesses, but a rhythm.
    expect(kindsOf(guesses(300, (index) => ({ startS: index * 16, endS: index * 16 + 6 })))).toEqual(['beacon']);
    expect(kindsOf(guesses(300, () => ({ insidePort: 40_000 })))).toEqual([]);
  });

  test("are seen though the router's clock was set back before them", () => {
    const before = guesses(30, (index) => ({ startS: 7_200 + index * 40 + (index % 3) * 15, insidePort: 30_000 + index }));
    expect(kindsOf([...before, ...guesses(60)])).toContain('brute-force');
  });

  test('are not work, which differs, nor a look whether the service is there, nor pages', () => {
    expect(kindsOf(guesses(300, (index) => ({ octets: 2_600 + ((index * 7_919) % 20_000) })))).toEqual([]);
    expect(kindsOf(guesses(300, () => ({ packets: 4, octets: 220 })))).toEqual([]);
    expect(kindsOf(guesses(300, () => ({ serverPort: 443 })))).toEqual([]);
    expect(kindsOf(guesses(300, () => ({ packets: 61 })))).toEqual([]);
  });

  test('come from outside, too', () => {
    const inbound = guesses(30).map((flow): HandMadeFlow => ({
      ...flow,
      direction: 'down',
      insidePort: 22,
      serverPort: flow.insidePort ?? 0,
    }));
    expect(alertsOf(inbound)).toMatchObject([{ kind: 'brute-force', address: '198.18.20.5', target: `${MAX}:22` }]);
  });

  test('of a sampled export are fewer, still alike, and seldom seen twice', () => {
    const seen = (count: number, rest: Partial<HandMadeFlow> = {}): HandMadeFlow[] =>
      guesses(count, () => ({ samplingInterval: 100, packets: 1, octets: 219, ...rest }));
    expect(kindsOf(seen(7))).toEqual([]);
    expect(kindsOf(seen(8))).toEqual(['brute-force']);
    expect(kindsOf(seen(30, { packets: 2, octets: 438 }))).toEqual([]);
  });
});
