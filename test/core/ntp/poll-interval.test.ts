import { expect, test } from 'vitest';
import { PollInterval } from '../../../core/ntp/poll-interval.ts';
import { NS_PER_S } from '../../../core/time/instant.ts';

const times = (count: number, action: () => void): void => {
  for (let index = 0; index < count; index++) action();
};
const secondsOf = (interval: PollInterval): number => interval.intervalNs / NS_PER_S;

test('a burst comes first, then the wait doubles up to the interval; one shorter than the distance in a burst is kept', () => {
  const interval = new PollInterval({ pollIntervalS: 64, burst: 4 });
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(() => {
    interval.asked();
    interval.answered();
    return interval.waitNs / NS_PER_S;
  });
  expect(waits).toEqual([2, 2, 2, 4, 8, 16, 32, 64, 64]);
  expect(new PollInterval({ pollIntervalS: 1, burst: 4 }).waitNs).toBe(NS_PER_S);
});

test('a burst goes on until it has its replies, for twice as many requests', () => {
  const interval = new PollInterval({ pollIntervalS: 64, burst: 4 });
  interval.answered();
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(() => {
    interval.asked();
    return interval.waitNs / NS_PER_S;
  });
  expect(waits).toEqual([2, 2, 2, 2, 2, 2, 2, 4, 4]);
});

test('after the burst only a reply makes the wait longer', () => {
  const interval = new PollInterval({ pollIntervalS: 16, burst: 4 });
  times(4, () => {
    interval.asked();
    interval.answered();
  });
  const waits = [false, true, false, true, true].map((isAnswered) => {
    interval.asked();
    if (isAnswered) interval.answered();
    return interval.waitNs / NS_PER_S;
  });
  expect(waits).toEqual([4, 8, 8, 16, 16]);
});

test('a steady clock is asked about less and less, an unsteady one more and more, within the limits', () => {
  const interval = new PollInterval({ pollIntervalS: 64, maxPollIntervalS: 1_024, burst: 0 });
  times(5, () => interval.adapt(true));
  expect(secondsOf(interval)).toBe(64);
  interval.adapt(true);
  expect(secondsOf(interval)).toBe(128);
  times(100, () => interval.adapt(true));
  expect(secondsOf(interval)).toBe(1_024);
  let unsteady = 0;
  for (; secondsOf(interval) === 1_024; unsteady++) interval.adapt(false);
  expect(secondsOf(interval)).toBe(512);
  expect(unsteady).toBeLessThanOrEqual(4);
  times(100, () => interval.adapt(false));
  expect(secondsOf(interval)).toBe(64);
});

test('unless told how far it may grow, the interval stays', () => {
  const interval = new PollInterval({ pollIntervalS: 64, burst: 0 });
  times(100, () => interval.adapt(true));
  expect(secondsOf(interval)).toBe(64);
});

test('nothing makes it longer than 2^17 s', () => {
  const interval = new PollInterval({ pollIntervalS: 65_536, maxPollIntervalS: 1e9, burst: 0 });
  times(100, () => interval.adapt(true));
  expect(secondsOf(interval)).toBe(131_072);
});

test('silence doubles it up to 1024 s, an answer brings it back', () => {
  const interval = new PollInterval({ pollIntervalS: 64, burst: 0 });
  const seen = [1, 2, 3, 4, 5].map(() => {
    interval.backOff();
    return secondsOf(interval);
  });
  expect(seen).toEqual([128, 256, 512, 1_024, 1_024]);
  interval.answered();
  expect(secondsOf(interval)).toBe(64);
});

test('RATE doubles it for good, ends the burst and stops at 8192 s', () => {
  const interval = new PollInterval({ pollIntervalS: 64, burst: 4 });
  interval.slowDown();
  expect(interval.waitNs / NS_PER_S).toBe(128);
  interval.answered();
  times(100, () => interval.adapt(false));
  expect(secondsOf(interval)).toBe(128);
  times(20, () => interval.slowDown());
  expect(secondsOf(interval)).toBe(8_192);
});

test('a second opinion is had in 2 s, or in a shorter interval, but never sooner than the interval after RATE (RFC 5905 section 7.4)', () => {
  expect(new PollInterval({ pollIntervalS: 64, burst: 0 }).soon() / NS_PER_S).toBe(2);
  expect(new PollInterval({ pollIntervalS: 1, burst: 0 }).soon() / NS_PER_S).toBe(1);
  const interval = new PollInterval({ pollIntervalS: 64, burst: 4 });
  interval.slowDown();
  expect(interval.soon() / NS_PER_S).toBe(128);
  interval.slowDown();
  interval.answered();
  expect(interval.soon() / NS_PER_S).toBe(256);
});
