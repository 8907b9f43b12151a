import { fault, type Part } from '../bytes/part.ts';
import { nameField } from '../ipfix/named-field.ts';
import { numberPart, recordParts } from '../ipfix/record-parts.ts';
import { readFixedDatagram } from './fixed-reader.ts';

type Field = readonly [length: 1 | 2 | 4, name: string, words: string];

const COMMON: readonly Field[] = [
  [2, 'version', 'of NetFlow'],
  [2, 'count', 'records in the datagram'],
  [4, 'SysUptime', 'how long the exporter has been on, in milliseconds'],
  [4, 'unix_secs', 'when the datagram left, in seconds since 1970 by the exporter’s clock'],
  [4, 'unix_nsecs', 'nanoseconds beyond that'],
];
const SEQUENCE: Field = [4, 'flow_sequence', 'flows sent before this datagram: a gap tells of lost ones'];

/** Headers of the versions whose records are always the same, as Cisco describes them. */
const HEADERS: Readonly<Record<number, readonly Field[]>> = {
  1: COMMON,
  5: [
    ...COMMON,
    SEQUENCE,
    [1, 'engine_type', 'which kind of part of the exporter speaks'],
    [1, 'engine_id', 'which one of these'],
    [2, 'sampling_interval', 'two bits of how packets are chosen, and one of how many is'],
  ],
  7: [...COMMON, SEQUENCE, [4, 'reserved', 'nothing']],
};

/**
 * Takes a datagram of NetFlow v1, v5 or v7 apart: every octet belongs to one part without parts of its own, and it never throws. Records
 * are told by the elements of IPFIX that mean the same.
 */
export function dissectFixedDatagram(view: DataView): Part {
  const { byteLength } = view;
  const whole = (parts: readonly Part[]): Part => ({ from: 0, to: byteLength, kind: 'message', name: 'NetFlow datagram', parts });
  const read = readFixedDatagram(view, () => undefined);
  const header = read && HEADERS[read.version];
  if (read === undefined || header === undefined)
    return whole(byteLength === 0 ? [] : [fault(0, byteLength, 'no header of NetFlow v1, v5 or v7')]);
  let at = 0;
  const fields = header.map(([length, name, words]) => {
    const part = numberPart(view, at, length, name, words);
    at = part.to;
    return part;
  });
  const parts: Part[] = [{ from: 0, to: at, kind: 'header', name: 'Header', parts: fields }];
  const { record, recordLength } = read.format;
  const end = at + recordLength * read.recordCount;
  parts.push(...recordParts(record, view, at, end, nameField).map(({ templateId: _, ...part }) => part));
  if (end < byteLength) parts.push(fault(end, byteLength, 'octets after the last record that is counted and whole'));
  return whole(parts);
}
