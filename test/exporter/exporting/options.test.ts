import { expect, test } from 'vitest';
import { readMessage } from '../../../core/ipfix/message-reader.ts';
import { decodeRecordValues, type FieldValue } from '../../../core/ipfix/record-values.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { trueNs } from '../../../core/time/instant.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { exportingSchema } from '../../../exporter/exporting/config.ts';
import { ExportingProcess } from '../../../exporter/exporting/exporting-process.ts';
import type { Sampling } from '../../../exporter/exporting/meter-facts.ts';

const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 8) };

/** Options records of IPFIX by the first element after the scope: scope value, then the others. */
function optionsOf(options: object, sampling: Sampling = { mode: 'count', interval: 10 }, settings: object = {}) {
  const exporting = new ExportingProcess(
    exportingSchema.parse({ applicationIds: false, options, ...settings }),
    [],
    new VirtualClock({ uptimeNs: 5_000_000_000 }),
    EPOCH,
    trueNs(0),
    {
      activeTimeoutMs: 1_800_000,
      inactiveTimeoutMs: 15_000,
      sampling,
      interfaces: [
        { index: 1, name: 'lan0', description: 'inside' },
        { index: 2, name: 'wan0', description: 'outside' },
      ],
    },
  );
  exporting.batch.octetDeltaCount[0] = 99;
  exporting.batch.length = 1;
  exporting.flush(trueNs(1_000_000_000));
  exporting.handleTimeout(trueNs(700_000_000_000));
  const known = new Map<number, Template>();
  const records: { scope: number; elements: number[]; values: FieldValue[] }[] = [];
  for (let message = exporting.poll(); message !== undefined; message = exporting.poll()) {
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    readMessage(view, {
      template: (_domain, template) => known.set(template.id, template),
      withdrawal: () => undefined,
      dataSet: (_domain, id, offset, end) => {
        const template = known.get(id) as Template;
        for (let at = offset; template.scopeFieldCount > 0 && at < end;) {
          const decoded = decodeRecordValues(template, view, at, end);
          if (!('next' in decoded)) throw new Error(decoded.detail);
          at = decoded.next;
          const [scope, ...elements] = template.fields.map(({ elementId }) => elementId) as [number, ...number[]];
          records.push({ scope, elements, values: decoded.values });
        }
      },
      issue: ({ detail }) => {
        throw new Error(detail);
      },
    });
  }
  return records;
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
  // Bit 0 is the first field (RFC 7011 section 4.4); IPv4 and IPv6.
  expect(
    optionsOf({ flowKeys: true }, undefined, settings)
      .slice(0, 2)
      .map(({ values }) => values),
  ).toEqual([
    [256, 0b1010],
    [520, 0b1010],
  ]);
  expect(optionsOf({}, undefined, { timestamps: 'sys-uptime' })[0]).toEqual({
    scope: 149,
    elements: [160],
    values: [1, EPOCH.unixMs - 5_000],
  });
});
