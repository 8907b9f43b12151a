import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePacket, encodePacket, type NtpPacket } from '../../../core/ntp/packet.ts';
import { referenceIdOf } from '../../../core/ntp/reference-id.ts';
import { SntpClient, type SntpClientOptions, type SntpOutput } from '../../../core/ntp/sntp-client.ts';
import { ntpTimestamp } from '../../../core/ntp/timestamp.ts';
import { Random } from '../../../core/random/random.ts';
import { NS_PER_MS, NS_PER_S, trueNs, wallNs, type TrueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { soundReply } from './sound-reply.ts';

const EPOCH = { unixMs: Date.parse('2026-03-02T08:00:00Z') };
const stamp = (ns: number): bigint => ntpTimestamp(EPOCH, wallNs(ns));
const ROUND_TRIP_NS = 600_000;
/** 192.0.2.1 */
const OWN_ADDRESS = 0xc0000201;

/** A client that has just asked, its request and the good reply to it, from a server 300 s ahead. */
function asked(options: Partial<SntpClientOptions> = {}) {
  const clock = new VirtualClock();
  const client = new SntpClient({
    clock,
    epoch: EPOCH,
    random: new Random(1),
    initialDelayMs: 0,
    ownReferenceId: OWN_ADDRESS,
    ...options,
  });
  client.handleTimeout(trueNs(0));
  const output = client.poll();
  if (output?.kind !== 'send') throw new Error('the client did not ask');
  const request = decodePacket(output.payload) as NtpPacket;
  const good = soundReply({
    referenceTimestamp: stamp(290 * NS_PER_S),
    originTimestamp: request.transmitTimestamp,
    receiveTimestamp: stamp(300 * NS_PER_S + ROUND_TRIP_NS / 2),
    transmitTimestamp: stamp(300 * NS_PER_S + ROUND_TRIP_NS / 2),
  });
  const give = (payload: Uint8Array, at: TrueNs = trueNs(ROUND_TRIP_NS)): SntpOutput | undefined => {
    client.handle(at, { kind: 'datagram', payload });
    return client.poll();
  };
  return { clock, client, request, good, give };
}

describe('a request', () => {
  test('tells nothing but its version, its mode and a nonce', () => {
    const { request } = asked();
    expect(request).toMatchObject({ leap: 0, version: 4, mode: 3, stratum: 0, poll: 0, precision: 0, referenceId: 0 });
    expect(request).toMatchObject({
      rootDelayS: 0,
      rootDispersionS: 0,
      referenceTimestamp: 0n,
      originTimestamp: 0n,
      receiveTimestamp: 0n,
    });
    expect(request.transmitTimestamp).not.toBe(stamp(0));
  });

  test('comes no sooner than it is due', () => {
    const client = new SntpClient({ clock: new VirtualClock(), epoch: EPOCH, random: new Random(1), initialDelayMs: 500 });
    client.handleTimeout(trueNs(500 * NS_PER_MS - 1));
    expect(client.poll()).toBeUndefined();
    client.handleTimeout(trueNs(500 * NS_PER_MS));
    expect(client.poll()?.kind).toBe('send');
  });
});

describe('a reply', () => {
  test('that is good sets the clock', () => {
    const { clock, good, give } = asked();
    expect(give(encodePacket(good))).toEqual({
      kind: 'sample',
      server: 'server',
      offsetNs: 300 * NS_PER_S,
      delayNs: ROUND_TRIP_NS,
      action: 'step',
    });
    expect(clock.errorNs(trueNs(ROUND_TRIP_NS))).toBe(300 * NS_PER_S);
  });

  test('from a server in 2040, in era 1, is taken for what it is', () => {
    const { good, give } = asked();
    const serverS = (Date.parse('2040-04-06T00:00:00Z') - EPOCH.unixMs) / 1_000;
    const at = BigInt.asUintN(64, stamp(0) + (BigInt(serverS) << 32n));
    const sample = give(encodePacket({ ...good, referenceTimestamp: at, receiveTimestamp: at, transmitTimestamp: at }));
    expect(sample).toMatchObject({ kind: 'sample', action: 'step' });
    expect(sample?.kind === 'sample' && Math.abs(sample.offsetNs / NS_PER_S - serverS)).toBeLessThan(0.001);
  });

  const bad: [reason: string, change: (good: NtpPacket) => Partial<NtpPacket>][] = [
    ['origin', ({ originTimestamp }) => ({ originTimestamp: originTimestamp ^ 1n })],
    ['origin', () => ({ originTimestamp: 0n })],
    ['origin', () => ({ originTimestamp: stamp(0) })],
    ['mode', () => ({ mode: 5 })],
    ['mode', () => ({ mode: 3 })],
    ['version', () => ({ version: 1 })],
    ['unsynchronised', () => ({ leap: 3, stratum: 16 })],
    ['stratum', () => ({ stratum: 16 })],
    ['stratum', () => ({ stratum: 200 })],
    ['zero-timestamp', () => ({ transmitTimestamp: 0n })],
    ['zero-timestamp', () => ({ receiveTimestamp: 0n })],
    ['root-distance', () => ({ rootDispersionS: 20 })],
    ['root-distance', () => ({ rootDelayS: 32 })],
    ['transmit-before-receive', ({ receiveTimestamp }) => ({ receiveTimestamp: receiveTimestamp + (50n << 32n) })],
    ['server-time', ({ receiveTimestamp }) => ({ receiveTimestamp: receiveTimestamp - (50n << 32n) })],
    ['negative-delay', ({ receiveTimestamp }) => ({ receiveTimestamp: receiveTimestamp - (1n << 31n) })],
    ['reference-in-the-future', ({ transmitTimestamp }) => ({ referenceTimestamp: transmitTimestamp + 1n })],
    ['distance', () => ({ rootDelayS: 2.1 })],
    ['distance', () => ({ precision: 4 })],
    ['loop', () => ({ stratum: 2, referenceId: OWN_ADDRESS })],
    ['kiss-RATE', () => ({ stratum: 0, referenceId: referenceIdOf('RATE') })],
    ['kiss-DENY', () => ({ stratum: 0, leap: 3, referenceId: referenceIdOf('DENY') })],
    ['kiss-XFUN', () => ({ stratum: 0, referenceId: referenceIdOf('XFUN') })],
  ];

  test.each(bad)('that is bad is rejected: %s', (reason, change) => {
    const { clock, good, give } = asked();
    expect(give(encodePacket({ ...good, ...change(good) }))).toEqual({ kind: 'rejected', server: 'server', reason });
    expect(clock.history).toHaveLength(1);
  });

  const tails: [reason: string, tail: number[]][] = [
    ['trailer', [0]],
    ['trailer', new Array<number>(12).fill(0)],
    ['trailer', new Array<number>(28).fill(0)],
    ['trailer', [0, 1, 0, 32, ...new Array<number>(24).fill(0)]],
    ['trailer', [0, 1, 0, 30, ...new Array<number>(26).fill(0)]],
    ['crypto-nak', [0, 0, 0, 0]],
    ['authenticated', new Array<number>(20).fill(1)],
    ['authenticated', new Array<number>(24).fill(1)],
    ['authenticated', [0, 1, 0, 16, ...new Array<number>(12 + 20).fill(0)]],
  ];

  test.each(tails)('with something behind it is rejected: %s', (reason, tail) => {
    const { good, give } = asked();
    const octets = Uint8Array.from([...encodePacket(good), ...tail]);
    expect(give(octets)).toEqual({ kind: 'rejected', server: 'server', reason });
    // It was not the reply that was waited for, or it might be a stranger's way to shut that out.
    expect(give(encodePacket(good))?.kind).toBe('sample');
  });

  test('with extension fields nobody asked for is good (RFC 7822 section 7.5)', () => {
    const { good, give } = asked();
    const fields = [0, 1, 0, 16, ...new Array<number>(12).fill(0), 0, 2, 0, 28, ...new Array<number>(24).fill(0)];
    expect(give(Uint8Array.from([...encodePacket(good), ...fields]))?.kind).toBe('sample');
  });

  test('whose transmit timestamp was seen before is rejected', () => {
    const { client, good, give } = asked();
    give(encodePacket(good));
    client.handleTimeout(trueNs(2 * NS_PER_S));
    const output = client.poll();
    const request = decodePacket(output?.kind === 'send' ? output.payload : new Uint8Array()) as NtpPacket;
    const again = encodePacket({ ...good, originTimestamp: request.transmitTimestamp });
    expect(give(again, trueNs(2 * NS_PER_S + ROUND_TRIP_NS))).toMatchObject({ kind: 'rejected', reason: 'replayed' });
  });

  test('that is short is rejected', () => {
    const { good, give } = asked();
    expect(give(encodePacket(good).subarray(0, 47))).toEqual({ kind: 'rejected', server: 'server', reason: 'short' });
  });

  test('that is made up does not shut out the right one', () => {
    const { good, give } = asked();
    expect(give(encodePacket({ ...good, originTimestamp: 1n }))).toEqual({
      kind: 'rejected',
      server: 'server',
      reason: 'origin',
    });
    expect(give(encodePacket(good))?.kind).toBe('sample');
  });

  test('counts once', () => {
    const { good, give } = asked();
    expect(give(encodePacket(good))?.kind).toBe('sample');
    expect(give(encodePacket(good))).toEqual({ kind: 'rejected', server: 'server', reason: 'duplicate' });
  });

  test('is late after 2 s, and after the next request', () => {
    const { client, good, give } = asked();
    expect(give(encodePacket(good), trueNs(2 * NS_PER_S + 1))).toEqual({ kind: 'rejected', server: 'server', reason: 'late' });
    client.handleTimeout(trueNs(2 * NS_PER_S + 2));
    expect(client.poll()?.kind).toBe('send');
    expect(give(encodePacket(good), trueNs(2 * NS_PER_S + 3))).toEqual({ kind: 'rejected', server: 'server', reason: 'late' });
  });

  test('of any octets neither throws nor moves the clock, and what is pending stays bounded', () => {
    const { clock, client, good } = asked();
    const mutated = fc.tuple(fc.nat(47), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => {
      const octets = encodePacket({ ...good, originTimestamp: 0n });
      octets[at] = (octets[at] as number) ^ bits;
      return octets;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), mutated), (payload) => {
        client.handle(trueNs(ROUND_TRIP_NS), { kind: 'datagram', payload });
      }),
      { numRuns: 2_000 },
    );
    expect(clock.history).toHaveLength(1);
    let pending = 0;
    while (client.poll() !== undefined) pending++;
    expect(pending).toBeLessThanOrEqual(256);
  });
});

describe("a kiss-o'-death", () => {
  const kiss = (good: NtpPacket, code: string): Uint8Array =>
    encodePacket({ ...good, stratum: 0, leap: 3, referenceId: referenceIdOf(code) });

  test.each(['DENY', 'RSTR'])('%s stops the client for good', (code) => {
    const { client, good, give } = asked();
    give(kiss(good, code));
    expect(client.nextTimeout()).toBeUndefined();
    client.handleTimeout(trueNs(1_000 * NS_PER_S));
    expect(client.poll()).toBeUndefined();
  });

  test('RATE ends the burst and doubles the interval', () => {
    const { client, good, give } = asked();
    give(kiss(good, 'RATE'));
    expect(client.nextTimeout()).toBe(ROUND_TRIP_NS + 128 * NS_PER_S);
    client.handleTimeout(client.nextTimeout() as TrueNs);
    expect(client.nextTimeout()).toBe(ROUND_TRIP_NS + 256 * NS_PER_S);
  });

  test('RATE raises the interval to no more than 8192 s, and never lowers a longer one', () => {
    for (const [pollIntervalS, expectedS] of [
      [6_000, 8_192],
      [20_000, 20_000],
    ] as const) {
      const { client, good, give } = asked({ pollIntervalS });
      give(kiss(good, 'RATE'));
      expect(client.nextTimeout()).toBe(ROUND_TRIP_NS + expectedS * NS_PER_S);
    }
  });

  test('that was made up by somebody who did not see the request is ignored', () => {
    const { client, good, give } = asked();
    give(kiss({ ...good, originTimestamp: 1n }, 'DENY'));
    expect(client.nextTimeout()).toBe(2 * NS_PER_S);
  });
});

describe('what a client remembers and refuses', () => {
  test('the frequency of a drift file is in force from the first request on', () => {
    const { clock, client } = asked({ frequencyPpm: -37.5 });
    expect(client.frequencyPpm).toBe(-37.5);
    expect(clock.frequencyCorrectionPpm).toBeCloseTo(-37.5, 9);
  });

  test('a clock that has been set is not moved by more than 1000 s; one that has not is', () => {
    const { clock, client, good, give } = asked({ panicThresholdS: 1_000, pollIntervalS: 2 });
    expect(give(encodePacket(good))).toMatchObject({ kind: 'sample', action: 'step' });
    const reasons: (string | undefined)[] = [];
    for (let round = 1; round <= 8; round++) {
      const at = client.nextTimeout() as TrueNs;
      client.handleTimeout(at);
      const output = client.poll();
      const { transmitTimestamp } = decodePacket(output?.kind === 'send' ? output.payload : new Uint8Array()) as NtpPacket;
      const aheadNs = (round < 4 ? 300 : 2_000) * NS_PER_S + at + ROUND_TRIP_NS / 2;
      const times = { receiveTimestamp: stamp(aheadNs), transmitTimestamp: stamp(aheadNs) };
      const verdict = give(encodePacket({ ...good, ...times, originTimestamp: transmitTimestamp }), trueNs(at + ROUND_TRIP_NS));
      reasons.push(verdict?.kind === 'rejected' ? verdict.reason : verdict?.kind);
    }
    expect(reasons).toEqual(['sample', 'sample', 'sample', 'outlier', 'panic', 'panic', 'panic', 'panic']);
    expect(clock.errorNs(trueNs(20 * NS_PER_S))).toBeLessThan(301 * NS_PER_S);
  });
});
