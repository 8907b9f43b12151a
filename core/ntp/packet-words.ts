import { formatIPv4 } from '../net/address.ts';
import { referenceIdText } from './reference-id.ts';
import { UNIX_EPOCH_S } from './timestamp.ts';

const LEAPS = [
  'no leap second is near',
  'the last minute of the day has 61 seconds',
  'the last minute of the day has 59 seconds',
  'the clock is not synchronised',
] as const;

/** RFC 5905 figure 10. */
const MODES = [
  'reserved',
  'symmetric active: a peer speaks',
  'symmetric passive: a peer answers',
  'client: a request',
  'server: a reply',
  'broadcast: a server tells everybody',
  'NTP control message',
  'reserved for private use',
] as const;

/** RFC 5905 figure 13, and NTSN of RFC 8915 section 5.7. */
const KISS_CODES: Readonly<Record<string, string>> = {
  ACST: 'the association belongs to a unicast server',
  AUTH: 'the server could not authenticate the request',
  AUTO: 'the Autokey sequence failed',
  BCST: 'the association belongs to a broadcast server',
  CRYP: 'cryptographic authentication or identification failed',
  DENY: 'access is denied: the client must not ask again',
  DROP: 'a peer was lost in symmetric mode',
  RSTR: 'access is denied by local policy: the client must not ask again',
  INIT: 'the server has not yet synchronised for the first time',
  MCST: 'the association belongs to a server that was discovered',
  NKEY: 'no such key: it was never installed or is not trusted',
  NTSN: 'the network time security of the request could not be verified',
  RATE: 'the client asks too often and must ask less often',
  RMOT: 'the association was changed from a remote host',
  STEP: 'the server’s clock was stepped and is not synchronised again yet',
};

/** RFC 5905 figure 12, and LOCL, which servers use for a clock that nobody sets. */
const CLOCKS: Readonly<Record<string, string>> = {
  GOES: 'a geostationary weather satellite',
  GPS: 'the Global Positioning System',
  GAL: 'the Galileo positioning system',
  PPS: 'a pulse each second',
  IRIG: 'a time code of the Inter-Range Instrumentation Group',
  WWVB: 'the radio station WWVB at Fort Collins, 60 kHz',
  DCF: 'the radio station DCF77 at Mainflingen, 77.5 kHz',
  HBG: 'the radio station HBG at Prangins, 75 kHz',
  MSF: 'the radio station MSF at Anthorn, 60 kHz',
  JJY: 'the radio station JJY in Japan',
  LORC: 'LORAN-C, 100 kHz',
  TDF: 'the radio station TDF at Allouis, 162 kHz',
  CHU: 'the radio station CHU at Ottawa',
  WWV: 'the radio station WWV at Fort Collins',
  WWVH: 'the radio station WWVH on Kauai',
  NIST: 'a telephone modem of NIST',
  ACTS: 'a telephone modem of NIST',
  USNO: 'a telephone modem of the US Naval Observatory',
  PTB: 'a European telephone modem',
  LOCL: 'the server’s own clock, which nobody sets',
};

/** What of a header the meaning of other fields rests on. */
export interface PacketKind {
  readonly mode: number;
  readonly stratum: number;
}

const MODE_CLIENT = 3;
const UNSYNCHRONISED_STRATUM = 16;

export const leapWords = (leap: number): string => LEAPS[leap] ?? '';

export const modeWords = (mode: number): string => MODES[mode] ?? '';

/** RFC 5905 figure 11. */
export function stratumWords({ mode, stratum }: PacketKind): string {
  if (stratum === 0)
    return mode === MODE_CLIENT ? 'not told' : 'a kiss-o’-death: the reference identifier says why there is no time';
  if (stratum === 1) return 'set by a reference clock itself';
  if (stratum < UNSYNCHRONISED_STRATUM)
    return `${stratum - 1} ${stratum === 2 ? 'server' : 'servers'} between it and a reference clock`;
  return stratum === UNSYNCHRONISED_STRATUM ? 'not synchronised' : 'reserved: no clock has it';
}

/** What the reference identifier shows, and what it means (RFC 5905 section 7.3). */
export function referenceIdWords(id: number, { mode, stratum }: PacketKind): { readonly value: string; readonly words: string } {
  const text = referenceIdText(id);
  if (id === 0) return { value: '0', words: 'not told' };
  if (stratum === 0 && mode !== MODE_CLIENT) {
    const words =
      (Object.hasOwn(KISS_CODES, text) ? KISS_CODES[text] : undefined) ??
      (text.startsWith('X') ? 'a kiss code for experiments, to be ignored' : 'a kiss code nobody knows');
    return { value: text, words: `kiss code: ${words}` };
  }
  if (stratum <= 1) {
    const unknown = text.startsWith('X') ? 'one for experiments' : 'of a kind nobody has registered';
    return { value: text, words: `reference clock: ${Object.hasOwn(CLOCKS, text) ? CLOCKS[text] : unknown}` };
  }
  if (stratum >= UNSYNCHRONISED_STRATUM) return { value: text, words: 'of a clock that is not synchronised' };
  return {
    value: formatIPv4(id),
    words: 'the server it is set by: its IPv4 address, or the first octets of the MD5 of its IPv6 one',
  };
}

/** A binary logarithm of seconds: 6 is 2^6 s = 64 s. */
export function logarithmWords(exponent: number): string {
  const seconds = 2 ** exponent;
  return `2^${exponent} s = ${secondsWords(seconds)}`;
}

/** Three digits and a unit: `64 s`, `954 ns`, `1.5 ms`. */
export function secondsWords(seconds: number): string {
  const scales = [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']] as const; // prettier-ignore
  const [scale, unit] = scales.find(([least]) => Math.abs(seconds) >= least) ?? (seconds === 0 ? scales[0] : scales[3]);
  const value = seconds / scale;
  return `${Math.abs(value) >= 1e6 ? value.toExponential(2) : Number(value.toPrecision(value >= 1_000 ? 7 : 3))} ${unit}`;
}

const S_PER_ERA = 2 ** 32;
const FRACTIONS_PER_S = 2 ** 32;
const NS_PER_S = 1e9;

/** A timestamp as a date: of all it may mean, the one nearest to `nearUnixMs` is taken (RFC 5905 section 6). */
export function timestampWords(timestamp: bigint, nearUnixMs: number): { readonly value: string; readonly era: number } {
  const seconds = Number(timestamp >> 32n);
  const nearS = nearUnixMs / 1_000 + UNIX_EPOCH_S;
  const era = Math.round((nearS - seconds) / S_PER_ERA);
  const ns = Math.round((Number(timestamp & 0xffff_ffffn) / FRACTIONS_PER_S) * NS_PER_S);
  // A fraction rounded up to a whole second is one.
  const date = new Date((era * S_PER_ERA + seconds - UNIX_EPOCH_S + Math.floor(ns / NS_PER_S)) * 1_000);
  const second = date.toISOString().slice(0, -'.000Z'.length).replace('T', ' ');
  return { value: `${second}.${String(ns % NS_PER_S).padStart(9, '0')} UTC`, era };
}
