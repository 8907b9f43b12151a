import { expect, test } from 'vitest';
import { compileEncoder } from '../../../core/ipfix/record-encoder.ts';
import type { FieldSource } from '../../../core/ipfix/field-source.ts';

/** The octets of one field of this element and length, from the number 0x0102_0304_0506.5 or what is told. */
function encoded(elementId: number, length: number, source: FieldSource, column: readonly number[] = [0x0102_0304_0506]): string {
  const template = { id: 256, scopeFieldCount: 0, fields: [{ enterpriseNumber: 0, elementId, length }] };
  const view = new DataView(new ArrayBuffer(length));
  compileEncoder(template, [source]).encode(view, 0, { value: column }, column.length > 4 ? 1 : 0, 1_000_000);
  return Buffer.from(view.buffer).toString('hex');
}

test('a counter of reduced size loses its highest bits, or stays at its largest (RFC 7011 section 6.2)', () => {
  expect(encoded(1, 4, 'value')).toBe('03040506');
  expect(encoded(1, 4, { column: 'value', change: 'clamped' })).toBe('ffffffff');
  expect(encoded(1, 8, { column: 'value', change: 'clamped' })).toBe('0000010203040506');
  expect(encoded(1, 4, { column: 'value', change: 'clamped' }, [2 ** 32 - 1])).toBe('ffffffff');
});

test('uptime begins anew after 2^32 ms, 49.7 days', () => {
  expect(encoded(22, 4, 'value', [2 ** 32 - 1])).toBe('ffffffff');
  expect(encoded(22, 4, 'value', [2 ** 32 + 2_577])).toBe('00000a11');
});

test('microseconds before the Export Time, 0 after it, no more than 32 bits (element 158)', () => {
  const change = { column: 'value', change: 'us-before-export' } as const;
  expect(encoded(158, 4, change, [999_999.5])).toBe('000001f4');
  expect(encoded(158, 4, change, [1_000_001])).toBe('00000000');
  expect(encoded(158, 4, change, [-1e9])).toBe('ffffffff');
});

test('a constant, the upper octet of two, an address of four words', () => {
  expect(encoded(10, 4, { constant: 7 })).toBe('00000007');
  expect(encoded(176, 1, { column: 'value', change: 'high-octet' }, [0x0803])).toBe('08');
  const words = [0, 0, 0, 0, 0x2001_0db8, 0, 0xffff_ffff, 1];
  expect(encoded(27, 16, { column: 'value', change: 'four-words' }, words)).toBe('20010db800000000ffffffff00000001');
  expect(() => encoded(8, 4, { column: 'value', change: 'four-words' })).toThrow('four words are 16 octets, not 4');
  expect(() => encoded(27, 16, 'value')).toThrow('element 27 cannot be filled from a column');
});
