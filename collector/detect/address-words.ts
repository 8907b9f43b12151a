import type { StoredAddress } from '../../core/net/stored-address.ts';

/** The four words of an address, the highest first; three are 0 for IPv4. */
export function addressWords(address: StoredAddress): Uint32Array {
  const whole = BigInt(address);
  return Uint32Array.from([96n, 64n, 32n, 0n], (shift) => Number(BigInt.asUintN(32, whole >> shift)));
}
