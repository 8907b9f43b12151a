/**
 * What a detector of one's own is given and what it answers. Every value is plain: addresses are texts, times milliseconds since
 * 1970, and nothing is reused, so what was given may be kept.
 */

/** A Flow Record as the collector got it: one direction of a connection, or a piece of one. */
export interface DetectorFlow {
  readonly source: string;
  readonly destination: string;
  /** 0 where the protocol has none; of ICMP, the destination's holds type and code. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Number of the IP protocol: 6 is TCP, 17 UDP, 1 ICMP. */
  readonly protocol: number;
  /** As metered: where one of `samplingInterval` packets was looked at, multiply. */
  readonly packets: number;
  readonly octets: number;
  /** 1 where every packet was looked at. */
  readonly samplingInterval: number;
  /** All flags that were seen, as in the TCP header: 1 FIN, 2 SYN, 4 RST, 8 PSH, 16 ACK. */
  readonly tcpFlags: number;
  /** First and last packet by the router's clock. */
  readonly startMs: number;
  readonly endMs: number;
  /** When the record came, by the collector's clock. */
  readonly receivedMs: number;
  /** The source after translation, where that is another: the public endpoint of who is inside. */
  readonly translatedSource?: string;
  readonly translatedSourcePort?: number;
  /** The destination after translation, where that is another. */
  readonly translatedDestination?: string;
  readonly translatedDestinationPort?: number;
  /** What the router takes it for, where it classifies (RFC 6759). */
  readonly application?: string;
  /** The names DNS gave for source and destination, as far as the router has told. */
  readonly sourceName?: string;
  readonly destinationName?: string;
}

/** A NAT event (RFC 8158) as the collector got it. */
export interface DetectorNatEvent {
  /** By the numbers of RFC 8158 section 4.3: 3 addresses exhausted, 12 ports exhausted. */
  readonly kind: number;
  /** By the router's clock. */
  readonly atMs: number;
  /** When it came, by the collector's clock. */
  readonly receivedMs: number;
  readonly publicAddress: string;
  readonly protocol: number;
}

/** What an administrator would tell a detector of the office. */
export interface DetectorOffice {
  /** The prefixes of the office. */
  readonly inside: readonly string[];
  /** Devices the office knows, by whoever uses them. */
  readonly inventory: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  /** Addresses the office is known by outside. */
  readonly publicAddresses: readonly string[];
  /** Applications nobody is to use. */
  readonly forbidden: readonly string[];
}

/** What a detector says. */
export interface DetectorAlert {
  /** One of `ALERT_KINDS`; any other is a false alarm. */
  readonly kind: string;
  /** Whom it is about: the address of the device that did it, of the stranger, or for `port-exhaustion` the public one. */
  readonly address: string;
  /** To whom it was done: addresses or prefixes. What is told must be right; nothing need be. */
  readonly targets?: readonly string[];
  /** First and last packet of it, by the router's clock. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** By the collector's clock; `nowMs` of the call unless told. */
  readonly raisedAtMs?: number;
  /** Alerts with the same id are one: the first says when it was raised, the last what is known. Without one, each is its own. */
  readonly id?: string;
}

/** A detector at work on one day. Whatever a method returns is said at that moment. */
export interface Detector {
  /** Flows in the order they came, every few seconds. `nowMs`: by the collector's clock. */
  flows(flows: readonly DetectorFlow[], nowMs: number): Iterable<DetectorAlert> | void;
  natEvents?(events: readonly DetectorNatEvent[], nowMs: number): Iterable<DetectorAlert> | void;
  /** The day is over, and no flow is to come. */
  end?(nowMs: number): Iterable<DetectorAlert> | void;
}

/** Makes a detector for a day. Each day has one of its own, so that nothing is remembered from another. */
export type CreateDetector = (office: DetectorOffice) => Detector;
