/** Memory of so many octets, all 0. */
export type Allocate = (octets: number) => ArrayBufferLike;

export const ownMemory: Allocate = (octets) => new ArrayBuffer(octets);
/** That several threads see at once. */
export const sharedMemory: Allocate = (octets) => new SharedArrayBuffer(octets);

/**
 * Flow Records as columns: what passes from the Metering Process to the Exporting Process, and from the Collecting
 * Process to store, query and detection. Addresses are IPv4 as unsigned 32-bit integers.
 */
export class FlowBatch {
  readonly capacity: number;
  /** How many rows are in use. */
  length = 0;

  /** Of the packets at the Observation Point: 4 or 6. */
  readonly ipVersion: Uint8Array;
  readonly sourceAddress: Uint32Array;
  readonly destinationAddress: Uint32Array;
  readonly sourceIPv6: Uint32Array;
  readonly destinationIPv6: Uint32Array;
  readonly sourcePort: Uint16Array;
  readonly destinationPort: Uint16Array;
  readonly protocol: Uint8Array;
  readonly classOfService: Uint8Array;
  readonly tcpControlBits: Uint16Array;
  readonly ingressInterface: Uint32Array;
  readonly egressInterface: Uint32Array;
  /** unsigned64 by RFC 7011; held as a float, exact up to 2^53 - 1 (9 petabytes in one record). */
  readonly octetDeltaCount: Float64Array;
  readonly packetDeltaCount: Float64Array;
  /** Milliseconds since 1970 by the exporter's clock. */
  readonly flowStartMs: Float64Array;
  readonly flowEndMs: Float64Array;
  readonly flowEndReason: Uint8Array;
  /** Addresses and ports after the packet has passed the Observation Point (IANA elements 225 to 228, IPv6: 281 and 282). */
  readonly postNatSourceAddress: Uint32Array;
  readonly postNatDestinationAddress: Uint32Array;
  readonly postNatSourceIPv6: Uint32Array;
  readonly postNatDestinationIPv6: Uint32Array;
  readonly postNaptSourcePort: Uint16Array;
  readonly postNaptDestinationPort: Uint16Array;
  /** RFC 6759: engine id in the top octet, selector in the lower three; 0 when not classified. */
  readonly applicationId: Uint32Array;

  constructor(capacity: number, allocate: Allocate = ownMemory) {
    this.capacity = capacity;
    this.ipVersion = new Uint8Array(allocate(capacity)).fill(4);
    this.sourceAddress = new Uint32Array(allocate(4 * capacity));
    this.destinationAddress = new Uint32Array(allocate(4 * capacity));
    this.sourceIPv6 = new Uint32Array(allocate(16 * capacity));
    this.destinationIPv6 = new Uint32Array(allocate(16 * capacity));
    this.sourcePort = new Uint16Array(allocate(2 * capacity));
    this.destinationPort = new Uint16Array(allocate(2 * capacity));
    this.protocol = new Uint8Array(allocate(capacity));
    this.classOfService = new Uint8Array(allocate(capacity));
    this.tcpControlBits = new Uint16Array(allocate(2 * capacity));
    this.ingressInterface = new Uint32Array(allocate(4 * capacity));
    this.egressInterface = new Uint32Array(allocate(4 * capacity));
    this.octetDeltaCount = new Float64Array(allocate(8 * capacity));
    this.packetDeltaCount = new Float64Array(allocate(8 * capacity));
    this.flowStartMs = new Float64Array(allocate(8 * capacity));
    this.flowEndMs = new Float64Array(allocate(8 * capacity));
    this.flowEndReason = new Uint8Array(allocate(capacity));
    this.postNatSourceAddress = new Uint32Array(allocate(4 * capacity));
    this.postNatDestinationAddress = new Uint32Array(allocate(4 * capacity));
    this.postNatSourceIPv6 = new Uint32Array(allocate(16 * capacity));
    this.postNatDestinationIPv6 = new Uint32Array(allocate(16 * capacity));
    this.postNaptSourcePort = new Uint16Array(allocate(2 * capacity));
    this.postNaptDestinationPort = new Uint16Array(allocate(2 * capacity));
    this.applicationId = new Uint32Array(allocate(4 * capacity));
  }
}

/** Values of flowEndReason, IANA element 136 (RFC 5102 section 5.11.3). */
export const FLOW_END_IDLE = 1;
export const FLOW_END_ACTIVE = 2;
export const FLOW_END_DETECTED = 3;
export const FLOW_END_FORCED = 4;
export const FLOW_END_RESOURCES = 5;
