import type { Template } from '../ipfix/template.ts';
import { BEGINNING, fixedRecord, V5_AND_V7_FIELDS, V5_RECORD } from './v5-record.ts';

/** A version of NetFlow whose records are always the same, described as if a Template had announced them. */
export interface FixedFormat {
  readonly headerLength: number;
  /** The record, its padding included as `paddingOctets`. */
  readonly record: Template;
  readonly recordLength: number;
}

const v1Record = (reserved: number): Template =>
  fixedRecord([
    ...BEGINNING,
    ['paddingOctets', 2],
    ['protocolIdentifier', 1],
    ['ipClassOfService', 1],
    ['tcpControlBits', 1],
    ['paddingOctets', reserved],
  ]);

const V1: FixedFormat = { headerLength: 16, record: v1Record(11), recordLength: 52 };
/** What softflowd sends: records without the last four reserved octets. */
const V1_SHORT: FixedFormat = { headerLength: 16, record: v1Record(7), recordLength: 48 };
const V5: FixedFormat = { headerLength: 24, record: V5_RECORD, recordLength: 48 };
/** Catalyst switches; its flags say which fields are valid, its last four octets are the router that was bypassed. */
const V7: FixedFormat = {
  headerLength: 24,
  record: fixedRecord([...V5_AND_V7_FIELDS, ['paddingOctets', 6]]),
  recordLength: 52,
};

/** The format of a datagram of so many octets that says it has `count` records; `undefined` for another version. */
export function fixedFormatOf(version: number, length: number, count: number): FixedFormat | undefined {
  switch (version) {
    case 1:
      return V1.headerLength + V1.recordLength * count > length &&
        V1_SHORT.headerLength + V1_SHORT.recordLength * count === length
        ? V1_SHORT
        : V1;
    case 5:
      return V5;
    case 7:
      return V7;
    default:
      return undefined;
  }
}
