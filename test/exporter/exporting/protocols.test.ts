import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { exportingSchema } from '../../../exporter/exporting/config.ts';
import { ExportingProcess } from '../../../exporter/exporting/exporting-process.ts';

const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 8) };
const APPLICATIONS = Array.from({ length: 40 }, (_, index) => ({ id: index + 1, name: `application ${index}` }));
const METER = {
  activeTimeoutMs: 60_000,
  inactiveTimeoutMs: 15_000,
  sampling: { mode: 'count', interval: 100 },
  keys: new Set<string>(),
  ignored: () => ({ packets: 0, octets: 0, firstMs: 0, lastMs: 0 }),
  interfaces: [{ index: 1, name: 'lan0', description: 'inside' }],
} as const;

const exporterOf = (settings: object, uptimeNs = 0): ExportingProcess =>
  new ExportingProcess(exportingSchema.parse(settings), APPLICATIONS, new VirtualClock({ uptimeNs }), EPOCH, trueNs(0), METER);

function drain(exporting: ExportingProcess): DataView[] {
  const messages: DataView[] = [];
  for (let message = exporting.poll(); message !== undefined; message = exporting.poll()) {
    messages.push(new DataView(message.buffer, message.byteOffset, message.byteLength));
  }
  return messages;
}

/** Octets of a record by Template ID and whether it is data, as this reader saw the Templates go by. */
type Known = Map<number, number>;
interface Seen {
  readonly records: number;
  readonly dataRecords: number;
}

/** A reader of its own: walks the Sets of an IPFIX Message or a v9 Export Packet and counts records. */
function walk(view: DataView, known: Known): Seen {
  const isV9 = view.getUint16(0) === 9;
  let records = 0;
  let dataRecords = 0;
  for (let at = isV9 ? 20 : 16; at < view.byteLength;) {
    const id = view.getUint16(at);
    const end = at + view.getUint16(at + 2);
    at += 4;
    if (isV9) expect(end % 4).toBe(0);
    if (id >= 256) {
      const length = known.get(id) as number;
      const count = Math.floor((end - at) / length);
      records += count;
      dataRecords += count;
      at = end;
    }
    while (end - at >= 4) {
      const isOptions = id === (isV9 ? 1 : 3);
      const fields = isV9 && isOptions ? (view.getUint16(at + 2) + view.getUint16(at + 4)) / 4 : view.getUint16(at + 2);
      const templateId = view.getUint16(at);
      at += isOptions ? 6 : 4;
      let length = 0;
      for (let field = 0; field < fields; field++) {
        length += view.getUint16(at + 2);
        at += view.getUint16(at) >= 0x8000 ? 8 : 4;
      }
      known.set(templateId, length);
      records++;
    }
    at = end;
  }
  return { records, dataRecords };
}

const steps = fc.array(fc.record({ waitMs: fc.nat(40_000), v4: fc.nat(50), v6: fc.nat(3) }), { maxLength: 12 });
const OPTIONS = { sampler: true, interfaces: true, statistics: true, reliability: true, flowKeys: true, timeouts: true };

/** Drives an exporter through steps; the rows' octets are 1. */
function run(exporting: ExportingProcess, list: readonly { waitMs: number; v4: number; v6: number }[]): DataView[] {
  let now = 0;
  for (const { waitMs, v4, v6 } of list) {
    now += waitMs * 1e6;
    exporting.handleTimeout(trueNs(now));
    for (let row = 0; row < v4 + v6; row++) {
      const at = exporting.batch.length++;
      exporting.batch.ipVersion[at] = row < v4 ? 4 : 6;
      exporting.batch.octetDeltaCount[at] = 1;
      exporting.recordsAdded(trueNs(now));
    }
  }
  exporting.flush(trueNs(now));
  exporting.sendTemplateMessage(trueNs(now));
  return drain(exporting);
}

test.each([
  ['ipfix', { options: OPTIONS }],
  ['netflow-v9', { protocol: 'netflow-v9', options: OPTIONS, templateRefreshMessages: 4 }],
])('%s: Templates before data, numbers and counts by the rule of the protocol, lengths below the limit', (_, settings) => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 512, max: 1_500 }), (list, maxMessageLength) => {
      const exporting = exporterOf({ ...settings, maxMessageLength });
      const known: Known = new Map();
      let dataRecords = 0;
      run(exporting, list).forEach((view, index) => {
        expect(view.byteLength).toBeLessThanOrEqual(maxMessageLength);
        const seen = walk(view, known);
        if (view.getUint16(0) === 9) {
          // RFC 3954 section 5.1: Count is of records, the Sequence Number of Export Packets.
          expect([view.getUint16(2), view.getUint32(12)]).toEqual([seen.records, index]);
        } else {
          // RFC 7011 section 3.1: the Sequence Number is of Data Records before this Message.
          expect([view.getUint16(2), view.getUint32(8)]).toEqual([view.byteLength, dataRecords]);
        }
        dataRecords += seen.dataRecords;
      });
      expect(exporting.exported.dataRecords).toBe(dataRecords);
      expect(exporting.exported.flows).toBe(list.reduce((sum, { v4, v6 }) => sum + v4 + v6, 0));
    }),
    { numRuns: 40 },
  );
});

test('netflow-v5: the flow sequence counts flows; IPv6 and options are counted as not sent, and nothing else is lost', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 512, max: 1_500 }), (list, maxMessageLength) => {
      const exporting = exporterOf({ protocol: 'netflow-v5', maxMessageLength });
      let flows = 0;
      for (const view of run(exporting, list)) {
        const count = view.getUint16(2);
        expect([view.getUint16(0), view.getUint32(16), view.byteLength]).toEqual([5, flows, 24 + 48 * count]);
        expect(count >= 1 && count <= 30 && view.byteLength <= maxMessageLength).toBe(true);
        // 1 of 100 by count, in 2 and 14 bits.
        expect(view.getUint16(22)).toBe((1 << 14) | 100);
        flows += count;
      }
      const sum = (key: 'v4' | 'v6'): number => list.reduce((total, each) => total + each[key], 0);
      expect([flows, exporting.exported.flows]).toEqual([sum('v4'), sum('v4')]);
      expect(exporting.notSent).toMatchObject({ flows: sum('v6'), octets: sum('v6') });
    }),
    { numRuns: 40 },
  );
});

/** The records of one flow in IPFIX with these fields only, as hexadecimal text. */
function recordsOf(settings: object, fill: (batch: ExportingProcess['batch']) => void, at = 0, uptimeNs = 0): string[] {
  const exporting = exporterOf({ applicationIds: false, ...settings }, uptimeNs);
  fill(exporting.batch);
  exporting.batch.length = 1;
  exporting.flush(trueNs(at));
  const known: Known = new Map();
  return drain(exporting).flatMap((view) => {
    const { dataRecords } = walk(view, known);
    const length = known.get(256) as number;
    return view.getUint16(16) === 256
      ? Array.from({ length: dataRecords }, (_, index) =>
          Buffer.from(view.buffer, view.byteOffset + 20 + index * length, length).toString('hex'),
        )
      : [];
  });
}

describe('a counter too large for its field', () => {
  const counted = (counterOverflow: string, octets: number): string[] =>
    recordsOf({ counterOverflow, fields: ['octetDeltaCount:4', 'packetDeltaCount:4'] }, (batch) => {
      batch.octetDeltaCount[0] = octets;
      batch.packetDeltaCount[0] = 7;
    });

  test('wraps, stops or is split into records that add up', () => {
    expect(counted('wrap', 2 ** 32 + 5)).toEqual(['0000000500000007']);
    expect(counted('clamp', 2 ** 32 + 5)).toEqual(['ffffffff00000007']);
    expect(counted('split', 2 ** 32 + 5)).toEqual(['8000000200000003', '8000000300000004']);
    expect(counted('split', 2 ** 32 - 1)).toEqual(['ffffffff00000007']);
  });

  test('what came back of a biflow is told once', () => {
    const records = recordsOf(
      { fields: ['octetDeltaCount:4', 'reverseOctetDeltaCount:4', 'reversePacketDeltaCount:2'] },
      (batch) => {
        batch.octetDeltaCount[0] = 2 ** 32 + 5;
        batch.reverseOctetDeltaCount[0] = 500;
        batch.reversePacketDeltaCount[0] = 3;
      },
    );
    expect(records).toEqual(['80000002000001f40003', '80000003000000000000']);
  });

  test('whatever it is and however narrow the fields, the parts add up, each fits and has a packet (RFC 7011 section 6.2)', () => {
    const widths = fc.tuple(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1, max: 8 }));
    fc.assert(
      fc.property(widths, fc.integer({ min: 1, max: 4_096 }), fc.integer({ min: 40, max: 65_535 }), (width, packets, each) => {
        const [octetWidth, packetWidth] = width;
        const fields = [`octetDeltaCount:${octetWidth}`, `packetDeltaCount:${packetWidth}`];
        const records = recordsOf({ fields }, (batch) => {
          batch.octetDeltaCount[0] = packets * each;
          batch.packetDeltaCount[0] = packets;
        });
        const parts = records.map((record) => [record.slice(0, 2 * octetWidth), record.slice(2 * octetWidth)] as const);
        const sum = (side: 0 | 1): number => parts.reduce((total, part) => total + Number.parseInt(part[side], 16), 0);
        expect([sum(0), sum(1)]).toEqual([packets * each, packets]);
        expect(parts.every(([, packetsOfPart]) => Number.parseInt(packetsOfPart, 16) > 0)).toBe(true);
        const needed = Math.max((packets * each) / (2 ** (8 * octetWidth) - 1), packets / (2 ** (8 * packetWidth) - 1));
        expect(parts).toHaveLength(Math.ceil(needed));
      }),
      { numRuns: 50 },
    );
  });

  test('a flow becomes 4096 records at the most, and what they cannot tell is counted as not sent', () => {
    const exporting = exporterOf({ fields: ['octetDeltaCount:2', 'packetDeltaCount:2'], applicationIds: false });
    exporting.batch.octetDeltaCount[0] = 1e9;
    exporting.batch.packetDeltaCount[0] = 1e6;
    exporting.batch.length = 1;
    exporting.flush(trueNs(0));
    const told = 4_096 * 65_535;
    expect(exporting.exported).toMatchObject({ flows: 4_096, packets: 1e6, octets: told });
    expect(exporting.notSent).toMatchObject({ flows: 0, packets: 0, octets: 1e9 - told });
  });
});

test('start and end in each unit', () => {
  const startMs = EPOCH.unixMs + 1_500.25;
  const times = (timestamps: string, uptimeMs = 0): string =>
    recordsOf(
      { timestamps, fields: ['flowStart'] },
      (batch) => {
        batch.flowStartMs[0] = startMs;
        batch.flowStartUptimeMs[0] = uptimeMs;
      },
      2_700_000_000,
    )[0] as string;
  const hex = (value: bigint | number, octets: number): string => value.toString(16).padStart(2 * octets, '0');
  const ntpS = BigInt(EPOCH.unixMs / 1_000 + 1 + 2_208_988_800);
  expect(times('milliseconds')).toBe(hex(EPOCH.unixMs + 1_500, 8));
  expect(times('seconds')).toBe(hex(EPOCH.unixMs / 1_000 + 1, 4));
  const fraction = (BigInt(500_250) << 32n) / 1_000_000n;
  expect(times('nanoseconds').slice(0, 15)).toBe(hex((ntpS << 32n) | fraction, 8).slice(0, 15));
  expect(times('microseconds').slice(0, 12)).toBe(hex((ntpS << 32n) | fraction, 8).slice(0, 12));
  // The Export Time is the end of the second under way, 3 s, so that no flow lies after it.
  expect(times('delta')).toBe(hex(1_499_750, 4));
  // 49.7 days: the uptime has 32 bits of milliseconds (RFC 3954 section 8).
  expect(times('sys-uptime', 2 ** 32 + 1_500)).toBe(hex(1_500, 4));
});

test('times that 32 bits of microseconds before the Export Time do not reach are counted (elements 158 and 159)', () => {
  const timesOf = (startMs: number, endMs: number, fields: readonly string[] = ['flowStart', 'flowEnd']): number => {
    const exporting = exporterOf({ timestamps: 'delta', fields, applicationIds: false });
    exporting.batch.flowStartMs[0] = EPOCH.unixMs + startMs;
    exporting.batch.flowEndMs[0] = EPOCH.unixMs + endMs;
    exporting.batch.length = 1;
    exporting.flush(trueNs(2_700_000_000));
    return exporting.notSent.times;
  };
  const oldestMs = 3_000 - (2 ** 32 - 1) / 1_000;
  expect(timesOf(oldestMs, 3_000)).toBe(0);
  expect(timesOf(oldestMs - 0.001, 0)).toBe(1);
  expect(timesOf(0, 3_000.001)).toBe(1);
  expect(timesOf(oldestMs - 0.001, 0, ['flowEnd'])).toBe(0);
});

test('NetFlow headers tell uptime and wall clock of one instant, the uptime modulo 2^32', () => {
  const uptimeNs = (2 ** 32 - 500) * 1e6;
  for (const protocol of ['netflow-v9', 'netflow-v5']) {
    const exporting = exporterOf({ protocol }, uptimeNs);
    exporting.batch.length = 1;
    exporting.flush(trueNs(1_234_567_890));
    const view = drain(exporting).at(-1) as DataView;
    expect([view.getUint32(4), view.getUint32(8)]).toEqual([734, EPOCH.unixMs / 1_000 + 1]);
    if (protocol === 'netflow-v5') expect(view.getUint32(12)).toBe(234_567_890);
  }
});

test('a new Transport Session begins its numbers anew', () => {
  for (const [protocol, at] of [
    ['ipfix', 8],
    ['netflow-v9', 12],
    ['netflow-v5', 16],
  ] as const) {
    // prettier-ignore
    const exporting = exporterOf({ protocol });
    exporting.batch.length = 1;
    exporting.flush(trueNs(0));
    drain(exporting);
    exporting.beginSession(trueNs(1));
    exporting.batch.length = 1;
    exporting.flush(trueNs(1));
    expect(drain(exporting)[0]?.getUint32(at)).toBe(0);
  }
});
