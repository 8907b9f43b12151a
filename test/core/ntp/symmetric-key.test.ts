import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEY_TYPES, type KeyType } from '../../../core/ntp/key-file.ts';
import { isAuthentic, keyIdAt, macOf, signed } from '../../../core/ntp/symmetric-key.ts';
import { macOffset } from '../../../core/ntp/trailer.ts';
import { keyOf, readNtpKeys } from '../../../runtime/ntp-keys.ts';

const DIGEST_LENGTH: Record<KeyType, number> = { MD5: 16, SHA1: 20, SHA256: 32, SHA384: 48, SHA512: 64, AES128: 16, AES256: 16 };
const CHRONYD_REPLY =
  '240806e600000000000000007f7f0101eeb75e719ac30aec0102030405060708eeb75e7358ccd4ffeeb75e7358d1323600000001022c0d03ebc758818b6f4f176fc30cd971be879d';
const secretFor = (type: KeyType): Uint8Array => new Uint8Array(type === 'AES256' ? 32 : 16).fill(7);

test.each(KEY_TYPES)('a packet with a MAC of %s is authentic until a bit of it changes', (type) => {
  const key = keyOf({ id: 0x01020304, type, secret: secretFor(type) });
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 48, maxLength: 48 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(),
      (header, version, at) => {
        const whole = signed(header, key, version);
        expect(whole.length - 48 - 4).toBe(version < 4 ? DIGEST_LENGTH[type] : Math.min(20, DIGEST_LENGTH[type]));
        expect(macOffset(whole, version)).toBe(48);
        expect(keyIdAt(whole, 48)).toBe(0x01020304);
        expect(isAuthentic(whole, 48, key, version)).toBe(true);
        whole[at % whole.length]! ^= 1 << (at % 8);
        expect(isAuthentic(whole, 48, key, version)).toBe(false);
        expect(isAuthentic(whole.subarray(0, -4), 48, key, version)).toBe(false);
      },
    ),
  );
});

test('SHA1 of key and message is what chronyd 4.3 sent for this request', () => {
  const key = keyOf({ id: 1, type: 'SHA1', secret: Uint8Array.from({ length: 20 }, (_, index) => index + 1) });
  const reply = new Uint8Array(Buffer.from(CHRONYD_REPLY, 'hex'));
  expect(isAuthentic(reply, 48, key, 4)).toBe(true);
});

test('a key file that cannot be read or has mistakes says so in sentences', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ntp-keys-'));
  const file = join(directory, 'chrony.keys');
  try {
    expect(() => readNtpKeys(file)).toThrow(`${file}: there is no such file`);
    writeFileSync(file, '1 SHA1 HEX:00\n\n2 SHA HEX:00\n3 AES128 x\n');
    expect(() => readNtpKeys(file)).toThrow(
      'chrony.keys:3:3 "SHA" is not a type of key, known are MD5, SHA1, SHA256, SHA384, SHA512, AES128, AES256\n' +
        'chrony.keys:4:10 a key for AES128 has 16 octets, this one has 1',
    );
    writeFileSync(file, '1 SHA1 HEX:00\n');
    expect(macOf(readNtpKeys(file).get(1)!, new Uint8Array(48), 4)).toHaveLength(24);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
