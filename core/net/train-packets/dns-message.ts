import { wordsOf, isIPv6, UNSPECIFIED_IPV6 } from '../address-book.ts';

const HEADER_LENGTH = 12;
const TYPE_A = 1;
const TYPE_SOA = 6;
const TYPE_AAAA = 28;
const CLASS_IN = 1;
const TYPE_OPT = 41;
/** Largest UDP payload asked for: https://www.dnsflagday.net/2020/. */
const UDP_PAYLOAD_OCTETS = 1_232;
const OPT_LENGTH = 11;
const OPTION_PADDING = 12;
const OPTION_HEADER_LENGTH = 4;
/** Name, type, class, TTL and length of a record (RFC 1035 section 4.1.3). */
const RECORD_HEADER_LENGTH = 12;
const ADDRESS_LENGTH = { [TYPE_A]: 4, [TYPE_AAAA]: 16 } as const;
/** Labels of a SOA record's two names, each followed by a pointer to the zone, and its five numbers (RFC 1035 section 3.3.13). */
const SOA_NAMES = ['ns1', 'hostmaster'] as const;
const SOA_NUMBERS = [2_026_030_101, 7_200, 3_600, 1_209_600, 300] as const;
const SOA_LENGTH = SOA_NAMES.reduce((sum, label) => sum + 1 + label.length + 2, 4 * SOA_NUMBERS.length);
const TTL_S = 300;
/** A pointer to the name in the question (RFC 1035 section 4.1.4). */
const POINTER = 0xc000;
const FLAGS_QUESTION = 0x0100; // recursion desired
const FLAGS_ANSWER = 0x8180; // response, recursion desired and available

/** What a message asks or tells. */
export interface AddressAnswer {
  readonly isAnswer: boolean;
  /** What is answered or will be: an IPv4 address to type A, an IPv6 one to type AAAA, `UNSPECIFIED_IPV6` when there is none. */
  readonly address: number;
}

/**
 * A DNS question for the address of `name`, or its answer, of exactly `length` octets: EDNS (RFC 6891) and its padding
 * (RFC 7830) take up what the message leaves. Where there is no address, the zone's SOA record stands for it (RFC 2308 section 2.2).
 * Returns `undefined` when no message of that length exists.
 */
export function dnsMessage(
  id: number,
  name: string,
  { isAnswer, address }: AddressAnswer,
  length: number,
): Uint8Array | undefined {
  const labels = name.split('.');
  const questionEnd = HEADER_LENGTH + name.length + 2 + 4;
  const type = isIPv6(address) ? TYPE_AAAA : TYPE_A;
  const isNone = address === UNSPECIFIED_IPV6;
  const dataLength = isNone ? SOA_LENGTH : ADDRESS_LENGTH[type];
  const recordEnd = questionEnd + (isAnswer ? RECORD_HEADER_LENGTH + dataLength : 0);
  const spare = length - recordEnd;
  const padding = spare - OPT_LENGTH - OPTION_HEADER_LENGTH;
  if ((spare !== 0 && spare !== OPT_LENGTH && padding < 0) || labels.some((label) => label.length < 1 || label.length > 63))
    return undefined;
  const view = new DataView(new ArrayBuffer(length));
  view.setUint16(0, id & 0xffff);
  view.setUint16(2, isAnswer ? FLAGS_ANSWER : FLAGS_QUESTION);
  view.setUint16(4, 1);
  view.setUint16(6, isAnswer && !isNone ? 1 : 0);
  view.setUint16(8, isAnswer && isNone ? 1 : 0);
  view.setUint16(10, spare === 0 ? 0 : 1);
  let at = HEADER_LENGTH;
  for (const label of labels) at = writeLabel(view, at, label);
  view.setUint16(at + 1, type);
  view.setUint16(at + 3, CLASS_IN);
  // The zone is what the name's first label lies in.
  const zone = labels.length > 1 ? HEADER_LENGTH + 1 + (labels[0] as string).length : HEADER_LENGTH;
  if (isAnswer && isNone) writeSoa(view, questionEnd, POINTER | zone);
  else if (isAnswer) writeAddress(view, questionEnd, type, address);
  if (spare > 0) writeOpt(view, recordEnd, Math.max(0, padding + OPTION_HEADER_LENGTH), padding);
  return new Uint8Array(view.buffer);
}

/** Returns where the next label begins. */
function writeLabel(view: DataView, at: number, label: string): number {
  view.setUint8(at, label.length);
  for (let index = 0; index < label.length; index++) view.setUint8(at + 1 + index, label.charCodeAt(index) & 0x7f);
  return at + 1 + label.length;
}

/** Returns where its data begin. */
function writeRecordHeader(view: DataView, at: number, owner: number, type: number, dataLength: number): number {
  view.setUint16(at, owner);
  view.setUint16(at + 2, type);
  view.setUint16(at + 4, CLASS_IN);
  view.setUint32(at + 6, TTL_S);
  view.setUint16(at + 10, dataLength);
  return at + RECORD_HEADER_LENGTH;
}

function writeAddress(view: DataView, at: number, type: typeof TYPE_A | typeof TYPE_AAAA, address: number): void {
  const data = writeRecordHeader(view, at, POINTER | HEADER_LENGTH, type, ADDRESS_LENGTH[type]);
  const words = type === TYPE_AAAA ? wordsOf(address) : [address];
  words.forEach((word, index) => view.setUint32(data + 4 * index, word));
}

function writeSoa(view: DataView, at: number, zone: number): void {
  let data = writeRecordHeader(view, at, zone, TYPE_SOA, SOA_LENGTH);
  for (const label of SOA_NAMES) {
    data = writeLabel(view, data, label);
    view.setUint16(data, zone);
    data += 2;
  }
  SOA_NUMBERS.forEach((number, index) => view.setUint32(data + 4 * index, number));
}

function writeOpt(view: DataView, at: number, dataLength: number, padding: number): void {
  view.setUint16(at + 1, TYPE_OPT);
  view.setUint16(at + 3, UDP_PAYLOAD_OCTETS);
  view.setUint16(at + 9, dataLength);
  if (dataLength === 0) return;
  view.setUint16(at + 11, OPTION_PADDING);
  view.setUint16(at + 13, padding);
}
