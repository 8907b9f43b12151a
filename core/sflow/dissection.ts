import { fault, type Part } from '../bytes/part.ts';
import { formatIPv4 } from '../net/address.ts';
import { formatIPv6Groups } from '../net/ipv6-text.ts';
import { numberPart } from '../ipfix/record-parts.ts';
import { COUNTER_RECORDS } from './counter-records.ts';
import { FLOW_RECORDS } from './flow-records.ts';
import { XdrReader } from './xdr-reader.ts';

const WORD = 4;
/** An address's kind and its octets: the sFlow version 5 memo, section 5.1. */
const ADDRESS_LENGTHS: Readonly<Record<number, number>> = { 1: 4, 2: 16 };

const SAMPLES: Readonly<Record<string, string>> = {
  '0:1': 'Flow Sample',
  '0:2': 'Counter Sample',
  '0:3': 'Expanded Flow Sample',
  '0:4': 'Expanded Counter Sample',
};
const FLOW_FIELDS = [
  ['sequence number', 'samples of this source before it'],
  ['source id', 'the interface that was looked at'],
  ['sampling rate', 'one of so many packets was taken'],
  ['sample pool', 'packets that could have been taken'],
  ['drops', 'samples lost in the device'],
  ['input', 'the interface the packet came in by'],
  ['output', 'the interface it left by'],
  ['records', 'how many follow'],
] as const;
const COUNTER_FIELDS = [FLOW_FIELDS[0], FLOW_FIELDS[1], FLOW_FIELDS[7]] as const;
/** In expanded samples these are two words, a kind and a number. */
const PORTS = new Set(['source id', 'input', 'output']);

/**
 * Takes an sFlow datagram of version 5 (https://sflow.org/sflow_version_5.txt) apart: every octet belongs to one part without parts of
 * its own, and it never throws. What a record says is told in words, not octet by octet.
 */
export function dissectSFlowDatagram(view: DataView): Part {
  const { byteLength } = view;
  const whole = (parts: readonly Part[]): Part => ({ from: 0, to: byteLength, kind: 'message', name: 'sFlow datagram', parts });
  const addressLength = byteLength >= 2 * WORD ? (ADDRESS_LENGTHS[view.getUint32(WORD)] ?? 0) : 0;
  const headerLength = 6 * WORD + addressLength;
  if (byteLength < headerLength || view.getUint32(0) !== 5)
    return whole(byteLength === 0 ? [] : [fault(0, byteLength, 'no head of sFlow version 5')]);
  const parts = [header(view, addressLength)];
  let at = headerLength;
  for (let left = view.getUint32(headerLength - WORD); left > 0 && at < byteLength; left--) {
    const sample = samplePart(view, at);
    parts.push(sample);
    at = sample.to;
  }
  if (at < byteLength) parts.push(fault(at, byteLength, 'octets after the last sample'));
  return whole(parts);
}

function header(view: DataView, addressLength: number): Part {
  const at = 2 * WORD + addressLength;
  const octets = new Uint8Array(view.buffer, view.byteOffset + 2 * WORD, addressLength);
  const value = addressLength === WORD ? formatIPv4(view.getUint32(2 * WORD)) : formatIPv6Groups(octets);
  const address: Part = { from: 2 * WORD, to: at, kind: 'field', name: 'agent address', value, words: 'the device that samples' };
  const parts = [
    numberPart(view, 0, 4, 'version', 'of sFlow'),
    numberPart(view, WORD, 4, 'address type', '1 is IPv4, 2 is IPv6, anything else not known'),
    ...(addressLength === 0 ? [] : [address]),
    numberPart(view, at, 4, 'sub-agent id', 'which part of the device speaks'),
    numberPart(view, at + WORD, 4, 'sequence number', 'datagrams of it before this one: a gap tells of lost ones'),
    numberPart(view, at + 2 * WORD, 4, 'uptime', 'how long the device has been on, in milliseconds'),
    numberPart(view, at + 3 * WORD, 4, 'samples', 'how many follow'),
  ];
  return { from: 0, to: at + 4 * WORD, kind: 'header', name: 'Header', parts };
}

/** Format and length, then so many octets, which are filled up to a word: samples and records alike. */
function bodyOf(view: DataView, from: number, end: number): { format: string; body: number; to: number } | undefined {
  if (end - from < 2 * WORD) return undefined;
  const [tag, length] = [view.getUint32(from), view.getUint32(from + WORD)];
  const body = from + 2 * WORD;
  if (length > end - body) return undefined;
  return { format: `${tag >>> 12}:${tag & 0xfff}`, body, to: Math.min(end, body + WORD * Math.ceil(length / WORD)) };
}

const headsOf = (view: DataView, from: number, format: string, words: string): Part[] => [
  { from, to: from + WORD, kind: 'field', name: 'format', value: format, words },
  numberPart(view, from + WORD, 4, 'length', 'octets that follow'),
];

function samplePart(view: DataView, from: number): Part {
  const end = view.byteLength;
  const found = bodyOf(view, from, end);
  if (found === undefined) return fault(from, end, 'a sample that does not end inside the datagram');
  const { format, body, to } = found;
  const name = SAMPLES[format];
  const parts = headsOf(view, from, format, name ?? 'a kind of sample that is not known');
  const sample = (rest: readonly Part[]): Part => ({ from, to, kind: 'set', name: name ?? 'Sample', parts: [...parts, ...rest] });
  if (name === undefined) return sample(body === to ? [] : [fault(body, to, `samples of format ${format} are not known`)]);
  const isFlow = name.endsWith('Flow Sample');
  let at = body;
  for (const [field, words] of isFlow ? FLOW_FIELDS : COUNTER_FIELDS) {
    const names = name.startsWith('Expanded') && PORTS.has(field) ? [`${field} type`, field] : [field];
    for (const each of names) {
      if (to - at < WORD) return sample(at === to ? [] : [fault(at, to, 'the sample ends too early')]);
      parts.push(numberPart(view, at, 4, each, words));
      at += WORD;
    }
  }
  const records: Part[] = [];
  for (let left = view.getUint32(at - WORD); left > 0 && at < to; left--) {
    const record = recordPart(view, at, to, isFlow);
    records.push(record);
    at = record.to;
  }
  return sample(at < to ? [...records, fault(at, to, 'octets after the last record')] : records);
}

function recordPart(view: DataView, from: number, end: number, isFlow: boolean): Part {
  const found = bodyOf(view, from, end);
  if (found === undefined) return fault(from, end, 'a record that does not end inside its sample');
  const { format, body, to } = found;
  const [enterprise, number] = format.split(':').map(Number);
  const read = enterprise === 0 ? (isFlow ? FLOW_RECORDS : COUNTER_RECORDS).get(number ?? 0) : undefined;
  const xdr = new XdrReader(view, body, to);
  const told = read?.(xdr);
  const parts = headsOf(view, from, format, 'which kind of record');
  if (body < to) {
    const isWhole = told !== undefined && !xdr.isOver;
    const content = isWhole
      ? { words: wordsOf(told) }
      : { words: read === undefined ? 'of a format that is not known' : 'cut short' };
    parts.push({ from: body, to, kind: isWhole || read === undefined ? 'field' : 'fault', name: 'content', ...content });
  }
  return { from, to, kind: 'record', name: 'Record', parts };
}

/** `frameLength 1514, proto 6`; what is nested is told in its place. */
function wordsOf(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const isHeader = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isHeader
        ? wordsOf(value as Record<string, unknown>)
        : `${name} ${Array.isArray(value) ? JSON.stringify(value) : String(value)}`;
    })
    .join(', ');
}
