import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseKeyFile } from '../../../core/ntp/key-file.ts';

const octetsOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

test('keys as chrony writes them', () => {
  const { entries, mistakes } = parseKeyFile(
    [
      '# comment',
      '% comment',
      '; comment',
      '! comment',
      '',
      '1 SHA1 HEX:0102aB',
      '2 AES128 HEX:000102030405060708090a0b0c0d0e0f',
      '10 tulip',
      '11 MD5 ASCII:hyacinth',
      '  25\tsha256  HEX:00  ',
      '4294967295 SHA512 x',
    ].join('\r\n'),
  );
  expect(mistakes).toEqual([]);
  expect(entries).toEqual([
    { id: 1, type: 'SHA1', secret: Uint8Array.of(1, 2, 0xab) },
    { id: 2, type: 'AES128', secret: Uint8Array.from({ length: 16 }, (_, index) => index) },
    { id: 10, type: 'MD5', secret: octetsOf('tulip') },
    { id: 11, type: 'MD5', secret: octetsOf('hyacinth') },
    { id: 25, type: 'SHA256', secret: Uint8Array.of(0) },
    { id: 4_294_967_295, type: 'SHA512', secret: octetsOf('x') },
  ]);
});

test.each([
  ['0 SHA1 x', 1, '"0" is not a key identifier from 1 to 4294967295'],
  ['4294967296 SHA1 x', 1, '"4294967296" is not a key identifier from 1 to 4294967295'],
  ['1', 1, 'expected an identifier, a type and a secret, such as "1 SHA1 HEX:0123456789abcdef"'],
  ['1 SHA1 x y', 10, 'expected an identifier, a type and a secret, such as "1 SHA1 HEX:0123456789abcdef"'],
  ['1  SHA x', 4, '"SHA" is not a type of key, known are MD5, SHA1, SHA256, SHA384, SHA512, AES128, AES256'],
  ['1 SHA1 HEX:012', 8, 'the secret is not an even number of hexadecimal digits after HEX:, nor ASCII'],
  ['1 AES128 HEX:00', 10, 'a key for AES128 has 16 octets, this one has 1'],
  ['7 SHA1 x\n7 SHA1 y', 1, 'key 7 is there already'],
])('a mistake is one sentence with its place: %s', (text, column, sentence) => {
  const line = text.split('\n').length;
  expect(parseKeyFile(text).mistakes).toEqual([{ line, column, sentence }]);
});

test('any text is keys, mistakes or comments, never an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const { entries, mistakes } = parseKeyFile(text);
      expect(entries.length + mistakes.length).toBeLessThanOrEqual(text.split('\n').length);
    }),
  );
});
