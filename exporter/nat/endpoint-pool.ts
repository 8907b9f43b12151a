import type { TrueNs } from '../../core/time/instant.ts';
import type { Mapping } from './mapping.ts';

/** Who wants a public endpoint. */
export interface EndpointRequest {
  readonly now: TrueNs;
  readonly protocol: number;
  readonly insideEndpoint: number;
  /** Whether another mapping may share the public endpoint, which has one already (RFC 7857 section 3). */
  readonly mayShare: (publicEndpoint: number) => boolean;
}

/** Gives out the endpoints by which the outside knows inside ones. */
export interface EndpointPool {
  /** Addresses with a mapping. */
  readonly inUse: number;
  /** Inside hosts with a mapping. */
  readonly hosts: number;
  /** Whether the address is one of those given out. */
  has(address: number): boolean;
  mappingsOf(insideAddress: number): number;
  /** Keeps an endpoint out of the pool for good. */
  reserve(protocol: number, publicEndpoint: number): void;
  /** The public endpoint of a new mapping, or -1 when there is none. */
  allocate(request: EndpointRequest): number;
  release(now: TrueNs, mapping: Mapping): void;
}

/** Where nothing is translated every endpoint has its own name outside, and there is no end of them. */
export const OWN_ENDPOINTS: EndpointPool = {
  inUse: 0,
  hosts: 0,
  has: () => false,
  mappingsOf: () => 0,
  reserve: () => undefined,
  allocate: ({ insideEndpoint }) => insideEndpoint,
  release: () => undefined,
};
