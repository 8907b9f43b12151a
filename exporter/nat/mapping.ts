import { trueNs, type TrueNs } from '../../core/time/instant.ts';
import type { TcpState } from './tcp-state.ts';

/** An inside endpoint and the public one it is known by; endpoints are `endpointNumber`s. It lives while it has sessions. */
export interface Mapping {
  readonly protocol: number;
  readonly insideEndpoint: number;
  readonly publicEndpoint: number;
  /** The remote endpoint it was made for. */
  readonly madeFor: number;
  /** A port forward: it needs no session to live, and everyone may call. */
  readonly isStatic: boolean;
  /** By remote endpoint. */
  readonly sessions: Map<number, Session>;
}

/** What one remote endpoint has to do with a mapping. */
export interface Session {
  readonly mapping: Mapping;
  readonly remoteEndpoint: number;
  expiresAt: TrueNs;
  /** The one of its entries in the timer queue that counts; `NEVER` when none does. */
  wakesAt: TrueNs;
  tcpState: TcpState;
  /** Whether a packet came from outside. */
  isAnswered: boolean;
}

export const NEVER = trueNs(Number.POSITIVE_INFINITY);

/** One that has no timer yet. */
export const newSession = (mapping: Mapping, remoteEndpoint: number): Session => ({
  mapping,
  remoteEndpoint,
  expiresAt: NEVER,
  wakesAt: NEVER,
  tcpState: 'closed',
  isAnswered: false,
});
