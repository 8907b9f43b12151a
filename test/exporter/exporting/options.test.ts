import { describe, expect, test } from 'vitest';
import { trueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { exportingSchema } from '../../../exporter/exporting/config.ts';
import { ExportingProcess } from '../../../exporter/exporting/exporting-process.ts';
import type { Sampling } from '../../../exporter/exporting/meter-facts.ts';
import { drained, toldIn, type Told } from '../../support/decoded-messages.ts';

const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 8) };

const KEYS = ['sourceIPv4Address', 'protocolIdentifier'];

const meterOf = (sampling: Sampling) => ({
  activeTimeoutMs: 1_800_000,
  inactiveTimeoutMs: 15_000,
  sampling,
  keys: new Set(KEYS),
  ignored: () => ({ packets: 7, octets: 420, firstMs: EPOCH.unixMs + 5, lastMs: EPOCH.unixMs + 9 }),
  interfaces: [
    { index: 1, name: 'lan0', description: 'inside' },
    { index: 2, name: 'wan0', description: 'outside' },
  ],
});

/** Options records of IPFIX by the first element after the scope: scope value, then the others. */
function optionsOf(options: object, sampling: Sampling = { mode: 'count', interval: 10 }, settings: object = {}) {
  const exporting = new ExportingProcess(
    exportingSchema.parse({ applicationIds: false, options, ...settings }),
    [],
    new VirtualClock({ uptimeNs: 5_000_000_000 }),
    EPOCH,
    trueNs(0),
    meterOf(sampling),
  );
  exporting.batch.octetDeltaCount[0] = 99;
  exporting.batch.length = 1;
  exporting.flush(trueNs(1_000_000_000));
  exporting.handleTimeout(trueNs(700_000_000_000));
  return toldIn(drained(exporting)).flatMap(optionsRecord);
}

function optionsRecord({ template, values }: Told) {
  if (values === undefined || template.scopeFieldCount === 0) return [];
  const [scope, ...elements] = template.fields.map(({ elementId }) => elementId) as [number, ...number[]];
  return [{ scope, elements, values }];
}

test('statistics, once before and once after the first flow (RFC 7011 section 4.1)', () => {
  const records = optionsOf({ statistics: true });
  expect(records.map(({ scope, elements }) => [scope, ...elements])).toEqual(new Array(2).fill([149, 41, 42, 40]));
  // One Message of Templates before the first; then that, this and the flow, and Templates again.
  expect(records[0]?.values.slice(0, 3)).toEqual([1, 1, 0]);
  expect(records[1]?.values.slice(0, 3)).toEqual([1, 4, 1]);
});

test('reliability has two times of one element, timeouts are seconds', () => {
  expect(optionsOf({ reliability: true })[0]).toEqual({
    scope: 144,
    elements: [166, 167, 168, 323, 323],
    values: [1, 0, 0, 0, 0, 0],
  });
  expect(optionsOf({ timeouts: true })[0]).toEqual({ scope: 149, elements: [36, 37], values: [1, 1_800, 15] });
});

test('what the meter ignored, when first and when last (RFC 7011 section 4.2)', () => {
  expect(optionsOf({ meteringReliability: true })[0]).toEqual({
    scope: 149,
    elements: [164, 165, 323, 323],
    values: [1, 7, 420, EPOCH.unixMs + 5, EPOCH.unixMs + 9],
  });
});

test('a Message that could not be sent is in the reliability statistics and no longer among the exported (RFC 7011 section 4.3)', () => {
  const config = exportingSchema.parse({ applicationIds: false, options: { reliability: true, statistics: true } });
  const exporting = new ExportingProcess(
    config,
    [],
    new VirtualClock(),
    EPOCH,
    trueNs(0),
    meterOf({ mode: 'count', interval: 1 }),
  );
  const flush = (atS: number, packets: number, octets: number): void => {
    exporting.batch.octetDeltaCount[0] = octets;
    exporting.batch.packetDeltaCount[0] = packets;
    exporting.batch.length = 1;
    exporting.flush(trueNs(atS * 1e9));
  };
  drained(exporting);
  flush(0, 2, 99);
  drained(exporting);
  const before = { ...exporting.exported };
  for (const [atS, packets, octets] of [
    [2, 3, 1_000],
    [5, 4, 500],
  ] as const) {
    // prettier-ignore
    flush(atS - 1, packets, octets);
    exporting.poll();
    exporting.giveUp(trueNs(atS * 1e9));
    expect(exporting.poll()).toBeUndefined();
    // There is no Message that was polled last.
    exporting.giveUp(trueNs(99e9));
  }
  expect(exporting.exported).toEqual(before);
  exporting.handleTimeout(trueNs(700e9));
  const records = toldIn(drained(exporting)).flatMap(optionsRecord);
  expect(records.map(({ values }) => values.slice(1))).toEqual([
    // And the Templates.
    [before.messages + 1, 1, expect.any(Number)],
    [2, 7, 1_500, EPOCH.unixMs + 2_000, EPOCH.unixMs + 5_000],
  ]);
});

describe('flow keys of IPv6 (RFC 7011 section 4.4)', () => {
  const FLOW_KEYS = 173;
  const config = exportingSchema.parse({ applicationIds: false, options: { flowKeys: true } });
  const exporting = () =>
    new ExportingProcess(config, [], new VirtualClock(), EPOCH, trueNs(0), meterOf({ mode: 'count', interval: 1 }));
  const flow = (of: ExportingProcess, ipVersion: 4 | 6, at: number): void => {
    of.batch.ipVersion[0] = ipVersion;
    of.batch.length = 1;
    of.flush(trueNs(at));
  };
  /** Template IDs that are named, each of which must have been announced before. */
  function named(messages: readonly Uint8Array[]): unknown[] {
    const announced: number[] = [];
    return toldIn(messages).flatMap(({ template, values }) => {
      if (values === undefined) announced.push(template.id);
      if (values === undefined || !template.fields.some(({ elementId }) => elementId === FLOW_KEYS)) return [];
      expect(announced).toContain(values[0]);
      return [values[0]];
    });
  }

  test('are told when its Template is announced, and not before', () => {
    const of = exporting();
    flow(of, 4, 0);
    expect(named(drained(of))).toEqual([256]);
  });

  test('come before the first IPv6 flow, and again with the Templates', () => {
    const of = exporting();
    flow(of, 4, 0);
    flow(of, 6, 1);
    of.handleTimeout(trueNs(700e9));
    expect(named(drained(of))).toEqual([256, 256, 520, 256, 520]);
  });

  test('in a new session only after its Templates are announced there', () => {
    const of = exporting();
    flow(of, 6, 0);
    drained(of);
    of.beginSession(trueNs(1));
    flow(of, 4, 1);
    expect(named(drained(of))).toEqual([256, 520]);
  });
});

test('the sampler by its algorithm (RFC 5476 section 6.5.2)', () => {
  expect(optionsOf({ sampler: true })[0]).toEqual({ scope: 302, elements: [304, 305, 306], values: [1, 1, 1, 9] });
  expect(optionsOf({ sampler: true }, { mode: 'random', interval: 10 })[0]).toEqual({
    scope: 302,
    elements: [304, 309, 310],
    values: [1, 3, 1, 10],
  });
});

test('a sampler that picks several, or each packet by chance, is told as it is', () => {
  expect(optionsOf({ sampler: true }, { mode: 'count', interval: 100 / 3, size: 3 })[0]?.values).toEqual([1, 1, 3, 97]);
  expect(optionsOf({ sampler: true }, { mode: 'random', interval: 100 / 3, size: 3 })[0]?.values).toEqual([1, 3, 3, 100]);
  expect(optionsOf({ sampler: true }, { mode: 'uniform', interval: 8 })[0]).toEqual({
    scope: 302,
    elements: [304, 311],
    values: [1, 4, 0.125],
  });
});

test('interfaces by name, flow keys by bit, the instant the device was switched on', () => {
  const interfaces = optionsOf({ interfaces: true });
  expect(interfaces.slice(0, 2).map(({ values: [index, name] }) => [index, String(name).replace(/\0+$/, '')])).toEqual([
    [1, 'lan0'],
    [2, 'wan0'],
  ]);
  const settings = { fields: ['flowStart', 'sourceAddress', 'octetDeltaCount', 'protocolIdentifier'] };
  // Bit 0 is the first field (RFC 7011 section 4.4).
  expect(optionsOf({ flowKeys: true }, undefined, settings)[0]?.values).toEqual([256, 0b1010]);
  expect(optionsOf({}, undefined, { timestamps: 'sys-uptime' })[0]).toEqual({
    scope: 149,
    elements: [160],
    values: [1, EPOCH.unixMs - 5_000],
  });
});
