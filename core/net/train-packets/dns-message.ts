const HEADER_LENGTH = 12;
const TYPE_A = 1;
const CLASS_IN = 1;
const TYPE_OPT = 41;
/** Largest UDP payload asked for: https://www.dnsflagday.net/2020/. */
const UDP_PAYLOAD_OCTETS = 1_232;
const OPT_LENGTH = 11;
const OPTION_PADDING = 12;
const OPTION_HEADER_LENGTH = 4;
const ANSWER_LENGTH = 16;
const TTL_S = 300;
/** A pointer to the name in the question (RFC 1035 section 4.1.4). */
const POINTER_TO_QUESTION = 0xc000 | HEADER_LENGTH;
const FLAGS_QUESTION = 0x0100; // recursion desired
const FLAGS_ANSWER = 0x8180; // response, recursion desired and available

/**
 * A DNS question for the IPv4 address of `name`, or its answer, of exactly `length` octets: EDNS (RFC 6891) and its padding
 * (RFC 7830) take up what the message leaves. Returns `undefined` when no message of that length exists.
 *
 * @param answer the address; 0 makes it a question
 */
export function dnsMessage(id: number, name: string, answer: number, length: number): Uint8Array | undefined {
  const labels = name.split('.');
  const questionLength = name.length + 2 + 4;
  const spare = length - HEADER_LENGTH - questionLength - (answer === 0 ? 0 : ANSWER_LENGTH);
  const padding = spare - OPT_LENGTH - OPTION_HEADER_LENGTH;
  if ((spare !== 0 && spare !== OPT_LENGTH && padding < 0) || labels.some((label) => label.length < 1 || label.length > 63))
    return undefined;
  const octets = new Uint8Array(length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, id & 0xffff);
  view.setUint16(2, answer === 0 ? FLAGS_QUESTION : FLAGS_ANSWER);
  view.setUint16(4, 1);
  view.setUint16(6, answer === 0 ? 0 : 1);
  view.setUint16(10, spare === 0 ? 0 : 1);
  let at = HEADER_LENGTH;
  for (const label of labels) {
    octets[at++] = label.length;
    for (let index = 0; index < label.length; index++) octets[at++] = label.charCodeAt(index) & 0x7f;
  }
  at++;
  view.setUint16(at, TYPE_A);
  view.setUint16(at + 2, CLASS_IN);
  at += 4;
  if (answer !== 0) {
    view.setUint16(at, POINTER_TO_QUESTION);
    view.setUint16(at + 2, TYPE_A);
    view.setUint16(at + 4, CLASS_IN);
    view.setUint32(at + 6, TTL_S);
    view.setUint16(at + 10, 4);
    view.setUint32(at + 12, answer);
    at += ANSWER_LENGTH;
  }
  if (spare > 0) writeOpt(view, at, Math.max(0, padding + OPTION_HEADER_LENGTH), padding);
  return octets;
}

function writeOpt(view: DataView, at: number, dataLength: number, padding: number): void {
  view.setUint16(at + 1, TYPE_OPT);
  view.setUint16(at + 3, UDP_PAYLOAD_OCTETS);
  view.setUint16(at + 9, dataLength);
  if (dataLength === 0) return;
  view.setUint16(at + 11, OPTION_PADDING);
  view.setUint16(at + 13, padding);
}
