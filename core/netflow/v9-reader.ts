import type { MessageHeader, MessageVisitor } from '../ipfix/message-reader.ts';
import { FIRST_TEMPLATE_ID } from '../ipfix/template.ts';
import { OPTIONS_TEMPLATE_FLOWSET_ID, readV9Templates, TEMPLATE_FLOWSET_ID } from './v9-template-reader.ts';

const VERSION = 9;
const HEADER_LENGTH = 20;
const FLOWSET_HEADER_LENGTH = 4;

/** RFC 3954 section 5.1. The length is the view's, the sequence number counts Export Packets, the domain is the Source ID. */
export interface V9Header extends MessageHeader {
  /** Records of every kind the exporter says are in the Export Packet; many count wrongly. */
  readonly count: number;
  /** Milliseconds since the device was switched on, modulo 2^32. */
  readonly uptimeMs: number;
}

/**
 * Reads the Export Packet in the view, telling `visitor` as `readMessage` does of an IPFIX Message.
 * Scope fields of an Options Template carry v9's own numbers in `elementId` (see `v9Scope`). Returns `undefined` when the view holds
 * no header of version 9. A FlowSet that goes beyond the packet is an issue and read as far as it goes. Never throws.
 */
export function readV9Packet(view: DataView, visitor: MessageVisitor): V9Header | undefined {
  const length = view.byteLength;
  if (length < HEADER_LENGTH || view.getUint16(0) !== VERSION) {
    visitor.issue({ code: 'message-header', offset: 0, detail: `${length} octets hold no header of NetFlow v9` });
    return undefined;
  }
  const header: V9Header = {
    length,
    count: view.getUint16(2),
    uptimeMs: view.getUint32(4),
    exportTimeS: view.getUint32(8),
    sequenceNumber: view.getUint32(12),
    observationDomainId: view.getUint32(16),
  };
  visitor.message?.(header);
  for (let offset = HEADER_LENGTH; offset < length;) {
    const next = readFlowSet(view, offset, header.observationDomainId, visitor);
    if (next === undefined) break;
    offset = next;
  }
  return header;
}

/** Returns where the next FlowSet begins; `undefined` when that cannot be told. */
function readFlowSet(view: DataView, offset: number, domainId: number, visitor: MessageVisitor): number | undefined {
  const left = view.byteLength - offset;
  if (left < FLOWSET_HEADER_LENGTH) {
    return void visitor.issue({ code: 'set-header', offset, detail: `${left} octets after the last FlowSet` });
  }
  const id = view.getUint16(offset);
  const flowSetLength = view.getUint16(offset + 2);
  if (flowSetLength < FLOWSET_HEADER_LENGTH) {
    // Palo Alto fills its packets with zeros.
    const what = isZero(view, offset) ? 'zeros follow the last FlowSet' : `FlowSet ${id} has length ${flowSetLength}`;
    return void visitor.issue({ code: 'set-length', offset, detail: `${what}, ${left} octets are left` });
  }
  if (flowSetLength > left) {
    visitor.issue({ code: 'set-length', offset, detail: `FlowSet ${id} has length ${flowSetLength}, ${left} are left` });
  }
  const end = offset + Math.min(flowSetLength, left);
  visitor.set?.(id, offset);
  if (id >= FIRST_TEMPLATE_ID) visitor.dataSet(domainId, id, offset + FLOWSET_HEADER_LENGTH, end);
  else if (id === TEMPLATE_FLOWSET_ID || id === OPTIONS_TEMPLATE_FLOWSET_ID)
    readV9Templates(view, offset, end, domainId, visitor);
  else visitor.issue({ code: 'set-id', offset, detail: `FlowSet ID ${id} is reserved` });
  return end;
}

function isZero(view: DataView, offset: number): boolean {
  for (let at = offset; at < view.byteLength; at++) if (view.getUint8(at) !== 0) return false;
  return true;
}
