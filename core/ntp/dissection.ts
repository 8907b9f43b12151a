import { fault, type BitField, type Part } from '../bytes/part.ts';
import { NTP_HEADER_LENGTH } from './packet.ts';
import {
  leapWords,
  logarithmWords,
  modeWords,
  referenceIdWords,
  secondsWords,
  stratumWords,
  timestampWords,
  type PacketKind,
} from './packet-words.ts';
import { isCryptoNak, macOffset } from './trailer.ts';

/** From 6 on a packet has the first octet of the header and nothing else of it (RFC 9327). */
const FIRST_OTHER_MODE = 6;
const SHORT_UNITS_PER_S = 65_536;
const KEY_ID_LENGTH = 4;
const FIELD_HEADER_LENGTH = 4;

/** RFC 8915 section 7.5, RFC 7821; others are told by their number. */
const FIELD_TYPES: Readonly<Record<number, string>> = {
  0x0104: 'Unique Identifier (NTS)',
  0x0204: 'NTS Cookie',
  0x0304: 'NTS Cookie Placeholder',
  0x0404: 'NTS Authenticator and Encrypted Extension Fields',
  0x2005: 'UDP Checksum Complement',
};

interface HeaderField {
  readonly name: string;
  readonly length: 1 | 4 | 8;
  readonly tell: (view: DataView, at: number, kind: PacketKind, nearUnixMs: number) => Pick<Part, 'value' | 'words' | 'bits'>;
}

const timestamp =
  (words: string): HeaderField['tell'] =>
  (view, at, _kind, nearUnixMs) => {
    const read = view.getBigUint64(at);
    if (read === 0n) return { value: '0', words: `${words}: not told` };
    const { value, era } = timestampWords(read, nearUnixMs);
    return { value, words: `${words}; ${era === 0 ? 'NTP’s era 0, from 1900 to 2036' : `NTP’s era ${era}`}` };
  };

const seconds =
  (words: string): HeaderField['tell'] =>
  (view, at) => ({
    value: secondsWords(view.getUint32(at) / SHORT_UNITS_PER_S),
    words,
  });

/** RFC 5905 figure 8, in the order of the wire. */
const HEADER: readonly HeaderField[] = [
  { name: 'LI, VN, Mode', length: 1, tell: (view, at) => ({ bits: flags(view.getUint8(at)) }) },
  {
    name: 'Stratum',
    length: 1,
    tell: (view, at, kind) => ({ value: view.getUint8(at), words: stratumWords(kind) }),
  },
  {
    name: 'Poll',
    length: 1,
    tell: (view, at, { mode }) => {
      const value = view.getInt8(at);
      return {
        value,
        words: mode === 3 && value === 0 ? 'not told' : `how often the server is asked: every ${logarithmWords(value)}`,
      };
    },
  },
  {
    name: 'Precision',
    length: 1,
    tell: (view, at, { mode }) => {
      const value = view.getInt8(at);
      return { value, words: mode === 3 && value === 0 ? 'not told' : `how finely the clock is read: ${logarithmWords(value)}` };
    },
  },
  { name: 'Root Delay', length: 4, tell: seconds('the way from the server to its reference clock and back') },
  { name: 'Root Dispersion', length: 4, tell: seconds('how far the server’s clock may be off, besides that') },
  {
    name: 'Reference ID',
    length: 4,
    tell: (view, at, kind) => referenceIdWords(view.getUint32(at), kind),
  },
  { name: 'Reference Timestamp', length: 8, tell: timestamp('when the clock was last set') },
  { name: 'Origin Timestamp', length: 8, tell: timestamp('what the request had as its transmit timestamp, given back') },
  { name: 'Receive Timestamp', length: 8, tell: timestamp('T2, when the request arrived, by the server’s clock') },
  {
    name: 'Transmit Timestamp',
    length: 8,
    tell: (view, at, kind, nearUnixMs) =>
      timestamp(
        kind.mode === 3
          ? 'T1, when the request left, by the client’s clock, or a number by chance in its place'
          : 'T3, when the reply left, by the server’s clock',
      )(view, at, kind, nearUnixMs),
  },
];

/**
 * Takes an NTP packet apart (RFC 5905 section 7.3, RFC 7822): every octet belongs to one part without parts of its own. Timestamps
 * are told as the dates nearest to `nearUnixMs`. Never throws, whatever the octets: what cannot be told apart is a part of kind `fault`.
 */
export function dissectNtpPacket(payload: Uint8Array, nearUnixMs: number): Part {
  const { length } = payload;
  const whole = (parts: readonly Part[]): Part => ({ from: 0, to: length, kind: 'message', name: 'NTP packet', parts });
  if (length === 0) return whole([]);
  const view = new DataView(payload.buffer, payload.byteOffset, length);
  const first = view.getUint8(0);
  const kind: PacketKind = { mode: first & 7, stratum: length > 1 ? view.getUint8(1) : 0 };
  if (kind.mode >= FIRST_OTHER_MODE) {
    const flagsPart: Part = { from: 0, to: 1, kind: 'field', name: 'LI, VN, Mode', bits: flags(first) };
    return whole(
      length === 1
        ? [flagsPart]
        : [flagsPart, fault(1, length, `mode ${kind.mode} is not about the time: its octets are others`)],
    );
  }
  const header = headerPart(view, kind, nearUnixMs);
  return whole([header, ...(length > NTP_HEADER_LENGTH ? trailer(payload, view, (first >> 3) & 7) : [])]);
}

function headerPart(view: DataView, kind: PacketKind, nearUnixMs: number): Part {
  const parts: Part[] = [];
  const end = Math.min(view.byteLength, NTP_HEADER_LENGTH);
  let at = 0;
  for (const { name, length, tell } of HEADER) {
    if (at + length > end) {
      if (at < end) parts.push(fault(at, end, `the packet ends inside its ${name}: a header has ${NTP_HEADER_LENGTH} octets`));
      break;
    }
    parts.push({ from: at, to: at + length, kind: 'field', name, ...tell(view, at, kind, nearUnixMs) });
    at += length;
  }
  return { from: 0, to: end, kind: 'header', name: 'Header', parts };
}

/** Leap indicator, version and mode share the first octet. */
function flags(octet: number): BitField[] {
  const [leap, version, mode] = [octet >> 6, (octet >> 3) & 7, octet & 7];
  return [
    { name: 'Leap Indicator', width: 2, value: leap, words: leapWords(leap) },
    { name: 'Version Number', width: 3, value: version, words: versionWords(version) },
    { name: 'Mode', width: 3, value: mode, words: modeWords(mode) },
  ];
}

function versionWords(version: number): string {
  if (version === 4) return 'RFC 5905';
  return version > 4 || version === 0 ? 'no version that is known' : 'an older version';
}

/** Extension fields and MAC: RFC 7822 says which is which. */
function trailer(payload: Uint8Array, view: DataView, version: number): Part[] {
  const { length } = payload;
  if (isCryptoNak(payload)) {
    const words = 'a crypto-NAK: the MAC of the request was wrong';
    return [{ from: NTP_HEADER_LENGTH, to: length, kind: 'field', name: 'Key Identifier', value: 0, words }];
  }
  const macAt = macOffset(payload, version);
  if (macAt === undefined) return [fault(NTP_HEADER_LENGTH, length, 'neither extension fields nor a MAC (RFC 7822 section 7.5)')];
  const parts: Part[] = [];
  for (let at = NTP_HEADER_LENGTH; at < macAt;) {
    const field = extensionField(view, at);
    parts.push(field);
    at = field.to;
  }
  return macAt < length ? [...parts, mac(view, macAt)] : parts;
}

function extensionField(view: DataView, from: number): Part {
  const type = view.getUint16(from);
  const length = view.getUint16(from + 2);
  const [to, name] = [from + length, FIELD_TYPES[type] ?? 'of a type that is not known'];
  const body = { from: from + FIELD_HEADER_LENGTH, to, kind: 'field', name: 'Value' } as const;
  return {
    from,
    to,
    kind: 'set',
    name: 'Extension Field',
    parts: [
      { from, to: from + 2, kind: 'field', name: 'Field Type', value: `0x${type.toString(16).padStart(4, '0')}`, words: name },
      { from: from + 2, to: from + 4, kind: 'field', name: 'Length', value: length, words: 'octets of the whole field' },
      { ...body, value: hexOf(view, body.from, to), words: 'and what fills it up to a multiple of 4 octets' },
    ],
  };
}

function mac(view: DataView, from: number): Part {
  const to = view.byteLength;
  const at = from + KEY_ID_LENGTH;
  const words = 'which of the keys that client and server share';
  return {
    from,
    to,
    kind: 'set',
    name: 'MAC',
    parts: [
      { from, to: at, kind: 'field', name: 'Key Identifier', value: view.getUint32(from), words },
      { from: at, to, kind: 'field', name: 'Digest', value: hexOf(view, at, to), words: digestWords(to - at) },
    ],
  };
}

/** RFC 5905 section 7.3, RFC 8573; RFC 7822 section 7.5.1 for those that are cut. */
function digestWords(length: number): string {
  const kind = length === 16 ? 'MD5 or AES-CMAC' : length === 20 ? 'SHA-1, or a longer one cut to 20 octets' : `${length} octets`;
  return `proves that whoever sent the packet has the key, and that nothing of it was changed: ${kind}`;
}

function hexOf(view: DataView, from: number, to: number): string {
  let text = '0x';
  for (let at = from; at < to; at++) text += view.getUint8(at).toString(16).padStart(2, '0');
  return text;
}
