import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aesCmac } from '../../../core/ntp/aes-cmac.ts';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const octets = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits, 'hex'));

/** RFC 4493 section 4, to which RFC 8573 section 5 refers. */
const KEY = octets('2b7e151628aed2a6abf7158809cf4f3c');
const MESSAGE = octets(
  '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
);

function cmac(message: Uint8Array): string {
  const cipher = createCipheriv('aes-128-ecb', KEY, null);
  return hex(aesCmac((block) => cipher.update(block), message));
}

test.each([
  [0, 'bb1d6929e95937287fa37d129b756746'],
  [16, '070a16b46b4d4144f79bdd9dd04a287c'],
  [40, 'dfa66747de9ae63030ca32611497c827'],
  [64, '51f0bebf7e3b9d92fc49741779363cfe'],
])('RFC 4493 section 4, %d octets', (length, expected) => {
  const message = MESSAGE.slice(0, length);
  expect(cmac(message)).toBe(expected);
  expect(message).toEqual(MESSAGE.slice(0, length));
});

test('no two messages of an NTP packet that differ in one bit have the same digest', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.nat(), (message, at) => {
      const other = Uint8Array.from(message);
      other[at % other.length]! ^= 1 << (at % 8);
      expect(cmac(other)).not.toBe(cmac(message));
    }),
  );
});
