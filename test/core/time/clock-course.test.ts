import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../core/random/random.ts';
import { ClockEvents, randomSteps, stepsEachSecond, type ClockEvent } from '../../../core/time/clock-events.ts';
import { NS_PER_S, trueNs, wallNs, type TrueNs } from '../../../core/time/instant.ts';
import { Oscillator } from '../../../core/time/oscillator.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';

const at = (seconds: number): TrueNs => trueNs(Math.round(seconds * NS_PER_S));
const LEAP_S = 700;

/** A clock to which everything happens within 20 minutes. */
function restless(seed: number): VirtualClock {
  const random = new Random(seed);
  const scheduled: ClockEvent[] = [
    { at: at(300), stepNs: 5 * NS_PER_S },
    { at: at(600), reboot: {} },
    { at: at(900), reboot: { wall: wallNs(880 * NS_PER_S) }, stepNs: 3 },
  ];
  return new VirtualClock({
    offsetNs: -NS_PER_S,
    oscillator: new Oscillator({ driftPpm: 30, wanderPpm: 2, random: random.fork('walk') }),
    events: new ClockEvents([scheduled, randomSteps(random.fork('steps'), 100, NS_PER_S / 10)]),
    leapSecond: { wall: wallNs(LEAP_S * NS_PER_S), stepNs: -NS_PER_S, smeared: false },
    uptimeNs: 1_000,
  });
}

interface Act {
  readonly kind: 'step' | 'slew' | 'frequency';
  readonly afterS: number;
  readonly amount: number;
}
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('step' as const, 'slew' as const, 'frequency' as const),
    afterS: fc.integer({ min: 1, max: 200_000 }).map((ms) => ms / 1_000),
    amount: fc.integer({ min: -100, max: 100 }),
  }),
  { maxLength: 10 },
);

/** Does the corrections, with `before` each; gives the readings of all the time. */
function course(clock: VirtualClock, list: readonly Act[], before: (now: TrueNs) => void): number[] {
  let nowS = 0;
  for (const { kind, afterS, amount } of list) {
    const now = at((nowS += afterS));
    before(now);
    if (kind === 'step') clock.step(now, amount * 1_000_000);
    else if (kind === 'slew') clock.slew(now, amount * 1_000_000, 500);
    else clock.adjustFrequency(now, amount);
  }
  const seconds = Array.from({ length: 1_200 }, (_, second) => at(second));
  return seconds.flatMap((now) => [clock.read(now), clock.uptime(now)]);
}

describe('a clock to which much happens', () => {
  test('shows the same whatever was asked of it before, ahead or in the past', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), acts, (seed, list) => {
        const plain = course(restless(seed), list, () => undefined);
        const curious = restless(seed);
        const chance = new Random(seed);
        const asked = course(curious, list, (now) => {
          curious.read(at(chance.uniform(0, 3_000)));
          curious.uptime(at(chance.uniform(0, 3_000)));
          curious.trueAt(now, wallNs(chance.uniform(0, 2_000) * NS_PER_S));
        });
        expect(asked).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  test('is the line through its history, and jumps nowhere but where something was done to it', () => {
    const clock = restless(3);
    const history = clock.historyUntil(at(1_200));
    const jumps = history.slice(1).filter(({ since, wallAt }, index) => {
      const before = history[index] as (typeof history)[number];
      return Math.abs(before.wallAt + (since - before.since) * before.rate - wallAt) > 1;
    });
    const steps = randomSteps(new Random(3).fork('steps'), 100, NS_PER_S / 10);
    const expected = [300, 900].map((second) => at(second));
    for (let step = steps.next().value; step.at <= at(1_200); step = steps.next().value) expected.push(step.at);
    const leap = clock.trueAt(at(0), wallNs(LEAP_S * NS_PER_S - 1_000)) + 1_000;
    const found = jumps.map(({ since }) => since);
    expect(found.filter((since) => Math.abs(since - leap) > 2)).toEqual(expected.sort((a, b) => a - b));
    expect(found).toHaveLength(expected.length + 1);
    for (const { since, wallAt } of history) expect(clock.read(since)).toBe(wallAt);
  });

  test('trueAt is the reverse of read where it runs on', () => {
    const oscillator = new Oscillator({ driftPpm: -40, wanderPpm: 5, random: new Random(2) });
    const clock = new VirtualClock({ oscillator, offsetNs: 77 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 * NS_PER_S }), fc.integer({ min: 0, max: 5_000 * NS_PER_S }), (now, wait) => {
        const found = clock.trueAt(trueNs(now), clock.read(trueNs(now + wait)));
        expect(Math.abs(found - now - wait)).toBeLessThanOrEqual(2);
      }),
    );
  });

  test('never goes back unless it is stepped', () => {
    const oscillator = new Oscillator({ frequencyPpm: (second) => (second % 2 === 0 ? 150_000 : -150_000) });
    const clock = new VirtualClock({ oscillator });
    clock.slew(at(5), -NS_PER_S, 500);
    let last = -1;
    for (let now = 0; now < 20 * NS_PER_S; now += 10_000_019) {
      expect(clock.read(trueNs(now))).toBeGreaterThan(last);
      last = clock.read(trueNs(now));
    }
  });
});

describe('uptime', () => {
  test('counts by its own oscillator, and nothing but a reboot sets it back', () => {
    const clock = new VirtualClock({
      driftPpm: 500,
      uptimeOscillator: new Oscillator({ driftPpm: -100 }),
      uptimeNs: NS_PER_S,
      events: new ClockEvents([
        [
          { at: at(50), stepNs: NS_PER_S },
          { at: at(100), reboot: {} },
        ],
        stepsEachSecond(() => 7),
      ]),
    });
    clock.step(at(10), 5 * NS_PER_S);
    clock.adjustFrequency(at(20), 100);
    clock.slew(at(30), NS_PER_S, 500);
    expect(clock.uptime(at(90))).toBe(91 * NS_PER_S - 90 * 100_000);
    expect(clock.uptime(at(100))).toBe(0);
    expect(clock.uptime(at(160))).toBe(60 * NS_PER_S - 60 * 100_000);
    expect(clock.uptime(at(90))).toBe(91 * NS_PER_S - 90 * 100_000);
  });

  test('wanders with the wall clock where both have one oscillator', () => {
    const clock = new VirtualClock({ oscillator: new Oscillator({ wanderPpm: 10, random: new Random(1) }) });
    for (const second of [5, 500, 50_000]) expect(clock.uptime(at(second))).toBe(clock.read(at(second)));
  });
});

test('a reboot forgets what was corrected, and the wall clock begins where it is told', () => {
  const events = new ClockEvents([[{ at: at(100), reboot: { wall: wallNs(90 * NS_PER_S) } }]]);
  const clock = new VirtualClock({ driftPpm: 20, events });
  clock.adjustFrequency(at(10), -20);
  clock.slew(at(99), NS_PER_S, 500);
  expect(clock.errorNs(at(200))).toBe(-10 * NS_PER_S + 100 * 20_000);
  expect(clock.frequencyCorrectionPpm).toBe(0);
});

describe('a leap second', () => {
  const leap = (stepNs: number, smeared = false) => ({ wall: wallNs(1_000 * NS_PER_S), stepNs, smeared });

  test.each([
    ['inserted', -NS_PER_S],
    ['left out', NS_PER_S],
  ])('%s is a step when the wall clock comes to it', (_, stepNs) => {
    const clock = new VirtualClock({ offsetNs: 300 * NS_PER_S, driftPpm: 100, leapSecond: leap(stepNs) });
    const before = clock.trueAt(at(0), wallNs(1_000 * NS_PER_S - 1_000));
    expect(clock.read(trueNs(before + 998))).toBeLessThan(1_000 * NS_PER_S);
    expect(Math.abs(clock.read(trueNs(before + 1_002)) - 1_000 * NS_PER_S - stepNs)).toBeLessThanOrEqual(4);
    expect(clock.errorNs(at(2_000))).toBe(300 * NS_PER_S + 2_000 * 100_000 + stepNs);
  });

  test('comes with the wall clock, however it was corrected, and only once', () => {
    const clock = new VirtualClock({ leapSecond: leap(-NS_PER_S) });
    expect(clock.errorNs(at(2_000))).toBe(-NS_PER_S);
    clock.step(at(500), -100 * NS_PER_S);
    expect(clock.errorNs(at(1_099))).toBe(-100 * NS_PER_S);
    expect(clock.errorNs(at(1_100))).toBe(-101 * NS_PER_S);
    expect(clock.errorNs(at(3_000))).toBe(-101 * NS_PER_S);
  });

  test('is not for a clock that was set past it', () => {
    const clock = new VirtualClock({ leapSecond: leap(-NS_PER_S) });
    clock.step(at(900), 200 * NS_PER_S);
    expect(clock.errorNs(at(3_000))).toBe(200 * NS_PER_S);
  });

  test('that is announced in time is taken as by a clock that knows of it', () => {
    const instants = Array.from({ length: 1_200 }, (_, second) => at(second));
    fc.assert(
      fc.property(fc.constantFrom(-NS_PER_S, NS_PER_S), fc.integer({ min: 0, max: 990 }), acts, (stepNs, announcedS, list) => {
        const [knows, told] = [new VirtualClock({ driftPpm: 80, leapSecond: leap(stepNs) }), new VirtualClock({ driftPpm: 80 })];
        told.expectLeap(at(0), leap(stepNs));
        told.expectLeap(at(announcedS / 2), undefined);
        told.read(at(5_000));
        told.expectLeap(at(announcedS), leap(stepNs));
        const late = list.map((act) => ({ ...act, afterS: act.afterS + announcedS }));
        expect(course(told, late, () => undefined)).toEqual(course(knows, late, () => undefined));
        expect(instants.map((now) => told.errorNs(now))).toEqual(instants.map((now) => knows.errorNs(now)));
      }),
    );
  });

  test('is taken once, though it is announced again, or taken back and announced', () => {
    const clock = new VirtualClock();
    clock.expectLeap(at(10), leap(-NS_PER_S));
    clock.expectLeap(at(1_000.5), leap(-NS_PER_S));
    clock.expectLeap(at(1_000.6), undefined);
    clock.expectLeap(at(1_000.7), leap(-NS_PER_S));
    expect(clock.errorNs(at(2_000))).toBe(-NS_PER_S);
    clock.expectLeap(at(2_000), { ...leap(-NS_PER_S), wall: wallNs(3_000 * NS_PER_S) });
    expect(clock.errorNs(at(4_000))).toBe(-2 * NS_PER_S);
  });

  test('that a clock knows of by itself is not changed by what it is told', () => {
    const clock = new VirtualClock({ leapSecond: leap(-NS_PER_S) });
    clock.expectLeap(at(10), undefined);
    clock.expectLeap(at(20), { ...leap(NS_PER_S), wall: wallNs(500 * NS_PER_S) });
    expect(clock.errorNs(at(2_000))).toBe(-NS_PER_S);
  });

  test('smeared is spread evenly from twelve hours before to twelve after', () => {
    const noon = 43_200 * NS_PER_S;
    const clock = new VirtualClock({ leapSecond: { wall: wallNs(2 * noon), stepNs: -NS_PER_S, smeared: true } });
    expect([1, 1.5, 2, 2.5, 3, 4].map((noons) => clock.errorNs(trueNs(noons * noon)))).toEqual([
      0,
      ...[-0.25, -0.5, -0.75, -1, -1].map((seconds) => seconds * NS_PER_S),
    ]);
    expect(clock.history).toHaveLength(3);
  });
});

describe('events', () => {
  test('come in the order of time, at one instant by their source', () => {
    const event = (second: number, stepNs: number): ClockEvent => ({ at: at(second), stepNs });
    const events = new ClockEvents([[event(1, 1), event(3, 2)], [event(0, 3), event(1, 4), event(9, 5)], []]);
    expect(events.get(4)?.stepNs).toBe(5);
    expect([0, 1, 2, 3, 4, 5].map((index) => events.get(index)?.stepNs)).toEqual([3, 1, 4, 2, 5, undefined]);
  });

  test('by chance are a Poisson process with sizes of the deviation told', () => {
    const steps = randomSteps(new Random(5), 60, 1_000);
    const drawn = Array.from({ length: 20_000 }, () => steps.next().value);
    expect((drawn.at(-1)?.at ?? 0) / NS_PER_S / drawn.length / 60).toBeCloseTo(1, 1);
    const gaps = drawn.slice(1).map((step, index) => step.at - (drawn[index]?.at ?? 0));
    expect(gaps.filter((gap) => gap > at(60)).length / gaps.length).toBeCloseTo(Math.exp(-1), 1);
    expect(Math.sqrt(drawn.reduce((sum, { stepNs = 0 }) => sum + stepNs ** 2, 0) / drawn.length) / 1_000).toBeCloseTo(1, 1);
  });
});
