import { formatIPv6Groups } from '../net/ipv6-text.ts';
import { readSampledHeader, type SampledHeader } from './sampled-header.ts';
import type { XdrReader } from './xdr-reader.ts';

/** A value of an sFlow record; lists and headers are nested. */
export type SFlowValue = number | string | readonly SFlowValue[] | SampledHeader | undefined;
/** What a record says, in the order of the wire. */
export type SFlowFields = Readonly<Record<string, SFlowValue>>;

type Read = (xdr: XdrReader) => SFlowFields;

/** The header of the packet itself: the sFlow version 5 memo, section 5.3. */
const sampledHeader: Read = (xdr) => {
  const from = xdr.at;
  const headerProtocol = xdr.uint32();
  const frameLength = xdr.uint32();
  const stripped = xdr.uint32();
  const headerLength = xdr.uint32();
  xdr.octets(headerLength);
  const record = new Uint8Array(xdr.view.buffer, xdr.view.byteOffset + from, xdr.end - from);
  return { headerProtocol, frameLength, stripped, headerLength, inner: readSampledHeader(record) };
};

const ethernetFrame: Read = (xdr) => ({
  frameLength: xdr.uint32(),
  srcMac: xdr.macAddress(),
  dstMac: xdr.macAddress(),
  etherType: xdr.uint32(),
});

const ipv4: Read = (xdr) => ({
  ipLength: xdr.uint32(),
  proto: xdr.uint32(),
  src: xdr.octets(4).join('.'),
  dst: xdr.octets(4).join('.'),
  sport: xdr.uint32(),
  dport: xdr.uint32(),
  tcpFlags: xdr.uint32(),
  tos: xdr.uint32(),
});

const ipv6: Read = (xdr) => ({
  ipLength: xdr.uint32(),
  proto: xdr.uint32(),
  src: addressText(xdr.octets(16)),
  dst: addressText(xdr.octets(16)),
  sport: xdr.uint32(),
  dport: xdr.uint32(),
  tcpFlags: xdr.uint32(),
  priority: xdr.uint32(),
});

const addressText = (octets: Uint8Array): string => (octets.length === 16 ? formatIPv6Groups(octets) : '');

const extendedSwitch: Read = (xdr) => ({
  srcVlan: xdr.uint32(),
  srcPriority: xdr.uint32(),
  dstVlan: xdr.uint32(),
  dstPriority: xdr.uint32(),
});

const extendedRouter: Read = (xdr) => ({ nextHop: xdr.address(), srcMask: xdr.uint32(), dstMask: xdr.uint32() });

/** A segment of an AS path: 1 for a set, 2 for a sequence, and the AS numbers. */
const pathSegment = (xdr: XdrReader) => (): SFlowValue[] => [xdr.uint32(), xdr.list(() => xdr.uint32())];

const extendedGateway: Read = (xdr) => ({
  nextHop: xdr.address(),
  as: xdr.uint32(),
  srcAs: xdr.uint32(),
  srcPeerAs: xdr.uint32(),
  dstAsPath: xdr.list(pathSegment(xdr)),
  communities: xdr.list(() => xdr.uint32()),
  localPref: xdr.uint32(),
});

const extendedUser: Read = (xdr) => ({
  srcCharset: xdr.uint32(),
  srcUser: xdr.text(),
  dstCharset: xdr.uint32(),
  dstUser: xdr.text(),
});

/** Formats of records that whoever makes flows of samples looks into, `enterprise:format`. */
export const FLOW_RECORD = { header: '0:1', ipv4: '0:3', ipv6: '0:4', switch: '0:1001', gateway: '0:1003' } as const;

/** Formats of the records of a flow sample, those of enterprise 0. */
export const FLOW_RECORDS: ReadonlyMap<number, Read> = new Map([
  [1, sampledHeader],
  [2, ethernetFrame],
  [3, ipv4],
  [4, ipv6],
  [1001, extendedSwitch],
  [1002, extendedRouter],
  [1003, extendedGateway],
  [1004, extendedUser],
]);
