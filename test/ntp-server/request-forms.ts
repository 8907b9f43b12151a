import { createHash } from 'node:crypto';

/** A request by hand, not by our codec: `poll` is 6, the transmit timestamp 0x0102030405060708. */
export function request(version: number, mode: number, trailer: readonly number[] = []): Uint8Array {
  const octets = new Uint8Array(48 + trailer.length);
  octets.set([(version << 3) | mode, 0, 6], 0);
  octets.set([1, 2, 3, 4, 5, 6, 7, 8], 40);
  octets.set(trailer, 48);
  return octets;
}

/** An unknown extension field (RFC 7822 section 7.5). */
export const extensionField = (length: number): number[] => [
  ...[0x7f, 0x00, length >> 8, length & 0xff],
  ...new Array<number>(length - 4).fill(0),
];

const zeros = (length: number): number[] => new Array<number>(length).fill(0);
/** A key identifier nobody has, and a digest. */
const strangeMac = (digestLength: number): number[] => [0, 0, 0, 99, ...zeros(digestLength)];

/** What a request gets: octets, version and mode of the reply, or silence. */
export interface Answer {
  readonly length: number;
  readonly version: number;
  readonly mode: number;
}

export const answerOf = (reply: Uint8Array): Answer => ({
  length: reply.length,
  version: ((reply[0] as number) >> 3) & 7,
  mode: (reply[0] as number) & 7,
});

/**
 * The forms of request that were put to chronyd 4.3, and what it answered: eighteen, of which seven get a reply.
 */
export const REQUEST_FORMS: readonly (readonly [form: string, payload: Uint8Array, answer: Answer | 'silence'])[] = [
  ['client, version 1', request(1, 3), { length: 48, version: 1, mode: 4 }],
  ['client, version 2', request(2, 3), { length: 48, version: 2, mode: 4 }],
  ['client, version 3', request(3, 3), { length: 48, version: 3, mode: 4 }],
  ['client, version 4', request(4, 3), { length: 48, version: 4, mode: 4 }],
  ['symmetric active, version 4', request(4, 1), { length: 48, version: 4, mode: 2 }],
  ['no mode, version 1', request(1, 0), { length: 48, version: 1, mode: 4 }],
  ['an unknown extension field of 28 octets', request(4, 3, extensionField(28)), { length: 48, version: 4, mode: 4 }],
  ['version 0', request(0, 3), 'silence'],
  ['version 5', request(5, 3), 'silence'],
  ['mode 4, server', request(4, 4), 'silence'],
  ['mode 5, broadcast', request(4, 5), 'silence'],
  ['mode 6, control', request(4, 6), 'silence'],
  ['mode 7, private', request(4, 7), 'silence'],
  ['47 octets', request(4, 3).slice(0, 47), 'silence'],
  ['49 octets', request(4, 3, [0]), 'silence'],
  ['4 octets more, a crypto-NAK', request(4, 3, zeros(4)), 'silence'],
  ['20 octets more, an MD5 digest of an unknown key', request(4, 3, strangeMac(16)), 'silence'],
  ['24 octets more, a SHA-1 digest of an unknown key', request(4, 3, strangeMac(20)), 'silence'],
];

/** Another transmit timestamp, by which the reply is known; before a MAC is made. */
export function numbered(payload: Uint8Array, number: number): Uint8Array {
  const copy = payload.slice();
  if (copy.length >= 48) new DataView(copy.buffer).setUint32(44, number);
  return copy;
}

/** A MAC of SHA-1 by hand. */
export function withSha1(payload: Uint8Array, keyId: number, secret: Uint8Array): Uint8Array {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(keyId);
  return new Uint8Array(Buffer.concat([payload, id, createHash('sha1').update(secret).update(payload).digest()]));
}
