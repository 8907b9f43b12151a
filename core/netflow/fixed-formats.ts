import type { Template } from '../ipfix/template.ts';
import { elementByName } from '../ipfix/registry/registry.ts';
import { V5_RECORD } from './v5-record.ts';

/** A version of NetFlow whose records are always the same, described as if a Template had announced them. */
export interface FixedFormat {
  readonly headerLength: number;
  /** The record, its padding included as `paddingOctets`. */
  readonly record: Template;
  readonly recordLength: number;
}

/** Names of IPFIX elements with octets, in the order of the wire. */
const template = (id: number, fields: readonly (readonly [string, number])[]): Template => ({
  id,
  scopeFieldCount: 0,
  fields: fields.map(([name, length]) => ({ enterpriseNumber: 0, elementId: elementByName(name)?.elementId ?? 0, length })),
});

/** Where all versions are alike: 36 octets. */
const BEGINNING = [
  ['sourceIPv4Address', 4],
  ['destinationIPv4Address', 4],
  ['ipNextHopIPv4Address', 4],
  ['ingressInterface', 2],
  ['egressInterface', 2],
  ['packetDeltaCount', 4],
  ['octetDeltaCount', 4],
  ['flowStartSysUpTime', 4],
  ['flowEndSysUpTime', 4],
  ['sourceTransportPort', 2],
  ['destinationTransportPort', 2],
] as const;

const v1Record = (reserved: number): Template =>
  template(0, [
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
  record: template(0, [
    ...BEGINNING,
    ['paddingOctets', 1],
    ['tcpControlBits', 1],
    ['protocolIdentifier', 1],
    ['ipClassOfService', 1],
    ['bgpSourceAsNumber', 2],
    ['bgpDestinationAsNumber', 2],
    ['sourceIPv4PrefixLength', 1],
    ['destinationIPv4PrefixLength', 1],
    ['paddingOctets', 6],
  ]),
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
