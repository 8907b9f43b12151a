/** What arrived from the network, stamped at the edge. */
export interface Datagram {
  readonly payload: Uint8Array;
  /** Address and port of the sender, `192.0.2.1:4739`: one Transport Session over UDP (RFC 7011 section 2). */
  readonly source: string;
  /** Microseconds since 1970 by the collector's clock. */
  readonly receivedAtUs: number;
  /** `false` where nobody knows: the time it was sent stands in. */
  readonly isReceiptTold?: boolean;
  /** Whether it is known from an earlier run: it teaches what it did then, and is counted nowhere. */
  readonly isRemembered?: boolean;
  /** Whether it came over TCP or TLS, where nothing is missing and all is in order: withdrawals count then (RFC 7011 section 8.4). */
  readonly isReliable?: boolean;
}
