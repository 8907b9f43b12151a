import { CapturedFrame } from '../../core/net/capture/captured-frame.ts';
import { PacketParser } from '../../core/net/packet/packet-parser.ts';
import type { SFlowPort, SFlowRecord, SFlowSample } from '../../core/sflow/datagram-reader.ts';
import { FLOW_RECORD } from '../../core/sflow/flow-records.ts';
import { takeSampledHeader } from '../../core/sflow/sampled-header.ts';
import type { CollectedBatch } from './collected-batch.ts';
import type { CompiledTemplate } from './compiled-template.ts';
import type { SampleSet } from './set-decoder.ts';

const US_PER_MS = 1e3;
/** Interfaces and sources of samples are told by kind and number; of kind 0 the number is an ifIndex. */
const IF_INDEX = 0;
const INGRESS = 1;
const EGRESS = 2;

/** Makes flows of one packet out of what sFlow samples: the protocol knows packets and no flows, and has no clock but the time of receipt. */
export class SampledPackets {
  readonly #frame = new CapturedFrame();
  readonly #parser = new PacketParser();

  /** Fills an empty row from a flow sample. Returns whether it tells of an IP packet; otherwise the row is as it was. */
  read({ message, sample, records }: SampleSet<CompiledTemplate>, batch: CollectedBatch, row: number): boolean {
    // Records of counter samples have the same numbers and mean other things; only flow samples have a rate.
    if (sample.rate === undefined || !records.some((record) => this.#readPacket(record, batch, row))) return false;
    for (const record of records) readExtended(record, batch, row);
    readInterfaces(sample, batch, row);
    batch.samplingInterval[row] = sample.rate;
    batch.packetDeltaCount[row] = 1;
    batch.flowStartMs[row] = Math.floor(message.receivedAtUs / US_PER_MS);
    batch.flowEndMs[row] = batch.flowStartMs[row] as number;
    return true;
  }

  #readPacket({ format, octets }: SFlowRecord, batch: CollectedBatch, row: number): boolean {
    const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    if (format === FLOW_RECORD.ipv4 && octets.length >= 32) return readWords(view, 4, batch, row);
    if (format === FLOW_RECORD.ipv6 && octets.length >= 56) return readWords(view, 6, batch, row);
    if (format !== FLOW_RECORD.header || !takeSampledHeader(octets, this.#frame)) return false;
    if (this.#parser.parse(this.#frame) !== 'ip') return false;
    const packet = this.#parser.view;
    batch.ipVersion[row] = packet.ipVersion;
    batch.sourceAddress[row] = packet.sourceAddress;
    batch.destinationAddress[row] = packet.destinationAddress;
    if (packet.ipVersion === 6) {
      copyWords(packet.ipv6Addresses, 0, batch.sourceIPv6, row);
      copyWords(packet.ipv6Addresses, 16, batch.destinationIPv6, row);
    }
    batch.protocol[row] = packet.protocol;
    batch.sourcePort[row] = packet.sourcePort;
    batch.destinationPort[row] = packet.destinationPort;
    batch.tcpControlBits[row] = packet.tcpFlags;
    batch.classOfService[row] = packet.classOfService;
    batch.octetDeltaCount[row] = packet.octets;
    batch.vlanId[row] = packet.vlanId;
    return true;
  }
}

/** What sampled_ipv4 and sampled_ipv6 of the sFlow version 5 memo say: length, protocol, addresses, ports, flags and class, each as words. */
function readWords(view: DataView, version: 4 | 6, batch: CollectedBatch, row: number): boolean {
  const ports = version === 4 ? 16 : 40;
  batch.ipVersion[row] = version;
  batch.octetDeltaCount[row] = view.getUint32(0);
  batch.protocol[row] = view.getUint32(4);
  if (version === 4) {
    batch.sourceAddress[row] = view.getUint32(8);
    batch.destinationAddress[row] = view.getUint32(12);
  } else {
    copyWords(view, 8, batch.sourceIPv6, row);
    copyWords(view, 24, batch.destinationIPv6, row);
  }
  batch.sourcePort[row] = view.getUint32(ports);
  batch.destinationPort[row] = view.getUint32(ports + 4);
  batch.tcpControlBits[row] = view.getUint32(ports + 8);
  batch.classOfService[row] = view.getUint32(ports + 12);
  return true;
}

function copyWords(view: DataView, offset: number, column: Uint32Array, row: number): void {
  for (let word = 0; word < 4; word++) column[4 * row + word] = view.getUint32(offset + 4 * word);
}

/** The VLAN a switch put the packet into, and the ASes a router knows. */
function readExtended({ format, fields }: SFlowRecord, batch: CollectedBatch, row: number): void {
  if (fields === undefined) return;
  if (format === FLOW_RECORD.switch && batch.vlanId[row] === 0) batch.vlanId[row] = numberOr0(fields['srcVlan']);
  if (format !== FLOW_RECORD.gateway) return;
  batch.sourceAs[row] = numberOr0(fields['srcAs']);
  // The path's last AS is where the packet goes.
  const path = fields['dstAsPath'];
  const segment = Array.isArray(path) ? (path.at(-1) as readonly unknown[] | undefined) : undefined;
  const ases = segment?.[1];
  batch.destinationAs[row] = numberOr0(Array.isArray(ases) ? ases.at(-1) : undefined);
}

function readInterfaces({ source, in: ingress, out: egress }: SFlowSample, batch: CollectedBatch, row: number): void {
  batch.ingressInterface[row] = ifIndexOf(ingress);
  batch.egressInterface[row] = ifIndexOf(egress);
  const sampledAt = ifIndexOf(source);
  if (sampledAt === 0) return;
  if (sampledAt === batch.ingressInterface[row]) batch.flowDirection[row] = INGRESS;
  else if (sampledAt === batch.egressInterface[row]) batch.flowDirection[row] = EGRESS;
}

const ifIndexOf = (port: SFlowPort | undefined): number => (port?.[0] === IF_INDEX ? port[1] : 0);

const numberOr0 = (value: unknown): number => (typeof value === 'number' ? value : 0);
