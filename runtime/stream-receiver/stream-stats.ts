/** Why a connection was not taken. */
export type RefusalReason =
  'address-not-allowed' | 'too-many-connections' | 'too-many-of-one-address' | 'handshake-failed' | 'name-not-allowed';

/** Why a connection that was taken is over; `ended` is the only one that is nobody's fault. */
export type EndReason =
  'ended' | 'aborted' | 'idle' | 'message-too-slow' | 'malformed' | 'too-many-octets-waiting' | 'listener-closed';

/** Counts since the receiver was opened. */
export interface StreamReceiverStats {
  /** Connections taken in all, and those open now. */
  readonly connections: number;
  readonly open: number;
  readonly messages: number;
  readonly octets: number;
  /** Octets of Messages that are not whole yet, of all connections now. */
  readonly waitingOctets: number;
  readonly refused: Readonly<Record<RefusalReason, number>>;
  readonly ended: Readonly<Record<EndReason, number>>;
}

export const noRefusals = (): Record<RefusalReason, number> => ({
  'address-not-allowed': 0,
  'too-many-connections': 0,
  'too-many-of-one-address': 0,
  'handshake-failed': 0,
  'name-not-allowed': 0,
});

export const noEnds = (): Record<EndReason, number> => ({
  ended: 0,
  aborted: 0,
  idle: 0,
  'message-too-slow': 0,
  malformed: 0,
  'too-many-octets-waiting': 0,
  'listener-closed': 0,
});
