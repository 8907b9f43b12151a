import { expect, test } from 'vitest';
import { compileTemplate } from '../../../collector/collecting/compiled-template.ts';

const purposeOf = (...elements: number[]): string | undefined =>
  compileTemplate({
    id: 256,
    scopeFieldCount: 0,
    fields: elements.map((elementId) => ({ enterpriseNumber: 0, elementId, length: 4 })),
  })?.purpose;

test('NAT events have the fields of flows, yet nothing flowed (RFC 8158 section 4.6)', () => {
  expect(purposeOf(323, 230, 8, 225, 12)).toBe('nat-events');
  expect(purposeOf(8, 12, 1, 2)).toBe('flows');
  // A flow that says what NAT did to it.
  expect(purposeOf(230, 8, 225, 12, 1)).toBe('flows');
});
