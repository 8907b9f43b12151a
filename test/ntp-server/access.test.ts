import { expect, test } from 'vitest';
import { referenceIdText } from '../../core/ntp/reference-id.ts';
import { ask, serverOf } from './ask.ts';

const isAnswered = (config: Record<string, unknown>, address: string): boolean => ask(serverOf(config), 1, address) !== undefined;

test.each([
  [{}, '203.0.113.9', true],
  [{ allow: ['192.0.2.0/24'] }, '192.0.2.1', true],
  [{ allow: ['192.0.2.0/24'] }, '203.0.113.9', false],
  [{ deny: ['192.0.2.0/24'] }, '192.0.2.1', false],
  [{ deny: ['192.0.2.0/24'] }, '203.0.113.9', true],
  [{ allow: ['192.0.2.0/24'], deny: ['192.0.2.128/25'] }, '192.0.2.1', true],
  [{ allow: ['192.0.2.0/24'], deny: ['192.0.2.128/25'] }, '192.0.2.200', false],
  [{ allow: ['192.0.2.200'], deny: ['192.0.2.128/25'] }, '192.0.2.200', true],
  [{ allow: ['192.0.2.0/24'], deny: ['192.0.2.0/24'] }, '192.0.2.1', false],
  [{ allow: ['192.0.2.0/24'] }, '::ffff:192.0.2.1', true],
  [{ deny: ['2001:db8::/32'] }, '2001:db8::1', false],
  [{ deny: ['::/0'] }, '192.0.2.1', true],
  [{ deny: ['fe80::/10'] }, 'fe80::1%eth0', false],
] as const)('%j: %s is answered: %s', (config, address, expected) => {
  expect(isAnswered(config, address)).toBe(expected);
});

test('who is denied hears nothing, or DENY where that is wanted', () => {
  const silent = serverOf({ deny: ['192.0.2.0/24'] });
  expect(ask(silent, 1)).toBeUndefined();
  expect(silent.counters).toMatchObject({ denied: 1, responded: 0, kissed: 0 });
  const telling = serverOf({ deny: ['192.0.2.0/24'], denyKiss: true });
  const kiss = ask(telling, 1)!;
  expect(kiss).toMatchObject({ stratum: 0, leap: 3, originTimestamp: 0x0102030405060708n });
  expect(referenceIdText(kiss.referenceId)).toBe('DENY');
  expect(telling.counters).toMatchObject({ denied: 0, responded: 0, kissed: 1 });
});

test('DENY is limited like every reply', () => {
  const server = serverOf({ deny: ['192.0.2.0/24'], denyKiss: true, rateLimit: { kiss: true } });
  const codes = Array.from({ length: 1_000 }, () => ask(server, 1)).flatMap((reply) => (reply === undefined ? [] : [reply]));
  expect(new Set(codes.map(({ referenceId }) => referenceIdText(referenceId)))).toEqual(new Set(['DENY']));
  expect(codes.length).toBeLessThan(600);
});
