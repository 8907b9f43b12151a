import { expect, test } from 'vitest';
import { tableLine } from '../../../collector/io/record-table.ts';
import type { PlainField } from '../../../core/ipfix/plain-field.ts';

const field = (name: string, value: number | string): PlainField => ({ pen: 0, id: 0, name, value });

const lineOf = (fields: readonly PlainField[], startUs: number | null = null, endUs: number | null = null): string =>
  tableLine({
    message: 0,
    set: 0,
    exporter: '192.0.2.1:1',
    domain: 7,
    templateId: 256,
    fields,
    startUs,
    endUs,
    protocol: 'ipfix',
  });

const BOTH = [
  field('sourceIPv4Address', '192.0.2.1'),
  field('sourceIPv6Address', '2001:db8::1'),
  field('destinationIPv4Address', '0.0.0.0'),
  field('destinationIPv6Address', '2001:db8::2'),
  field('sourceTransportPort', 443),
  field('destinationTransportPort', 50_000),
];

test('of two addresses ipVersion decides, or else which is not 0', () => {
  expect(lineOf(BOTH)).toMatch(/^ +192\.0\.2\.1:443 +\[2001:db8::2\]:50000 /);
  expect(lineOf([...BOTH, field('ipVersion', 6)])).toMatch(/^ +\[2001:db8::1\]:443 +\[2001:db8::2\]:50000 /);
  expect(lineOf([...BOTH, field('ipVersion', 4)])).toMatch(/^ +192\.0\.2\.1:443 +0\.0\.0\.0:50000 /);
});

test('times, the protocol by its name, and counts', () => {
  const line = lineOf(
    [BOTH[0]!, field('protocolIdentifier', 17), field('packetDeltaCount', 3), field('octetDeltaCount', 1_234)],
    1_772_442_000_000_000,
    1_772_442_001_500_000,
  );
  expect(line.split(/\s{2,}/)).toEqual([
    '2026-03-02 09:00:00.000',
    '1.500',
    '192.0.2.1',
    'UDP',
    '3',
    '1234',
    '192.0.2.1:1/7',
    '256',
  ]);
});

test('a record without addresses says what it has', () => {
  expect(lineOf([field('natEvent', 1), field('name', 'a\nb')])).toBe('record of 192.0.2.1:1/7, 256: natEvent 1, name a b');
});
