import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { MessageCounters } from './message-counters.ts';

/** What the Collecting Process has seen. */
export class CollectingCounters extends MessageCounters {
  /** Flow Records, with the packets and octets they speak of. */
  flows = 0;
  packets = 0;
  octets = 0;
  /** NAT events (RFC 8158), and of these such whose number the profile does not know. */
  natEvents = 0;
  unknownNatEvents = 0;
  /** Data Records of options. */
  optionsRecords = 0;
  /** Faults in Messages, Sets or records; what was sound around them was decoded. */
  malformed = 0;
  refusedNames = 0;
  /** Scopes of totals, once for each, that were too many: their totals are none. */
  refusedScopes = 0;
  /** Thrown away because the store did not keep up. */
  droppedFlows = 0;
  droppedNatEvents = 0;
  /** Thrown away because the store had no room. */
  notStoredFlows = 0;
  notStoredNatEvents = 0;
}

/** A fault with its place. */
export interface PlacedIssue extends IpfixIssue {
  readonly source: string;
  /** `undefined` when the Message's header could not be read. */
  readonly observationDomainId: number | undefined;
}
