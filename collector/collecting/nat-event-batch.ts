import { ownMemory, type Allocate } from '../../core/flow/flow-batch.ts';
import type { CollectedRows } from './collected-rows.ts';

/** NAT events (RFC 8158) as columns. What an event does not tell reads 0. */
export class NatEventBatch implements CollectedRows {
  readonly capacity: number;
  length = 0;

  /** Milliseconds since 1970 by the exporter's clock. */
  readonly observationTimeMs: Float64Array;
  /** natEvent as it was sent; what the number means depends on the exporter. */
  readonly natEvent: Uint8Array;
  /** The event by the numbers of RFC 8158 section 4.3; 0 when the profile does not know it. */
  readonly kind: Uint8Array;
  /** 0 when the event holds for every protocol, as port blocks do. */
  readonly protocol: Uint8Array;
  /** NAT64 has an IPv6 host inside, which knows the remote one by an IPv6 address too: four words a row, the IPv4 columns are 0 then. */
  readonly insideAddress: Uint32Array;
  readonly insideIPv6: Uint32Array;
  readonly insidePort: Uint16Array;
  readonly publicAddress: Uint32Array;
  readonly publicPort: Uint16Array;
  readonly remoteAddress: Uint32Array;
  readonly remoteIPv6: Uint32Array;
  readonly remotePort: Uint16Array;
  /** First and last port of a block, and from one port to the next (RFC 8158 section 4.6.10). */
  readonly portRangeStart: Uint16Array;
  readonly portRangeEnd: Uint16Array;
  readonly portRangeStepSize: Uint16Array;
  readonly portRangeNumPorts: Uint16Array;
  /** Which pool is exhausted, which quota exceeded, which threshold reached (RFC 8158 sections 4.4 and 4.5). */
  readonly natPoolId: Uint32Array;
  readonly natQuotaExceededEvent: Uint32Array;
  readonly natThresholdEvent: Uint32Array;

  readonly exportTimeS: Uint32Array;
  readonly receivedAtUs: Float64Array;
  readonly exporter: Uint32Array;
  readonly exporterIPv6: Uint32Array;
  readonly observationDomainId: Uint32Array;
  readonly sequenceNumber: Uint32Array;
  readonly templateId: Uint16Array;

  constructor(capacity: number, allocate: Allocate = ownMemory) {
    this.capacity = capacity;
    this.observationTimeMs = new Float64Array(allocate(8 * capacity));
    this.natEvent = new Uint8Array(allocate(capacity));
    this.kind = new Uint8Array(allocate(capacity));
    this.protocol = new Uint8Array(allocate(capacity));
    this.insideAddress = new Uint32Array(allocate(4 * capacity));
    this.insideIPv6 = new Uint32Array(allocate(16 * capacity));
    this.insidePort = new Uint16Array(allocate(2 * capacity));
    this.publicAddress = new Uint32Array(allocate(4 * capacity));
    this.publicPort = new Uint16Array(allocate(2 * capacity));
    this.remoteAddress = new Uint32Array(allocate(4 * capacity));
    this.remoteIPv6 = new Uint32Array(allocate(16 * capacity));
    this.remotePort = new Uint16Array(allocate(2 * capacity));
    this.portRangeStart = new Uint16Array(allocate(2 * capacity));
    this.portRangeEnd = new Uint16Array(allocate(2 * capacity));
    this.portRangeStepSize = new Uint16Array(allocate(2 * capacity));
    this.portRangeNumPorts = new Uint16Array(allocate(2 * capacity));
    this.natPoolId = new Uint32Array(allocate(4 * capacity));
    this.natQuotaExceededEvent = new Uint32Array(allocate(4 * capacity));
    this.natThresholdEvent = new Uint32Array(allocate(4 * capacity));
    this.exportTimeS = new Uint32Array(allocate(4 * capacity));
    this.receivedAtUs = new Float64Array(allocate(8 * capacity));
    this.exporter = new Uint32Array(allocate(4 * capacity));
    this.exporterIPv6 = new Uint32Array(allocate(16 * capacity));
    this.observationDomainId = new Uint32Array(allocate(4 * capacity));
    this.sequenceNumber = new Uint32Array(allocate(4 * capacity));
    this.templateId = new Uint16Array(allocate(2 * capacity));
  }
}
