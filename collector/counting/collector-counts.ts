import type { SessionCounts, SessionSummary } from '../collecting/session-summary.ts';

/** What the sockets took in. */
export interface IntakeCounts {
  /** Taken, from those who are allowed, and read; what an earlier run took and had not read counts here too. */
  readonly datagrams: number;
  /** Taken and not read yet: `datagrams` leaves them out. */
  readonly waitingDatagrams: number;
  /** From nobody who is allowed; `datagrams` leaves them out. */
  readonly refusedDatagrams: number;
  /** Datagrams lost for want of buffer; `undefined` where the system does not tell. */
  readonly kernelDrops: number | undefined;
  /** SO_RCVBUF of all sockets. */
  readonly askedBufferOctets: number;
  readonly gotBufferOctets: number;
}

/** Everything a collector counted. */
export interface CollectorCounts {
  /** Exporters and their Observation Domains. */
  readonly sessions: readonly SessionSummary[];
  /** Such as were forgotten for want of room. */
  readonly evictedSessions: number;
  /** What was counted of these and of connections that have ended: it is in no row. */
  readonly forgotten: SessionCounts;
  /** Datagrams of no version that is known. */
  readonly otherDatagrams: number;
  /** `undefined` where there is no socket. */
  readonly intake: IntakeCounts | undefined;
  /** Decoded records that were thrown away because the store did not keep up. */
  readonly droppedFlows: number;
  readonly droppedNatEvents: number;
  readonly notStoredFlows: number;
  readonly notStoredNatEvents: number;
}
