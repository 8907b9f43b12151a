import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prefixHas } from '../../../core/net/address.ts';
import { AddressPlan } from '../../../exporter/office/address-plan.ts';

test('everybody has an address of their own inside the network, whatever the scenario takes', () => {
  const network = { address: 0x0a000000, length: 20 };
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 2, max: 4_094 }), { maxLength: 50 }), fc.nat(50), fc.nat(900), (taken, listed, generated) => {
      const plan = new AddressPlan(network);
      const all = taken.map((host) => network.address + host);
      all.forEach((address) => plan.reserve(address, 'somebody'));
      for (let index = 0; index < listed; index++) all.push(plan.forListed(index, 'person'));
      for (let index = 0; index < generated; index++) all.push(plan.forGenerated(index, 'colleague'));
      expect(new Set(all).size).toBe(all.length);
      expect(all.every((address) => prefixHas(network, address))).toBe(true);
      expect(all.some((address) => [0, 1, 4_095].includes(address - network.address))).toBe(false);
    }),
  ); // prettier-ignore
});

test('only who is in the way moves', () => {
  const plan = new AddressPlan({ address: 0x0a000000, length: 16 });
  plan.reserve(0x0a00010b, 'Kim');
  expect([0, 1, 2].map((index) => plan.forGenerated(index, 'colleague'))).toEqual([0x0a00010a, 0x0a00fffe, 0x0a00010c]);
});
