import type { TrueNs } from '../time/instant.ts';

/** Endpoints and protocol of a translation. Addresses are numbers, with NAT64 an IPv6 one inside; ports the identifier for ICMP queries. */
interface Translation {
  readonly at: TrueNs;
  readonly protocol: number;
  readonly insideAddress: number;
  readonly insidePort: number;
  readonly publicAddress: number;
  readonly publicPort: number;
}

/** A session (one mapping, one remote endpoint) began or ended: RFC 8158 section 4.6.1. */
export interface NatSessionEvent extends Translation {
  readonly kind: 'session-create' | 'session-delete';
  readonly remoteAddress: number;
  readonly remotePort: number;
  /** With NAT64, the IPv6 address by which the inside knows the remote one. */
  readonly remoteAddressInside?: number;
}

/** A mapping, also called binding or entry of the Binding Information Base, began or ended: RFC 8158 section 4.6.3. */
export interface NatBindingEvent extends Translation {
  readonly kind: 'binding-create' | 'binding-delete';
}

/** An inside host was tied to a public address, or gave it back: RFC 8158 section 4.6.9. */
export interface NatAddressEvent {
  readonly kind: 'address-bind' | 'address-release';
  readonly at: TrueNs;
  readonly insideAddress: number;
  readonly publicAddress: number;
}

/** An inside host was given a block of ports, or gave it back: RFC 8158 section 4.6.10. Both ports belong to the block. */
export interface NatPortBlockEvent {
  readonly kind: 'port-block-allocate' | 'port-block-release';
  readonly at: TrueNs;
  readonly insideAddress: number;
  readonly publicAddress: number;
  readonly firstPort: number;
  readonly lastPort: number;
}

/** No address of the pool had a port left: RFC 8158 section 4.6.5. */
export interface NatAddressesExhaustedEvent {
  readonly kind: 'addresses-exhausted';
  readonly at: TrueNs;
}

/** One public address had no port left for a protocol: RFC 8158 section 4.6.6. */
export interface NatPortsExhaustedEvent {
  readonly kind: 'ports-exhausted';
  readonly at: TrueNs;
  readonly publicAddress: number;
  readonly protocol: number;
}

/** A limit refused something: sessions, mappings or hosts of the NAT, or mappings of one inside host (RFC 8158 section 4.6.7). */
export interface NatQuotaEvent {
  readonly kind: 'quota-exceeded';
  readonly at: TrueNs;
  readonly quota: 'sessions' | 'mappings' | 'host-mappings' | 'hosts';
  readonly limit: number;
  /** 0 unless the quota is a host's. */
  readonly insideAddress: number;
}

/** A mark set by the operator was reached, before anything is refused (RFC 8158 section 4.6.8). */
export interface NatThresholdEvent {
  readonly kind: 'threshold-reached';
  readonly at: TrueNs;
  readonly threshold: 'pool-high' | 'pool-low' | 'mappings-high' | 'host-mappings-high' | 'paired-mappings-high';
  readonly limit: number;
  /** 0 unless the threshold is `host-mappings-high`: section 4.6.8.4 does not name the host. */
  readonly insideAddress: number;
}

/** Something that happened to a NAT's resources (RFC 8158 section 4.3), with the true instant it happened. */
export type NatEvent =
  | NatSessionEvent
  | NatBindingEvent
  | NatAddressEvent
  | NatPortBlockEvent
  | NatAddressesExhaustedEvent
  | NatPortsExhaustedEvent
  | NatQuotaEvent
  | NatThresholdEvent;
