import { MAX_V4_DIGEST_LENGTH } from './trailer.ts';

/** A key two hosts share. How it makes a digest of a message is passed in: the core has no cryptography. */
export interface SymmetricKey {
  /** 1..2^32-1. */
  readonly id: number;
  /** The whole digest: of key and message (RFC 5905 section 7.3), or their AES-CMAC (RFC 8573). */
  digest(message: Uint8Array): Uint8Array;
}

/** Keys by their identifier. */
export type KeyRing = ReadonlyMap<number, SymmetricKey>;

/** Key identifier and digest of a message, as they follow it on the wire. */
export function macOf(key: SymmetricKey, message: Uint8Array, version: number): Uint8Array {
  const digest = key.digest(message);
  const length = version < 4 ? digest.length : Math.min(digest.length, MAX_V4_DIGEST_LENGTH);
  const mac = new Uint8Array(4 + length);
  new DataView(mac.buffer).setUint32(0, key.id);
  mac.set(digest.subarray(0, length), 4);
  return mac;
}

/** The identifier of the key whose MAC begins at `at`. */
export const keyIdAt = (payload: Uint8Array, at: number): number =>
  new DataView(payload.buffer, payload.byteOffset).getUint32(at);

/** Whether the MAC that begins at `at` is the key's own. How long that takes says nothing about how much of it is right. */
export function isAuthentic(payload: Uint8Array, at: number, key: SymmetricKey, version: number): boolean {
  const mac = macOf(key, payload.subarray(0, at), version);
  if (mac.length !== payload.length - at) return false;
  let difference = 0;
  for (let index = 0; index < mac.length; index++) difference |= (mac[index] as number) ^ (payload[at + index] as number);
  return difference === 0;
}

/** The message with its MAC. */
export function signed(message: Uint8Array, key: SymmetricKey, version: number): Uint8Array {
  const mac = macOf(key, message, version);
  const whole = new Uint8Array(message.length + mac.length);
  whole.set(message);
  whole.set(mac, message.length);
  return whole;
}
