import { expect, test } from 'vitest';
import { plainValue } from '../../../core/ipfix/plain-value.ts';
import type { AbstractDataType } from '../../../core/ipfix/registry/information-element.ts';
import { octetsOf, viewOf } from './recording-visitor.ts';

const valueOf = (type: AbstractDataType | undefined, hex: string) => {
  const octets = octetsOf(`ff ${hex} ff`);
  return plainValue(type, viewOf(octets), 1, octets.length - 2);
};

test.each([
  ['unsigned64', '0102', 258],
  ['unsigned64', '010203', 66_051],
  ['unsigned64', '001fffffffffffff', 2 ** 53 - 1],
  ['unsigned64', '0020000000000000', '9007199254740992'],
  ['unsigned64', 'ffffffffffffffff', '18446744073709551615'],
  ['signed32', 'fffe', -2],
  ['unsigned32', '', '0x'],
  ['unsigned8', '000000000000000001', '0x000000000000000001'],
  ['float64', '3fe0000000000000', '0.5'],
  ['float32', '7f800000', 'Infinity'],
  ['boolean', '02', false],
  ['boolean', '07', 7],
  ['ipv4Address', 'c0000201', '192.0.2.1'],
  ['ipv4Address', 'c000', '0xc000'],
  ['ipv6Address', '20010db8000000000000000000000001', '2001:db8::1'],
  ['ipv6Address', '00000000000000000000ffffc0000201', '::ffff:c000:201'],
  ['macAddress', '00005e005301', '00:00:5e:00:53:01'],
  ['dateTimeSeconds', '386d4380', 946_684_800],
  ['dateTimeMilliseconds', '000000dc6acfac00', 946_684_800_000],
  ['dateTimeMilliseconds', '6acfac00', '0x6acfac00'],
  ['dateTimeMicroseconds', 'ce740b4f7df7a4e7', 'ntp:ce740b4f.7df7a4e7'],
  ['dateTimeNanoseconds', '0000000000000001', 'ntp:00000000.00000001'],
  ['string', '6574683000000000', 'eth0'],
  ['string', '', ''],
  ['string', 'c3a920', 'é '],
  ['string', '030000503401', '0x030000503401'],
  ['string', 'ff41', '0xff41'],
  ['octetArray', '0d000050', '0x0d000050'],
  ['unsigned256', '01', '0x01'],
  ['subTemplateMultiList', '030103', '0x030103'],
  [undefined, '4d54', '0x4d54'],
] as const)('%s %s is %s', (type, hex, value) => {
  expect(valueOf(type, hex)).toBe(value);
});
