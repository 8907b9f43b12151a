const BLOCK = 16;
/** The polynomial of GF(2^128) that remains of a carry (RFC 4493 section 2.3, const_Rb). */
const CARRIED = 0x87;

/** AES-CMAC of a message (RFC 4493 section 2.4), 16 octets. `encrypt` is AES of one block of 16 octets under the key. */
export function aesCmac(encrypt: (block: Uint8Array) => Uint8Array, message: Uint8Array): Uint8Array {
  const subkey = doubled(encrypt(new Uint8Array(BLOCK)));
  const lastAt = Math.max(0, Math.ceil(message.length / BLOCK) - 1) * BLOCK;
  const last = new Uint8Array(BLOCK);
  last.set(message.subarray(lastAt));
  const isWhole = message.length - lastAt === BLOCK;
  if (!isWhole) last[message.length - lastAt] = 0x80;
  mix(last, isWhole ? subkey : doubled(subkey));
  let state: Uint8Array = new Uint8Array(BLOCK);
  for (let at = 0; at < lastAt; at += BLOCK) state = encrypt(mix(state, message.subarray(at, at + BLOCK)));
  return encrypt(mix(state, last));
}

/** The block times x in GF(2^128). */
function doubled(block: Uint8Array): Uint8Array {
  const result = new Uint8Array(BLOCK);
  for (let index = 0; index < BLOCK; index++) result[index] = ((block[index] as number) << 1) | ((block[index + 1] ?? 0) >>> 7);
  if ((block[0] as number) & 0x80) result[BLOCK - 1] = (result[BLOCK - 1] as number) ^ CARRIED;
  return result;
}

/** Adds `block` to `into` in GF(2^128). */
function mix(into: Uint8Array, block: Uint8Array): Uint8Array {
  for (let index = 0; index < BLOCK; index++) into[index] = (into[index] as number) ^ (block[index] as number);
  return into;
}
