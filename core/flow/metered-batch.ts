import { FlowBatch } from './flow-batch.ts';

/**
 * What a Metering Process knows of a flow beyond what every collector stores: the columns from which the protocols, timestamp
 * encodings and vendors' Templates choose. A column a monitor does not fill reads 0.
 */
export class MeteredBatch extends FlowBatch {
  /** 48-bit numbers. */
  readonly sourceMac: Float64Array;
  readonly destinationMac: Float64Array;
  readonly vlanId: Uint16Array;
  /** After the packet has passed the Observation Point. */
  readonly postClassOfService: Uint8Array;
  /** ICMP type * 256 + code. */
  readonly icmpTypeCode: Uint16Array;
  /** flowDirection, element 61: 0 where the Observation Point looks at what comes in, 1 at what goes out. */
  readonly flowDirection: Uint8Array;
  /** forwardingStatus, element 89 (RFC 7270 section 4.12). */
  readonly forwardingStatus: Uint8Array;
  /** Milliseconds since the device was switched on, by its own oscillator: elements 21 and 22, NetFlow v5 and v9. */
  readonly flowStartUptimeMs: Float64Array;
  readonly flowEndUptimeMs: Float64Array;
  /** Since the flow, not the record, began: elements 85 and 86. */
  readonly octetTotalCount: Float64Array;
  readonly packetTotalCount: Float64Array;
  /** The other direction of a biflow (RFC 5103); start and end are 0 when nothing came back. */
  readonly biflowDirection: Uint8Array;
  readonly reverseOctetDeltaCount: Float64Array;
  readonly reversePacketDeltaCount: Float64Array;
  readonly reverseTcpControlBits: Uint16Array;
  readonly reverseFlowStartMs: Float64Array;
  readonly reverseFlowEndMs: Float64Array;

  constructor(capacity: number) {
    super(capacity);
    this.sourceMac = new Float64Array(capacity);
    this.destinationMac = new Float64Array(capacity);
    this.vlanId = new Uint16Array(capacity);
    this.postClassOfService = new Uint8Array(capacity);
    this.icmpTypeCode = new Uint16Array(capacity);
    this.flowDirection = new Uint8Array(capacity);
    this.forwardingStatus = new Uint8Array(capacity);
    this.flowStartUptimeMs = new Float64Array(capacity);
    this.flowEndUptimeMs = new Float64Array(capacity);
    this.octetTotalCount = new Float64Array(capacity);
    this.packetTotalCount = new Float64Array(capacity);
    this.biflowDirection = new Uint8Array(capacity);
    this.reverseOctetDeltaCount = new Float64Array(capacity);
    this.reversePacketDeltaCount = new Float64Array(capacity);
    this.reverseTcpControlBits = new Uint16Array(capacity);
    this.reverseFlowStartMs = new Float64Array(capacity);
    this.reverseFlowEndMs = new Float64Array(capacity);
  }
}
