import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../../core/net/packet-train.ts';

/**
 * Where a TCP connection is as the NAT sees it: the states of RFC 7857 section 2 (RFC 6146 section 3.5.2.2), with `inside` for
 * the client side and `reset` for TRANS.
 */
export type TcpState =
  'closed' | 'opened-inside' | 'opened-outside' | 'established' | 'fin-inside' | 'fin-outside' | 'closing' | 'reset';

/**
 * The state after packets of one side with these control bits together. They are taken in the order a connection has them: SYN,
 * data, FIN, RST.
 */
export function nextTcpState(state: TcpState, isFromInside: boolean, flags: number): TcpState {
  if ((flags & TCP_RST) !== 0) return 'reset';
  const open = opened(state, isFromInside, flags);
  return (flags & TCP_FIN) === 0 ? open : finished(open, isFromInside);
}

function opened(state: TcpState, isFromInside: boolean, flags: number): TcpState {
  const isSyn = (flags & TCP_SYN) !== 0;
  const begun = isFromInside ? 'opened-inside' : 'opened-outside';
  switch (state) {
    case 'closed':
      return begun;
    case 'opened-inside':
    case 'opened-outside':
      // A SYN from the other side; its ACK too, for a connection that is older than this NAT.
      return state !== begun && (flags & (TCP_SYN | TCP_ACK)) !== 0 ? 'established' : state;
    case 'closing':
      // The ports are used again.
      return isSyn ? begun : state;
    case 'reset':
      // The peer did not believe the RST (RFC 6146, TRANS).
      return isSyn ? begun : 'established';
    default:
      return state;
  }
}

function finished(state: TcpState, isFromInside: boolean): TcpState {
  const [own, other]: [TcpState, TcpState] = isFromInside ? ['fin-inside', 'fin-outside'] : ['fin-outside', 'fin-inside'];
  if (state === other) return 'closing';
  return state === 'closing' ? state : own;
}
