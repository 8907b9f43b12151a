import { NTP_HEADER_LENGTH } from './packet.ts';

/** A key identifier and the digests from MD5's to SHA-512's (RFC 5905 section 7.3). */
const MIN_MAC_LENGTH = 4 + 16;
const MAX_MAC_LENGTH = 4 + 64;
/** In version 4 longer digests are cut to this, so that a MAC cannot be taken for an extension field (RFC 7822 section 7.5.1). */
export const MAX_V4_DIGEST_LENGTH = 20;

const CRYPTO_NAK_LENGTH = 4;

/** RFC 7822 section 7.5: of any extension field, and of the last one when no MAC follows. */
const MIN_FIELD_LENGTH = 16;
const MIN_LAST_FIELD_LENGTH = 28;
/** What follows the header is no longer than this; the RFCs know no limit, this one is chrony's. */
const MAX_TRAILER_LENGTH = 1_024 + MAX_MAC_LENGTH;

/**
 * Where the MAC of a packet begins, which is the packet's length when it has none; `undefined` when what follows the header is
 * neither extension fields nor a MAC. Before version 4 there are no extension fields. A crypto-NAK is no MAC.
 */
export function macOffset(payload: Uint8Array, version: number): number | undefined {
  const { length } = payload;
  const trailerLength = length - NTP_HEADER_LENGTH;
  if (trailerLength === 0) return length;
  if (trailerLength % 4 !== 0 || trailerLength < MIN_FIELD_LENGTH || trailerLength > MAX_TRAILER_LENGTH) return undefined;
  if (version < 4) return trailerLength >= MIN_MAC_LENGTH && trailerLength <= MAX_MAC_LENGTH ? NTP_HEADER_LENGTH : undefined;
  let at = NTP_HEADER_LENGTH;
  while (at < length) {
    const left = length - at;
    if (left >= MIN_MAC_LENGTH && left <= 4 + MAX_V4_DIGEST_LENGTH) return at;
    const fieldLength = left < MIN_FIELD_LENGTH ? 0 : ((payload[at + 2] as number) << 8) | (payload[at + 3] as number);
    const isWhole = fieldLength % 4 === 0 && fieldLength <= left;
    if (!isWhole || fieldLength < (fieldLength === left ? MIN_LAST_FIELD_LENGTH : MIN_FIELD_LENGTH)) return undefined;
    at += fieldLength;
  }
  return at;
}

/** Whether a reply says that the MAC of its request was wrong: a key identifier of 0 without a digest (RFC 5905 section 7.3). */
export const isCryptoNak = (payload: Uint8Array): boolean =>
  payload.length === NTP_HEADER_LENGTH + CRYPTO_NAK_LENGTH && payload.subarray(NTP_HEADER_LENGTH).every((octet) => octet === 0);
