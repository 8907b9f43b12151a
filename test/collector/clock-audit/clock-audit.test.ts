import { describe, expect, it } from 'vitest';
import { ClockAudit } from '../../../collector/clock-audit/clock-audit.ts';
import type { ClockReading } from '../../../collector/clock-audit/clock-reading.ts';
import { measure, runOf } from './audit-runs.ts';
import { sentMessages, type Sent } from './sent-messages.ts';

const straight = (atS: number): number => 300.123 + 50e-6 * atS;
const LAN = { leastDelayMs: 0.1, jitterMs: 0.2, messagesPerS: 1, offsetS: straight };
const WAN = { ...LAN, leastDelayMs: 5, jitterMs: 20 };
const HOUR = { lastsS: 3_599 };
const FIVE_MINUTES = { lastsS: 300 };
const seeds = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed);
const measured = (sent: Omit<Sent, 'seed'>, runs = 100) => measure(seeds(runs).map((seed) => runOf({ ...sent, seed })));

// bench/clock-audit.ts does the same with more seeds.
describe('how well exports alone tell the clock', () => {
  it.each([
    ['whole seconds at chance instants, an hour', { ...LAN, ...HOUR }, 3, 1.5],
    ['the same, five minutes', { ...LAN, ...FIVE_MINUTES }, 35, 200],
    ['whole seconds over a WAN, an hour', { ...WAN, ...HOUR }, 14, 5],
    [
      'seconds and uptimes of NetFlow v9 over a WAN, an hour',
      { ...WAN, ...HOUR, uptimeS: (s: number) => 86_400 + s * 1.00008 },
      5,
      2.5,
    ],
    ['milliseconds, five minutes', { ...LAN, ...FIVE_MINUTES, tellsMs: true }, 0.2, 0.8],
    ['milliseconds over a WAN, five minutes', { ...WAN, ...FIVE_MINUTES, tellsMs: true }, 1.5, 8],
  ])('%s', (_, sent, atMostMs, atMostPpm) => {
    const { p95Ms, p95Ppm, heldPercent } = measured(sent);
    expect(p95Ms).toBeLessThanOrEqual(atMostMs);
    expect(p95Ppm).toBeLessThanOrEqual(atMostPpm);
    expect(heldPercent).toBeGreaterThanOrEqual(99);
  });

  it('an uptime that begins anew after 49.7 days tells the same', () => {
    const [plain, wraps] = [86_400, 2 ** 32 / 1e3 - 1_800].map((begin) =>
      runOf({ ...WAN, ...HOUR, seed: 4, uptimeS: (s) => begin + s }),
    );
    expect(wraps?.errorMs).toBeCloseTo(plain?.errorMs ?? Number.NaN, 1);
    expect(wraps?.estimate.now.boundMs).toBeLessThan(runOf({ ...WAN, ...HOUR, seed: 4 }).estimate.now.boundMs);
  });

  it('the bound holds at any number of Messages, from the first on', () => {
    const runs = [1, 5, 15, 16, 20, 30, 60].flatMap((lastsS) =>
      seeds(40).map((seed) => runOf({ ...LAN, seed, lastsS: lastsS + 1 })),
    );
    expect(measure(runs).heldPercent).toBeGreaterThanOrEqual(99);
  });
});

describe('what cannot be known', () => {
  it.each([1, 0.1])('Messages at an exact timer, %d a second: the offset within a second, and why not better', (messagesPerS) => {
    const runs = seeds(25).map((seed) => runOf({ ...LAN, ...HOUR, messagesPerS, seed, isTimed: true }));
    for (const { estimate } of runs) {
      expect(estimate.doubts).toEqual(['fixed-phase']);
      expect(estimate.now.boundMs).toBeGreaterThan(450);
    }
    expect(measure(runs).heldPercent).toBe(100);
  });

  it('few Messages: within a second', () => {
    const { estimate, errorMs } = runOf({ ...LAN, seed: 1, lastsS: 8 });
    expect(estimate.doubts).toEqual(['too-few-messages']);
    expect(Math.abs(errorMs)).toBeLessThanOrEqual(estimate.now.boundMs);
  });

  it('some Messages of a minute: within a second as well, whatever line they could be drawn on', () => {
    const runs = seeds(40).map((seed) => runOf({ ...WAN, messagesPerS: 0.6, seed, lastsS: 70 }));
    for (const { estimate } of runs) expect(estimate.now.boundMs).toBeLessThan(540);
    expect(measure(runs).heldPercent).toBe(100);
  });

  it('a clock that is set by running it faster is not said to be straight', () => {
    const slewed = (s: number): number => 2 + Math.min(1, Math.max(0, (s - 1_500) * 500e-6));
    const { estimate } = runOf({ ...LAN, ...HOUR, seed: 3, tellsMs: true, offsetS: slewed });
    expect(estimate.doubts).toEqual(['not-straight']);
  });

  it('nothing of no Message', () => {
    expect(new ClockAudit().estimate()).toBeUndefined();
  });
});

describe('a clock that is set', () => {
  const stepped = (byS: number) => (s: number) => straight(s) + (s > 1_000 ? byS : 0);

  it.each([
    ['whole seconds', LAN, [1.25, -1.4, 300, -300]],
    ['whole seconds over a WAN', WAN, [1.6, -1.6, 300, -300]],
    ['milliseconds', { ...LAN, tellsMs: true }, [0.012, -0.012, 300, -300]],
    ['milliseconds over a WAN', { ...WAN, tellsMs: true }, [0.4, -0.4, 300, -300]],
  ])('%s: shows within two Messages, once, and both stretches are known', (_, sent, bys) => {
    for (const byS of bys) {
      for (const seed of seeds(10)) {
        const audit = new ClockAudit();
        let after = 0;
        for (const message of sentMessages({ ...sent, seed, lastsS: 1_500, offsetS: stepped(byS) })) {
          audit.add(message);
          if (message.atS > 1_000 && ++after === 2) expect(audit.steps, `${byS} s, seed ${seed}`).toBe(1);
        }
        const { segments = [] } = audit.estimate() ?? {};
        expect([audit.steps, audit.stalls, segments.length]).toEqual([1, 0, 2]);
        for (const { offsetMs, boundMs, atUs } of segments) {
          const truthMs = stepped(byS)(atUs / 1e6 - 1_772_442_000) * 1e3 - sent.leastDelayMs;
          expect(Math.abs(offsetMs - truthMs)).toBeLessThanOrEqual(1.5 * boundMs);
        }
      }
    }
  });

  it.each([
    ['whole seconds', LAN],
    ['whole seconds over a WAN', WAN],
    ['milliseconds', { ...LAN, tellsMs: true }],
    ['milliseconds over a WAN', { ...WAN, tellsMs: true }],
  ])('%s: noise of a day, and a temperature, are no step', (_, sent) => {
    const warm = (s: number): number => 20e-6 * s + 0.01 * Math.sin(s / 14_000);
    const { audit, estimate } = runOf({ ...sent, seed: 11, lastsS: 86_400, offsetS: warm });
    expect([audit.steps, audit.strays]).toEqual([0, 0]);
    expect(estimate.segments.length).toBe(24);
  });

  it('Messages that wait five seconds and come together are late: the clock is what it was', () => {
    const audit = new ClockAudit();
    let plain: number | undefined;
    for (const message of sentMessages({ ...LAN, seed: 5, lastsS: 1_200 })) {
      const waits = message.atS > 1_000 && message.atS < 1_005;
      if (waits) plain ??= audit.estimate()?.now.offsetMs;
      const cameAtUs = (1_772_442_000 + 1_005) * 1e6;
      const { latestUs } = message;
      audit.add(waits ? { ...message, latestUs, receivedAtUs: Math.max(message.receivedAtUs, cameAtUs) } : message);
    }
    expect(audit.stalls).toBe(audit.steps > 0 ? 1 : 0);
    expect(audit.standing).toBe(0);
    expect(Math.abs((audit.estimate()?.now.offsetMs ?? Number.NaN) - (plain ?? 0) - 10)).toBeLessThan(30);
  });

  /** Messages of these seconds wait until `untilS` and come together. */
  const waiting = (messages: Iterable<ClockReading & { atS: number }>, fromS: number, untilS: number): ClockReading[] =>
    [...messages].map(({ atS, ...message }) => {
      const waits = atS > fromS && atS < untilS;
      return { ...message, receivedAtUs: Math.max(message.receivedAtUs, waits ? (1_772_442_000 + untilS) * 1e6 : 0) };
    });

  it('late Messages leave no segment behind, and take only the oldest of the most there may be', () => {
    const audit = new ClockAudit();
    const minutes = (s: number): number => 100 * Math.floor(s / 60);
    const messages = sentMessages({ ...LAN, seed: 5, lastsS: 12_060, offsetS: minutes, tellsMs: true });
    for (const message of waiting(messages, 12_045, 12_049)) audit.add(message);
    expect([audit.stalls, audit.standing]).toEqual([1, 200]);
    const { segments = [] } = audit.estimate() ?? {};
    expect(segments.length).toBe(192);
    for (const [index, { toUs }] of segments.entries()) expect(toUs).toBeLessThanOrEqual(segments[index + 1]?.fromUs ?? Infinity);
  });

  it.each([
    ['soon after a full hour', 3_640, 3_645],
    ['across one', 3_598, 3_603],
  ])('late Messages %s: the hour before still tells the clock', (_, fromS, untilS) => {
    const boundMs = [fromS, untilS].map((lateFromS) => {
      const audit = new ClockAudit();
      const messages = sentMessages({ ...LAN, seed: 9, lastsS: 3_680 });
      for (const message of waiting(messages, lateFromS, untilS)) audit.add(message);
      expect(audit.stalls).toBe(lateFromS < untilS ? 1 : 0);
      return audit.estimate()?.now.boundMs ?? Number.NaN;
    });
    expect(boundMs[0]).toBeLessThan(2 * (boundMs[1] as number));
  });

  it('one Message of another time is a stray and moves nothing', () => {
    const audit = new ClockAudit();
    for (const message of sentMessages({ ...LAN, seed: 6, lastsS: 600 })) {
      audit.add(message);
      if (message.atS > 300 && audit.strays === 0) audit.add({ ...message, latestUs: message.latestUs + 3_600e6 });
    }
    expect([audit.steps, audit.strays]).toEqual([0, 1]);
  });

  it('the offset that held longest is the usual one', () => {
    const { estimate } = runOf({ ...LAN, seed: 7, lastsS: 1_000, offsetS: (s) => (s < 100 ? 300 : 0.005) });
    expect(Math.abs(estimate.usualOffsetMs)).toBeLessThan(100);
  });
});

it('does not grow: a month of Messages, of a clock set every minute, is a bounded number of segments', () => {
  const audit = new ClockAudit();
  for (const message of sentMessages({ ...LAN, seed: 8, lastsS: 30 * 3_600, offsetS: (s) => (Math.floor(s / 60) % 2) * 100 }))
    audit.add(message);
  expect(audit.steps).toBeGreaterThan(1_000);
  expect(audit.estimate()?.segments.length).toBeLessThanOrEqual(193);
});
