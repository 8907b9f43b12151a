import { NTP_MODE, NTP_PORT, type NtpPacket } from '../core/ntp/packet.ts';
import { isAuthentic, keyIdAt, type KeyRing, type SymmetricKey } from '../core/ntp/symmetric-key.ts';

/** Why a datagram gets no answer, in the order it is looked at. */
export const REQUEST_FAULTS = ['short', 'port', 'version', 'mode', 'trailer', 'key', 'mac'] as const;

/** The mode of the reply to each mode that gets one. */
const REPLY_MODE: ReadonlyMap<number, number> = new Map([
  [NTP_MODE.client, NTP_MODE.server],
  // We are passive, though we never take the time from a peer (RFC 5905 section 9.2).
  [NTP_MODE.symmetricActive, NTP_MODE.symmetricPassive],
]);

/**
 * The mode of the reply to this request, or `undefined` when there is none. Modes 6 and 7, by which servers have been made to amplify,
 * are among the others. NTP version 1 had no modes: there a client is whoever does not ask from the server's port.
 */
export function replyMode({ version, mode }: NtpPacket, sourcePort: number): number | undefined {
  if (version === 1 && mode === NTP_MODE.reserved && sourcePort !== NTP_PORT) return NTP_MODE.server;
  return REPLY_MODE.get(mode);
}

/** Whether it is a version that is answered, in the same version. */
export const isKnownVersion = (version: number): boolean => version >= 1 && version <= 4;

/**
 * The key a request with a MAC at `at` is signed with, or why it gets no answer: a key we do not have or a digest that is wrong is met
 * with silence, as by chronyd; a crypto-NAK would tell a stranger which keys there are.
 */
export function signingKey(payload: Uint8Array, at: number, version: number, keys: KeyRing): SymmetricKey | 'key' | 'mac' {
  const key = keys.get(keyIdAt(payload, at));
  if (key === undefined) return 'key';
  return isAuthentic(payload, at, key, version) ? key : 'mac';
}
