import { encodePacket, type NtpPacket } from '../../core/ntp/packet.ts';
import { referenceIdOf } from '../../core/ntp/reference-id.ts';

/** Seconds the torturing server is ahead, where it does not say otherwise. */
export const AHEAD_S = 300;

export interface TortureRow {
  readonly name: string;
  /** What is sent instead of the good reply, in order. */
  readonly replies: (good: NtpPacket) => Uint8Array[];
  /** The offset to be found in seconds, or the reason every reply is rejected for. */
  readonly outcome: number | string;
  readonly aheadS?: number;
  /** Milliseconds of each way. */
  readonly wayMs?: number;
}

const seconds = (count: number): bigint => BigInt(count) << 32n;
const changed =
  (change: (good: NtpPacket) => Partial<NtpPacket>) =>
  (good: NtpPacket): Uint8Array[] => [encodePacket({ ...good, ...change(good) })];
const kiss = (code: string) => changed(() => ({ stratum: 0, leap: 3, referenceId: referenceIdOf(code) }));
const moved = (good: NtpPacket, byS: number): Partial<NtpPacket> => ({
  referenceTimestamp: BigInt.asUintN(64, good.referenceTimestamp + seconds(byS)),
  receiveTimestamp: BigInt.asUintN(64, good.receiveTimestamp + seconds(byS)),
  transmitTimestamp: BigInt.asUintN(64, good.transmitTimestamp + seconds(byS)),
});

/** From the server's time, 300 s ahead of now, into the year 2040: 4785 days. */
const TO_2040_S = 4_785 * 86_400;
/** Octets that are no extension field: the length in the third and fourth is not a multiple of 4. */
const JUNK = Uint8Array.from({ length: 52 }, (_, index) => (index * 37 + 11) & 0xff);

/** Seventeen replies that other clients have been seen to fall for; two of three are not to be believed. */
export const TORTURE: readonly TortureRow[] = [
  { name: '1 a good reply', replies: changed(() => ({})), outcome: AHEAD_S },
  {
    name: '2 a wrong origin',
    replies: changed(({ originTimestamp }) => ({ originTimestamp: originTimestamp ^ 1n })),
    outcome: 'origin',
  },
  { name: '3 a kiss RATE', replies: kiss('RATE'), outcome: 'kiss-RATE' },
  { name: '4 a kiss DENY', replies: kiss('DENY'), outcome: 'kiss-DENY' },
  { name: '5 an unsynchronised server', replies: changed(() => ({ leap: 3, stratum: 16 })), outcome: 'unsynchronised' },
  { name: '6 a broadcast', replies: changed(() => ({ mode: 5 })), outcome: 'mode' },
  { name: '7 no transmit timestamp', replies: changed(() => ({ transmitTimestamp: 0n })), outcome: 'zero-timestamp' },
  { name: '8 40 octets', replies: (good) => [encodePacket(good).subarray(0, 40)], outcome: 'short' },
  { name: '9 a root dispersion of 20 s', replies: changed(() => ({ rootDispersionS: 20 })), outcome: 'root-distance' },
  { name: '10 a server in 2040', replies: changed((good) => moved(good, TO_2040_S)), outcome: AHEAD_S + TO_2040_S },
  {
    name: '11 a made-up reply before the good one',
    replies: (good) => [
      encodePacket({ ...good, ...moved(good, -1_299), originTimestamp: good.originTimestamp + 1n }),
      encodePacket(good),
    ],
    outcome: AHEAD_S,
  },
  {
    name: '12 sent 50 s before it was received',
    replies: changed(({ receiveTimestamp }) => ({ receiveTimestamp: receiveTimestamp + seconds(50) })),
    outcome: 'transmit-before-receive',
  },
  { name: '13 another version', replies: changed(() => ({ version: 1 })), outcome: 'version' },
  {
    name: '14 a reference timestamp yet to come',
    replies: changed(({ transmitTimestamp }) => ({ referenceTimestamp: transmitTimestamp + seconds(10) })),
    outcome: 'reference-in-the-future',
  },
  { name: '15 stratum 200', replies: changed(() => ({ stratum: 200 })), outcome: 'stratum' },
  { name: '16 a tail of junk', replies: (good) => [Uint8Array.from([...encodePacket(good), ...JUNK])], outcome: 'trailer' },
  { name: '17 no offset over a path of 50 ms', replies: changed(() => ({})), outcome: 0, aheadS: 0, wayMs: 25 },
];
