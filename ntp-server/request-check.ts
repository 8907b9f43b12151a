import { NTP_HEADER_LENGTH, NTP_MODE, type NtpPacket } from '../core/ntp/packet.ts';

/** Why a datagram gets no answer, in the order it is looked at. */
export const REQUEST_FAULTS = ['short', 'trailer', 'authenticated', 'version', 'mode'] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];

/** The longest digest of RFC 7822 section 7.5.1 with its key identifier; what is longer begins with an extension field. */
const MAX_MAC_LENGTH = 24;

/**
 * Why a datagram of `length` octets with this header is not a request to answer, or `undefined`. Unknown extension fields are
 * no fault (RFC 7822 section 7.5); a MAC is one, because the server has no keys and an unsigned reply would be useless.
 * Other modes are discarded (RFC 4330 section 6), among them 6 and 7, by which servers have been made to amplify.
 */
export function requestFault(length: number, packet: NtpPacket | undefined): RequestFault | undefined {
  if (packet === undefined) return 'short';
  const trailerLength = length - NTP_HEADER_LENGTH;
  if (trailerLength % 4 !== 0) return 'trailer';
  if (trailerLength > 0 && trailerLength <= MAX_MAC_LENGTH) return 'authenticated';
  if (packet.version < 1 || packet.version > 4) return 'version';
  if (packet.mode !== NTP_MODE.client) return 'mode';
  return undefined;
}
