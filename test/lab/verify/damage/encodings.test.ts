import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExportReader } from '../../../../collector/reading/export-reader.ts';
import { readingSchema } from '../../../../collector/reading/config.ts';
import type { ReadRecord } from '../../../../collector/reading/record.ts';
import { NS_PER_MS, NS_PER_S, trueNs, unixUs } from '../../../../core/time/instant.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { exportingSchema } from '../../../../exporter/exporting/config.ts';
import { ExportingProcess } from '../../../../exporter/exporting/exporting-process.ts';
import { readingOf } from '../../../../lab/verify/damage/clock-reading.ts';
import { TIME_ENCODINGS, type TimeEncoding } from '../../../../lab/verify/damage/encodings.ts';

const DAY_MS = 86_400_000;
const WRAP_NS = 2 ** 32 * NS_PER_MS;

const encodingOf = (name: string): TimeEncoding => {
  const encoding = TIME_ENCODINGS.find((each) => each.name === name);
  if (encoding === undefined) throw new Error(`there is no encoding ${name}`);
  return encoding;
};

/** A router's clock, two packets of a flow and when the Message about it leaves. */
interface Situation {
  readonly clock: VirtualClock;
  readonly epochUnixMs: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly sentNs: number;
}

const situationArbitrary = (epochUnixMs: number): fc.Arbitrary<Situation> =>
  fc
    .record({
      offsetMs: fc.integer({ min: -400_000, max: 400_000 }),
      driftPpm: fc.integer({ min: -500, max: 500 }),
      uptimeNs: fc.oneof(
        fc.nat(DAY_MS).map((ms) => ms * NS_PER_MS + 123_456),
        // About to begin anew.
        fc.nat(1_800_000).map((ms) => WRAP_NS - ms * NS_PER_MS + 123_456),
      ),
      startNs: fc.integer({ min: 0, max: 1_500 * NS_PER_S }),
      lengthNs: fc.nat(1_000 * NS_PER_S),
      waitNs: fc.nat(60 * NS_PER_S),
      steps: fc.array(fc.record({ atS: fc.nat(2_600), byMs: fc.integer({ min: -300_000, max: 300_000 }) }), { maxLength: 3 }),
    })
    .map(({ offsetMs, driftPpm, uptimeNs, startNs, lengthNs, waitNs, steps }) => {
      const clock = new VirtualClock({ offsetNs: offsetMs * NS_PER_MS + 654_321, driftPpm, uptimeNs });
      for (const { atS, byMs } of [...steps].sort((one, other) => one.atS - other.atS))
        clock.step(trueNs(atS * NS_PER_S), byMs * NS_PER_MS);
      return { clock, epochUnixMs, startNs, endNs: startNs + lengthNs, sentNs: startNs + lengthNs + waitNs };
    });

/** What the collector's reader reads from what the exporter really sends, in microseconds since 1970. */
function exportedAndRead(settings: object, { clock, epochUnixMs, startNs, endNs, sentNs }: Situation): [number, number] {
  const epoch = { unixMs: epochUnixMs };
  const config = exportingSchema.parse(settings);
  const exporting = new ExportingProcess(config, [], clock, epoch, trueNs(0));
  const records: ReadRecord[] = [];
  const reader = new ExportReader(readingSchema.parse({}), (record) => records.push(record));
  const collect = (now: number): void => {
    for (let message = exporting.poll(); message !== undefined; message = exporting.poll())
      reader.handle({ payload: message, source: '10.0.0.1:50000', receivedAtUs: unixUs(epoch, clock.read(trueNs(now))) });
  };
  for (let now = exporting.nextTimeout(); now < sentNs; now = exporting.nextTimeout()) {
    exporting.handleTimeout(now);
    collect(now);
  }
  const { batch } = exporting;
  const row = batch.length++;
  batch.octetDeltaCount[row] = 1;
  batch.packetDeltaCount[row] = 2;
  for (const [end, instant] of [
    ['Start', trueNs(startNs)],
    ['End', trueNs(endNs)],
  ] as const) {
    batch[`flow${end}Ms`][row] = unixUs(epoch, clock.read(instant)) / 1_000;
    batch[`flow${end}UptimeMs`][row] = Math.floor(clock.uptime(instant) / NS_PER_MS);
  }
  exporting.flush(trueNs(sentNs));
  collect(sentNs);
  const flows = records.filter(({ options }) => options !== true);
  expect(flows).toHaveLength(1);
  const [{ startUs, endUs }] = flows as [ReadRecord];
  return [startUs ?? NaN, endUs ?? NaN];
}

const SENT_AS = [
  ['netflow-v5', { protocol: 'netflow-v5' }],
  ['netflow-v9', { protocol: 'netflow-v9' }],
  ['seconds', { timestamps: 'seconds' }],
  ['milliseconds', { timestamps: 'milliseconds' }],
  ['microseconds', { timestamps: 'microseconds' }],
  ['nanoseconds', { timestamps: 'nanoseconds' }],
  ['delta', { timestamps: 'delta' }],
  ['sys-uptime', { timestamps: 'sys-uptime', templateRefreshS: 600 }],
  ['sys-uptime-stale', { timestamps: 'sys-uptime', templateRefreshS: 86_400 }],
] as const;

describe('what is read is what the exporter sends and the collector understands', () => {
  const epochs = [
    ['in 2026', Date.parse('2026-03-02T08:00:00Z')],
    ['when the era of NTP turns', Date.parse('2036-02-07T06:08:16.250Z')],
  ] as const;
  test.each(SENT_AS.flatMap(([name, settings]) => epochs.map(([when, epoch]) => [name, when, settings, epoch] as const)))(
    'as %s, %s',
    (name, _when, settings, epochUnixMs) => {
      fc.assert(
        fc.property(situationArbitrary(epochUnixMs), (situation) => {
          const exporter = { clock: readingOf(situation.clock), epochUnixMs, refreshS: 600 };
          const read = [situation.startNs, situation.endNs].map(
            (at) => epochUnixMs * 1_000 + encodingOf(name).read(exporter, at, situation.sentNs) / 1_000,
          );
          const sent = exportedAndRead(settings, situation);
          // The meter rounds down to microseconds, fractions of NTP to 21 bits, and the reader to microseconds again.
          read.forEach((us, index) => expect(Math.abs(us - (sent[index] as number))).toBeLessThanOrEqual(3));
        }),
        { numRuns: 40 },
      );
    },
  );
});

test('a delta reaches 71 minutes back and never after its Message, as the exporter has it', () => {
  const epochUnixMs = Date.parse('2026-03-02T08:00:00Z');
  const situationOf = (stepS: number): Situation => {
    const clock = new VirtualClock();
    clock.step(trueNs(110 * NS_PER_S), stepS * NS_PER_S);
    return { clock, epochUnixMs, startNs: 90 * NS_PER_S, endNs: 100 * NS_PER_S, sentNs: 120 * NS_PER_S };
  };
  for (const [stepS, readS] of [
    [-300, -180],
    [10_000, 10_120 - (2 ** 32 - 1) / 1e6],
  ] as const) {
    const situation = situationOf(stepS);
    const exporter = { clock: readingOf(situation.clock), epochUnixMs, refreshS: 600 };
    const read = encodingOf('delta').read(exporter, situation.startNs, situation.sentNs) / NS_PER_S;
    expect(read).toBeCloseTo(readS, 6);
    const [startUs] = exportedAndRead({ timestamps: 'delta' }, situation);
    expect(startUs / 1e6 - epochUnixMs / 1_000).toBeCloseTo(readS, 5);
  }
});

describe('a right clock', () => {
  test('is told to the unit of the encoding, by NetFlow v9 up to a second early', () => {
    const clock = new VirtualClock({ uptimeNs: 5_000 * NS_PER_S });
    const exporter = { clock: readingOf(clock), epochUnixMs: Date.parse('2026-03-02T08:00:00Z'), refreshS: 600 };
    fc.assert(
      fc.property(fc.nat(9e11), fc.nat(6e10), (at, waitNs) => {
        const earlyNs = (name: string): number => at - encodingOf(name).read(exporter, at, at + waitNs);
        const within = (name: string, least: number, most: number): void => {
          expect(earlyNs(name)).toBeGreaterThanOrEqual(least);
          expect(earlyNs(name)).toBeLessThanOrEqual(most);
        };
        within('netflow-v5', -NS_PER_MS, NS_PER_MS);
        // The part of a second that the header leaves out, the same for every record of the packet.
        const cut = (at + waitNs) % NS_PER_S;
        within('netflow-v9', cut - NS_PER_MS, cut + NS_PER_MS);
        within('seconds', 0, NS_PER_S);
        within('milliseconds', 0, NS_PER_MS);
        within('microseconds', 0, 1_000);
        within('nanoseconds', 0, 0);
        within('delta', 0, 1_000);
        within('sys-uptime', -NS_PER_MS, NS_PER_MS);
        within('sys-uptime-stale', -NS_PER_MS, NS_PER_MS);
      }),
    );
  });
});

describe('a clock that is stepped', () => {
  test('leaves uptimes by an old initialisation time where they were until it is told again', () => {
    const clock = new VirtualClock({ offsetNs: 300 * NS_PER_S });
    clock.step(trueNs(60 * NS_PER_S), -300 * NS_PER_S);
    const exporter = { clock: readingOf(clock), epochUnixMs: 0, refreshS: 600 };
    const errorS = (name: string, atS: number): number =>
      Math.round(encodingOf(name).read(exporter, atS * NS_PER_S, (atS + 5) * NS_PER_S) / NS_PER_S - atS);
    expect([30, 500, 700].map((atS) => errorS('sys-uptime', atS))).toEqual([300, 300, 0]);
    expect([30, 500, 700].map((atS) => errorS('sys-uptime-stale', atS))).toEqual([300, 300, 300]);
    expect([30, 500, 700].map((atS) => errorS('milliseconds', atS))).toEqual([300, 0, 0]);
  });
});

describe('readings that are wrong', () => {
  test('take the wrap of an uptime for 49.7 days, and 2036 for 1900', () => {
    const clock = new VirtualClock({ uptimeNs: WRAP_NS - 10 * NS_PER_S });
    const epochUnixMs = Date.parse('2036-02-07T06:28:06Z');
    const exporter = { clock: readingOf(clock), epochUnixMs, refreshS: 600 };
    const errorS = (name: string, atS: number, sentS: number): number =>
      Math.round(encodingOf(name).read(exporter, atS * NS_PER_S, sentS * NS_PER_S) / NS_PER_S - atS);
    // The flow began before the wrap and is told after it.
    expect(errorS('netflow-v9-no-wrap', 5, 15)).toBe(Math.round(2 ** 32 / 1_000));
    expect([errorS('netflow-v9-no-wrap', 5, 8), errorS('netflow-v9-no-wrap', 12, 15), errorS('netflow-v9', 5, 15)]).toEqual([
      0, 0, 0,
    ]);
    expect([errorS('microseconds-no-era', 9, 15), errorS('microseconds', 11, 15)]).toEqual([0, 0]);
    expect(errorS('microseconds-no-era', 11, 15)).toBe(-(2 ** 32));
  });
});
