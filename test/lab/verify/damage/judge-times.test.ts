import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { NS_PER_MS, NS_PER_S, trueNs } from '../../../../core/time/instant.ts';
import type { DuckDbStore } from '../../../../collector/store/duckdb-store.ts';
import { corrected, damageOf, judgedDevice, type JudgedDevice } from '../../../../lab/findings/damage.ts';
import { writeTimes } from '../../../../lab/findings/times-file.ts';
import { readingOf } from '../../../../lab/verify/damage/clock-reading.ts';
import { TIME_ENCODINGS } from '../../../../lab/verify/damage/encodings.ts';
import { addBetween } from '../../../../lab/verify/count.ts';
import { runWorld, SMALL, type Ran } from '../../../support/small-world.ts';

let ran: Ran;
let store: DuckDbStore;
let judged: JudgedDevice;

beforeAll(async () => {
  ran = await runWorld({
    ...SMALL,
    links: { ntp: { lossPercent: 60 }, export: { delayMs: 20, jitterMs: 5, duplicatePercent: 5 } },
  });
  ({ store } = ran);
  judged = await judgedDevice(ran.site, store);
});
afterAll(() => store.close());

test('every stored record has true times, and is told as its router’s clock showed them', async () => {
  const { records, stored } = judged;
  const [{ count } = { count: 0 }] = await store.query<{ count: number }>('SELECT count(*)::DOUBLE AS count FROM flows');
  expect(records.length).toBe(count);
  expect(count).toBeGreaterThan(500);
  const { clock } = ran.site.routerClock;
  for (let row = 0; row < records.length; row++) {
    for (const end of ['startNs', 'endNs'] as const) {
      const shown = Math.floor(clock.read(trueNs(records[end][row] as number)) / NS_PER_MS) * NS_PER_MS;
      expect(shown).toBe(stored[end][row]);
    }
  }
});

test('a record leaves after its last packet, takes the way it takes, and is received by the collector’s clock', () => {
  const { records, stored } = judged;
  const collector = readingOf(ran.world.collectorClock.clock);
  for (let row = 0; row < records.length; row++) {
    expect(records.sentNs[row]).toBeGreaterThanOrEqual(records.endNs[row] as number);
    const wayNs = (records.arrivedNs[row] as number) - (records.sentNs[row] as number);
    expect(wayNs).toBeGreaterThanOrEqual(20 * NS_PER_MS);
    expect(wayNs).toBeLessThan(200 * NS_PER_MS);
    const receivedNs = collector.wall(records.arrivedNs[row] as number);
    expect(Math.abs((stored.receivedNs[row] as number) - receivedNs)).toBeLessThanOrEqual(1_000);
  }
});

test('the header has the second the Message left in, by the router’s clock', () => {
  const { records, exportTimeNs } = judged;
  const router = readingOf(ran.site.routerClock.clock);
  for (let row = 0; row < records.length; row++)
    expect(exportTimeNs[row]).toBe(Math.floor(router.wall(records.sentNs[row] as number) / NS_PER_S) * NS_PER_S);
});

test('times.csv has a line for every record, with its times in every clock', () => {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-times-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'times.csv');
  writeTimes(path, [{ router: judged, probe: undefined }]);
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(judged.records.length);
  const { startNs } = corrected(judged);
  lines.forEach((line, row) => {
    const values = line.split(',').map(Number);
    const at = Object.fromEntries(header.split(',').map((name, index) => [name, values[index] as number]));
    expect(at).toMatchObject({
      record: judged.id[row],
      true_start_ns: judged.records.startNs[row],
      router_end_ns: judged.stored.endNs[row],
      header_ns: judged.exportTimeNs[row],
      true_arrived_ns: judged.records.arrivedNs[row],
      corrected_start_ns: Math.round(startNs[row] as number),
    });
  });
});

test('a router that reads its clock in ticks of 10 ms tells of every record too, and what it tells is what ticks would', async () => {
  const ticking = await runWorld({ ...SMALL, router: { clock: { driftPpm: 20, resolutionUs: 10_000, ntp: false } } });
  onTestFinished(() => ticking.store.close());
  const coarse = await judgedDevice(ticking.site, ticking.store);
  const [{ count } = { count: 0 }] = await ticking.store.query<{ count: number }>('SELECT count(*)::DOUBLE AS count FROM flows');
  expect(coarse.records.length).toBe(count);
  const { asItWas, byEncoding } = damageOf([coarse], ticking.world, ticking.scenario);
  expect(asItWas.maxErrorMs).toBeGreaterThan(9);
  expect(asItWas.zeroDurations).toBeGreaterThan(0);
  // A packet of the millisecond after the tick can be taken for the last of a record: enough for some octets, not for more.
  const { wrongBucketOctets, wrongHourOctets, ...rest } = asItWas;
  const told = byEncoding.find(({ name }) => name === 'milliseconds')?.asItWas;
  expect(told).toMatchObject(rest);
  expect(Math.abs((told?.wrongBucketOctets ?? Infinity) - wrongBucketOctets)).toBeLessThan(wrongBucketOctets / 10);
  expect(told?.wrongHourOctets).toBe(wrongHourOctets);
});

test('what the collector sets right is right within what it says of the clock, and the way of the Messages', async () => {
  const wrong = await runWorld({ ...SMALL, router: { clock: { offsetMs: 5_000, driftPpm: 20, ntp: false } } });
  onTestFinished(() => wrong.store.close());
  const damage = damageOf([await judgedDevice(wrong.site, wrong.store)], wrong.world, wrong.scenario);
  const { boundMs, offsetMs } = wrong.site.path.session!.clock.estimate!.now;
  expect(damage.asItWas.maxErrorMs).toBeGreaterThan(5_000);
  expect(boundMs).toBeLessThan(offsetMs);
  expect(damage.corrected.maxErrorMs).toBeLessThan(boundMs + 100);
});

test('each packet of the ledger that somebody inside sent or got is in one record', () => {
  const count = { packets: 0, octets: 0 };
  for (let train = 0; train < ran.site.ledger.length; train++) addBetween(ran.site.ledger, train, 0, Infinity, count);
  expect(judged.records.octets.reduce((sum, octets) => sum + octets, 0)).toBe(count.octets);
});

test('told in milliseconds it is what is stored, and by what nobody corrected it is another clock', () => {
  const { withoutNtp, asItWas, byEncoding, octets } = damageOf([judged], ran.world, ran.scenario);
  expect(byEncoding.map(({ name }) => name)).toEqual(TIME_ENCODINGS.map(({ name }) => name));
  expect(byEncoding.find(({ name }) => name === 'milliseconds')).toMatchObject({ asItWas, withoutNtp });
  // The router is 250 ms fast, and drifts on by 20 ppm.
  expect(withoutNtp.maxErrorMs).toBeGreaterThan(250);
  expect(withoutNtp.maxErrorMs).toBeLessThan(300);
  expect(withoutNtp.wrongBucketOctets / octets).toBeLessThan(0.01);
});
