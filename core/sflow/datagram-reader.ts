import type { IpfixIssue } from '../ipfix/message-reader.ts';
import { COUNTER_RECORDS } from './counter-records.ts';
import { FLOW_RECORDS, type SFlowFields } from './flow-records.ts';
import { XdrReader } from './xdr-reader.ts';

const VERSION = 5;

/** The head of a datagram: the sFlow version 5 memo, https://sflow.org/sflow_version_5.txt, section 5. */
export interface SFlowHeader {
  /** Address of the agent; `undefined` when it says it does not know. */
  readonly agent: string | undefined;
  readonly subAgent: number;
  /** Datagrams of this sub-agent before this one, modulo 2^32. */
  readonly sequenceNumber: number;
  /** Milliseconds since the agent was switched on, modulo 2^32. */
  readonly uptimeMs: number;
}

/** What is sampled, or an interface a packet went through: a kind and a number. */
export type SFlowPort = readonly [kind: number, number: number];

/** A sample without its records. */
export interface SFlowSample {
  /** `enterprise:format`: 0:1 flow sample, 0:2 counter sample, 0:3 and 0:4 the expanded ones. */
  readonly type: string;
  readonly length: number;
  readonly seq: number;
  readonly source: SFlowPort;
  /** Of flow samples: 1 of so many packets is taken; packets that could have been; samples dropped. */
  readonly rate?: number;
  readonly pool?: number;
  readonly drops?: number;
  readonly in?: SFlowPort;
  readonly out?: SFlowPort;
}

/** A record of a sample. */
export interface SFlowRecord {
  /** `enterprise:format`. */
  readonly format: string;
  readonly length: number;
  /** `undefined` for a format that is not known. */
  readonly fields: SFlowFields | undefined;
  readonly octets: Uint8Array;
}

/** Told what is in a datagram, in its order. */
export interface SFlowVisitor {
  sample(sample: SFlowSample): void;
  /** Of the sample told last. */
  record(record: SFlowRecord): void;
  issue(issue: IpfixIssue): void;
}

/**
 * Reads the sFlow datagram in the view. Returns `undefined` when its head is not that of version 5. What is longer than it may be
 * is an issue, and the rest is read as far as it can be told apart. Never throws, whatever the octets.
 */
export function readSFlowDatagram(view: DataView, visitor: SFlowVisitor): SFlowHeader | undefined {
  const xdr = new XdrReader(view, 0, view.byteLength);
  const version = xdr.uint32();
  const agent = xdr.address();
  const header: SFlowHeader = { agent, subAgent: xdr.uint32(), sequenceNumber: xdr.uint32(), uptimeMs: xdr.uint32() };
  const count = xdr.uint32();
  if (version !== VERSION || xdr.isOver) {
    visitor.issue({ code: 'message-header', offset: 0, detail: `${view.byteLength} octets hold no head of sFlow version 5` });
    return undefined;
  }
  for (let sample = 0; sample < count; sample++) {
    const body = nextBody(xdr, 'sample', visitor);
    if (body === undefined) return header;
    readSample(body, visitor);
  }
  if (xdr.left > 0) {
    visitor.issue({ code: 'trailing-octets', offset: xdr.at, detail: `${xdr.left} octets after the last sample` });
  }
  return header;
}

/** A sample's or a record's content, with its format. */
interface Body {
  readonly enterprise: number;
  readonly format: number;
  readonly length: number;
  readonly xdr: XdrReader;
}

/** Format and length, then so many octets: samples and records alike. */
function nextBody(xdr: XdrReader, what: string, visitor: SFlowVisitor): Body | undefined {
  const { at, left } = xdr;
  const tag = xdr.uint32();
  const length = xdr.uint32();
  if (xdr.isOver || length > xdr.left) {
    xdr.isOver = true;
    const detail = `a ${what} does not end inside what holds it, ${left} octets are left`;
    visitor.issue({ code: `${what}-truncated`, offset: at, detail });
    return undefined;
  }
  const from = xdr.at;
  xdr.octets(length);
  return { enterprise: tag >>> 12, format: tag & 0xfff, length, xdr: new XdrReader(xdr.view, from, from + length) };
}

function readSample(body: Body, visitor: SFlowVisitor): void {
  const { enterprise, format, length, xdr } = body;
  const from = xdr.at;
  const type = `${enterprise}:${format}`;
  const isExpanded = format === 3 || format === 4;
  const isFlow = format === 1 || format === 3;
  if (enterprise !== 0 || format < 1 || format > 4) {
    return visitor.issue({ code: 'sample-format', offset: from, detail: `samples of format ${type} are not known` });
  }
  const seq = xdr.uint32();
  const source = readPort(xdr, isExpanded, 24);
  const flow = isFlow
    ? {
        rate: xdr.uint32(),
        pool: xdr.uint32(),
        drops: xdr.uint32(),
        in: readPort(xdr, isExpanded, 30),
        out: readPort(xdr, isExpanded, 30),
      }
    : {};
  const count = xdr.uint32();
  if (xdr.isOver) {
    return visitor.issue({ code: 'sample-truncated', offset: from, detail: `${length} octets hold no sample of format ${type}` });
  }
  visitor.sample({ type, length, seq, source, ...flow });
  for (let record = 0; record < count; record++) {
    const next = nextBody(xdr, 'record', visitor);
    if (next === undefined) return;
    readRecord(next, isFlow, visitor);
  }
}

/** Expanded: two words. Else one, of which the upper bits are the kind. */
function readPort(xdr: XdrReader, isExpanded: boolean, kindBits: number): SFlowPort {
  const first = xdr.uint32();
  return isExpanded ? [first, xdr.uint32()] : [first >>> kindBits, first & (2 ** kindBits - 1)];
}

function readRecord({ enterprise, format, length, xdr }: Body, isFlow: boolean, visitor: SFlowVisitor): void {
  const offset = xdr.at;
  const octets = new Uint8Array(xdr.view.buffer, xdr.view.byteOffset + offset, length);
  const read = enterprise === 0 ? (isFlow ? FLOW_RECORDS : COUNTER_RECORDS).get(format) : undefined;
  const fields = read?.(xdr);
  const name = `${enterprise}:${format}`;
  if (xdr.isOver)
    visitor.issue({ code: 'record-truncated', offset, detail: `${length} octets hold no record of format ${name}` });
  visitor.record({ format: name, length, fields: xdr.isOver ? undefined : fields, octets });
}
