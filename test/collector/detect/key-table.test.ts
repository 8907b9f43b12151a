import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressNumbers } from '../../../collector/detect/address-numbers.ts';
import { KeyTable } from '../../../collector/detect/key-table.ts';
import { RecentStates } from '../../../collector/detect/recent-states.ts';
import { parseStored, type StoredAddress } from '../../../core/net/stored-address.ts';

const word = fc.nat({ max: 0xffffffff });

function placeAll(keys: readonly (readonly [number, number, number, number])[]): void {
  const table = new KeyTable(256);
  const places = new Map<string, number>();
  for (const key of keys) {
    const place = table.placeOf(...key);
    expect(place).toBe(places.get(key.join()) ?? places.size);
    places.set(key.join(), place);
    expect([0, 1, 2, 3].map((index) => table.word(place, index))).toEqual(key);
  }
  expect(table.forgotten).toBe(0);
}

describe('a table of keys', () => {
  test('gives every key a place of its own and keeps it while there is room', () => {
    const keys = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), word), { maxLength: 200 });
    fc.assert(fc.property(keys, placeAll));
  });

  test('has room for so many keys, and keeps what is in use whatever floods in', () => {
    const table = new KeyTable(1_000);
    const own = table.placeOf(0, 0, 0, 1);
    for (let key = 2; key < 200_000; key++) {
      table.placeOf(0, 0, 0, key);
      if (key % 100 === 0) expect(table.placeOf(0, 0, 0, 1)).toBe(own);
    }
    expect(table.generationOf(own)).toBe(0);
    expect(table.size).toBe(1_000);
    expect(table.forgotten).toBe(199_999 - 1_000);
  });
});

describe('numbers of addresses', () => {
  const stored = (text: string): StoredAddress => parseStored(text) as StoredAddress;

  test.each(['10.0.0.1', '255.255.255.255', '2001:db8::1', 'ffff::ffff:ffff'])('lead back to %s', (text) => {
    const numbers = new AddressNumbers(16);
    const number = numbers.numberOfStored(stored(text));
    expect(numbers.addressOf(number)).toBe(stored(text));
    expect(numbers.numberOfStored(stored(text))).toBe(number);
  });

  test('of forgotten addresses stand for nobody, and who comes back has another', () => {
    const numbers = new AddressNumbers(4);
    const first = numbers.numberOfStored(stored('10.0.0.1'));
    for (let last = 2; last < 10; last++) numbers.numberOfStored(stored(`10.0.0.${last}`));
    expect(numbers.addressOf(first)).toBe(0);
    expect(numbers.numberOfStored(stored('10.0.0.1'))).not.toBe(first);
    expect(numbers.addressOf(numbers.numberOfStored(0))).toBe(0);
  });
});

test('what is remembered of a key is forgotten with it', () => {
  const states = new RecentStates(2, () => ({ seen: 0 }));
  states.of(1).seen = 7;
  expect(states.of(1).seen).toBe(7);
  for (const key of [2, 3, 4, 5]) states.of(key);
  expect(states.of(1).seen).toBe(0);
  expect(states.size).toBe(2);
});
