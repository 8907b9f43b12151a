import type { Part } from '../../../core/bytes/part.ts';
import { fault } from '../../../core/bytes/part.ts';
import { dissectMessage } from '../../../core/ipfix/dissection.ts';
import { readMessage, type MessageVisitor } from '../../../core/ipfix/message-reader.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { dissectFixedDatagram } from '../../../core/netflow/fixed-dissection.ts';
import { readFixedDatagram } from '../../../core/netflow/fixed-reader.ts';
import { dissectV9Packet } from '../../../core/netflow/v9-dissection.ts';
import { readV9Packet } from '../../../core/netflow/v9-reader.ts';
import { readSFlowDatagram } from '../../../core/sflow/datagram-reader.ts';
import { dissectSFlowDatagram } from '../../../core/sflow/dissection.ts';
import { protocolOf } from '../../collecting/export-messages.ts';
import type { ExportProtocol } from '../../collecting/export-protocol.ts';

/** What a datagram of an exporter says of itself; numbers that its protocol does not tell are 0. */
export interface DatagramHead {
  /** `undefined` for octets of no version that is known. */
  readonly protocol: ExportProtocol | undefined;
  readonly exportTimeS: number;
  readonly sequenceNumber: number;
  /** Observation Domain, Source ID, engine or sub-agent. */
  readonly observationDomainId: number;
  /** How long the exporter had been on, in milliseconds modulo 2^32; `undefined` where the header does not tell it. */
  readonly uptimeMs: number | undefined;
}

const NOTHING = { exportTimeS: 0, sequenceNumber: 0, observationDomainId: 0, uptimeMs: undefined };

type Templates = Pick<MessageVisitor, 'template' | 'dataSet'>;

/** Reads the head, and tells `templates` of the Templates and Data Sets as they come. No octets make it throw. */
export function readHead(payload: Uint8Array, templates: Templates): DatagramHead {
  const protocol = protocolOf(payload);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  let head: Omit<DatagramHead, 'protocol'> | undefined;
  const visitor: MessageVisitor = { ...templates, withdrawal: () => undefined, issue: () => undefined };
  if (protocol === 'ipfix') {
    readMessage(view, { ...visitor, message: (header) => (head = { ...header, uptimeMs: undefined }) });
  } else if (protocol === 'netflow-v9') {
    head = readV9Packet(view, visitor);
  } else if (protocol === 'sflow') {
    const header = readSFlowDatagram(view, { sample: () => undefined, record: () => undefined, issue: () => undefined });
    head = header && { ...NOTHING, ...header, observationDomainId: header.subAgent };
  } else if (protocol !== undefined) {
    const header = readFixedDatagram(view, () => undefined);
    head = header && { ...header, observationDomainId: header.engine, sequenceNumber: header.sequenceNumber ?? 0 };
  }
  const { exportTimeS, sequenceNumber, observationDomainId, uptimeMs } = head ?? NOTHING;
  return { protocol, exportTimeS, sequenceNumber, observationDomainId, uptimeMs };
}

/** Takes a datagram apart, whatever its protocol. */
export function dissectDatagram(
  protocol: ExportProtocol | undefined,
  payload: Uint8Array,
  templateOf: (id: number) => Template | undefined,
): Part {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (protocol === 'ipfix') return dissectMessage(view, templateOf);
  if (protocol === 'netflow-v9') return dissectV9Packet(view, templateOf);
  if (protocol === 'sflow') return dissectSFlowDatagram(view);
  if (protocol !== undefined) return dissectFixedDatagram(view);
  const { length } = payload;
  const parts = length === 0 ? [] : [fault(0, length, 'of no version of NetFlow, IPFIX or sFlow that is known')];
  return { from: 0, to: length, kind: 'message', name: 'Datagram', parts };
}
