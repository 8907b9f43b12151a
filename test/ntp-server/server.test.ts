import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePacket, encodePacket, type NtpPacket } from '../../core/ntp/packet.ts';
import { referenceIdText } from '../../core/ntp/reference-id.ts';
import { timestampDifference, wallOfTimestamp } from '../../core/ntp/timestamp.ts';
import { NS_PER_S, trueNs, wallNs } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { NtpServer, type NtpServerCounters } from '../../ntp-server/server.ts';

const EPOCH = { unixMs: Date.parse('2026-03-02T08:00:00Z') };
const SOURCE = { address: '192.0.2.1', port: 50_000 };
const NOW = trueNs(1_000 * NS_PER_S);

function request(version: number, mode: number, trailer: readonly number[] = []): Uint8Array {
  const octets = new Uint8Array(48 + trailer.length);
  octets.set([(version << 3) | mode, 0, 6], 0);
  octets.set([1, 2, 3, 4, 5, 6, 7, 8], 40);
  octets.set(trailer, 48);
  return octets;
}

/** An unknown extension field that fills the trailer (RFC 7822 section 7.5). */
const extensionField = (length: number): number[] => [
  0x7f,
  0x00,
  length >> 8,
  length & 0xff,
  ...new Array<number>(length - 4).fill(0),
];

function ask(payload: Uint8Array, options: { stratum?: number; offsetNs?: number } = {}) {
  const server = new NtpServer({ clock: new VirtualClock(options), epoch: EPOCH, ...options });
  server.handle(NOW, { payload, source: SOURCE });
  const reply = server.poll();
  const packet = reply === undefined ? undefined : (decodePacket(reply.payload) as NtpPacket);
  return { counters: server.counters, reply, packet };
}

describe('a reply', () => {
  test('copies version, poll and the transmit timestamp, and goes back to the client', () => {
    const { packet, reply } = ask(request(4, 3));
    expect(packet).toMatchObject({
      leap: 0,
      version: 4,
      mode: 4,
      stratum: 1,
      poll: 6,
      precision: -20,
      originTimestamp: 0x0102030405060708n,
    });
    expect(reply?.destination).toEqual(SOURCE);
    expect(referenceIdText(packet?.referenceId ?? 0)).toBe('XLAB');
  });

  test('carries the readings of the clock served', () => {
    const packet = ask(request(4, 3), { offsetNs: 300 * NS_PER_S }).packet as NtpPacket;
    expect(wallOfTimestamp(packet.receiveTimestamp, EPOCH, wallNs(0))).toBe(1_300 * NS_PER_S);
    expect(packet.transmitTimestamp).toBe(packet.receiveTimestamp);
  });

  test('has a reference timestamp of the last 64 s, before now, and a dispersion that grows from there by 15 ppm', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000 * NS_PER_S, max: 1_000 * NS_PER_S }), (offsetNs) => {
        const packet = ask(request(4, 3), { offsetNs }).packet as NtpPacket;
        const ageS = Number(timestampDifference(packet.transmitTimestamp, packet.referenceTimestamp)) / 2 ** 32;
        expect(ageS).toBeGreaterThan(0);
        expect(ageS).toBeLessThanOrEqual(64);
        expect(Math.abs(packet.rootDispersionS - 2 ** -20 - 15e-6 * ageS)).toBeLessThanOrEqual(2 ** -17);
      }),
    );
  });

  test('of stratum 2 and more names a local clock; one that is not synchronised says so', () => {
    expect(ask(request(4, 3), { stratum: 2 }).packet).toMatchObject({ stratum: 2, leap: 0, referenceId: 0x7f7f0101 });
    const { packet } = ask(request(4, 3), { stratum: 16 });
    expect(packet).toMatchObject({ stratum: 0, leap: 3, referenceTimestamp: 0n });
    expect(referenceIdText(packet?.referenceId ?? 0)).toBe('INIT');
  });
});

describe('a request', () => {
  const cases: [what: string, payload: Uint8Array, outcome: keyof NtpServerCounters, mode?: number][] = [
    ['version 1', request(1, 3), 'responded'],
    ['version 2', request(2, 3), 'responded'],
    ['version 3', request(3, 3), 'responded'],
    ['version 4', request(4, 3), 'responded'],
    ['mode 1', request(4, 1), 'responded', 2],
    ['mode 0 of version 1', request(1, 0), 'responded'],
    ['an unknown extension field', request(4, 3, extensionField(28)), 'responded'],
    ['a short extension field before a long one', request(4, 3, [...extensionField(16), ...extensionField(28)]), 'responded'],
    ['version 0', request(0, 3), 'version'],
    ['version 5', request(5, 3), 'version'],
    ['mode 0', request(4, 0), 'mode'],
    ['mode 2', request(4, 2), 'mode'],
    ['mode 4', request(4, 4), 'mode'],
    ['mode 5', request(4, 5), 'mode'],
    ['mode 6', request(4, 6), 'mode'],
    ['mode 7', request(4, 7), 'mode'],
    ['47 octets', request(4, 3).subarray(0, 47), 'short'],
    ['no octets', new Uint8Array(), 'short'],
    ['49 octets', request(4, 3, [0]), 'trailer'],
    ['a crypto-NAK', request(4, 3, [0, 0, 0, 0]), 'trailer'],
    ['a last extension field of 16 octets', request(4, 3, [...extensionField(28), ...extensionField(16)]), 'trailer'],
    ['an extension field of no length', request(4, 3, new Array<number>(28).fill(0)), 'trailer'],
    [
      'an extension field that is longer than the packet',
      request(4, 3, [0x7f, 0, 0, 32, ...new Array<number>(24).fill(0)]),
      'trailer',
    ],
    ['an extension field in version 3', request(3, 3, extensionField(28)), 'key'],
    ['more than chrony reads', request(4, 3, extensionField(1_096)), 'trailer'],
    ['an MD5 digest', request(4, 3, new Array<number>(20).fill(1)), 'key'],
    ['a SHA-1 digest', request(4, 3, new Array<number>(24).fill(1)), 'key'],
  ];

  test.each(cases)('with %s', (_what, payload, outcome, mode = 4) => {
    const { counters, packet } = ask(payload);
    expect(packet === undefined).toBe(outcome !== 'responded');
    if (packet !== undefined) expect(packet).toMatchObject({ mode, version: ((payload[0] as number) >> 3) & 7 });
    expect(Object.entries(counters).filter(([, count]) => count > 0)).toEqual([[outcome, 1]]);
  });

  test('from port 0 is not answered, for there is nothing to answer to', () => {
    const server = new NtpServer({ clock: new VirtualClock(), epoch: EPOCH });
    server.handle(NOW, { payload: request(4, 3), source: { ...SOURCE, port: 0 } });
    expect(server.poll()).toBeUndefined();
    expect(server.counters.port).toBe(1);
  });

  test('of any octets is answered or counted, and the answer is never longer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
        const { counters, reply } = ask(payload);
        expect(reply?.payload.length ?? 0).toBeLessThanOrEqual(payload.length);
        expect(Object.values(counters).reduce((sum, count) => sum + count, 0)).toBe(1);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is ignored when a thousand replies wait to be fetched', () => {
    const server = new NtpServer({ clock: new VirtualClock(), epoch: EPOCH });
    const packet = decodePacket(request(4, 3)) as NtpPacket;
    for (let index = 0; index < 1_100; index++) server.handle(NOW, { payload: encodePacket(packet), source: SOURCE });
    expect(server.counters).toMatchObject({ responded: 1_024, backlog: 76 });
  });
});
